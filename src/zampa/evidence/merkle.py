"""Merkle trees of RFC 6962 section 2.1: leaf H(0x00 || data), node H(0x01 || left || right), n leaves split at the
largest power of two below n.

Everything here works on leaf hashes (32 bytes). `inclusion` and `consistency` need the hash of any complete subtree,
which they ask of `subtree(level, index)` = hash over leaves [index << level, (index + 1) << level): a list in memory,
or tiles in a database (`tiles.py`), answer it. The same code serves SHA-256 and its SM3 twin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from zampa.evidence.suites import sha256
from zampa.ground.errors import NotValid

Hash = Callable[[bytes], bytes]
Subtree = Callable[[int, int], bytes]
HASH_BYTES = 32


def leaf_hash(data: bytes, hash_: Hash = sha256) -> bytes:
    return hash_(b"\x00" + data)


def node_hash(left: bytes, right: bytes, hash_: Hash = sha256) -> bytes:
    return hash_(b"\x01" + left + right)


def empty_root(hash_: Hash = sha256) -> bytes:
    """The root of no leaves: the hash of nothing."""
    return hash_(b"")


class Tree:
    """A tree that only grows, knowing the hashes of its complete right edge: append is O(1) amortised, memory O(log n).

    `edge` holds, largest first, the roots of the complete subtrees that the size's binary digits name.
    """

    def __init__(self, hash_: Hash = sha256, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self._hash = hash_
        self.size = size
        self.edge = list(edge)
        if len(self.edge) != size.bit_count():
            raise NotValid("evidence.merkle.edge")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        hash_, edge, size = self._hash, self.edge, self.size
        while size & 1:
            leaf = hash_(b"\x01" + edge.pop() + leaf)
            size >>= 1
        edge.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.append(leaf)

    def graft(self, level: int, root: bytes) -> None:
        """Add a complete subtree of 2**level leaves at once; NotValid unless the size is a multiple of it."""
        if self.size & ((1 << level) - 1):
            raise NotValid("evidence.merkle.edge")
        size = self.size >> level
        while size & 1:
            root = self._hash(b"\x01" + self.edge.pop() + root)
            size >>= 1
        self.edge.append(root)
        self.size += 1 << level

    def root(self) -> bytes:
        return fold(self.edge, self._hash)


def fold(edge: Sequence[bytes], hash_: Hash = sha256) -> bytes:
    """The root over complete subtrees given largest first."""
    if not edge:
        return empty_root(hash_)
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = hash_(b"\x01" + left + root)
    return root


def root_of(leaves: Iterable[bytes], hash_: Hash = sha256) -> bytes:
    """The root over leaf hashes."""
    tree = Tree(hash_)
    tree.extend(leaves)
    return tree.root()


def subtrees_of(leaves: Sequence[bytes], hash_: Hash = sha256) -> Subtree:
    """`subtree` over leaf hashes in memory; every complete level is computed once."""
    levels: list[Sequence[bytes]] = [leaves]

    def subtree(level: int, index: int) -> bytes:
        while len(levels) <= level:
            below = levels[-1]
            pairs = range(0, len(below) - 1, 2)
            levels.append([hash_(b"\x01" + below[i] + below[i + 1]) for i in pairs])
        return levels[level][index]

    return subtree


def audited(leaves: Sequence[bytes], spell: Callable[[bytes], str]) -> tuple[bytes, list[list[str]]]:
    """The root over leaf hashes and every leaf's audit path, as `inclusion` gives it, spelled by `spell`.

    All paths together: each node is hashed once and spelled once, however many paths it stands in.
    """
    if len(leaves) == 1:
        return leaves[0], [[]]
    middle = _split(len(leaves))
    left, left_paths = audited(leaves[:middle], spell)
    right, right_paths = audited(leaves[middle:], spell)
    for paths, sibling in ((left_paths, spell(right)), (right_paths, spell(left))):
        for path in paths:
            path.append(sibling)
    return node_hash(left, right), left_paths + right_paths


def edge_of(size: int) -> list[tuple[int, int]]:
    """Level and index of the complete subtrees that make a tree of `size`, largest first."""
    edge, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            edge.append((level, start >> level))
            start += 1 << level
    return edge


def range_root(subtree: Subtree, start: int, end: int, hash_: Hash = sha256) -> bytes:
    """The hash of the RFC's D[start:end], where `start` is a multiple of the power of two that covers the range."""
    parts, at = [], start
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level & 1:
            parts.append(subtree(level, at >> level))
            at += 1 << level
    return fold(parts, hash_)


def inclusion(subtree: Subtree, index: int, size: int, hash_: Hash = sha256) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` (RFC 6962 2.1.1), lowest sibling first."""
    if not 0 <= index < size:
        raise NotValid("evidence.merkle.outside", index=index, size=size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(subtree, middle, end, hash_))
            end = middle
        else:
            path.append(range_root(subtree, start, middle, hash_))
            start = middle
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes, hash_: Hash = sha256
) -> bool:
    """Whether `path` leads from the leaf hash at `index` to the `root` of `size` leaves (RFC 9162 2.1.3.2)."""
    return root_from_inclusion(leaf, index, size, path, hash_) == root


def root_from_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], hash_: Hash = sha256
) -> bytes | None:
    """The root that the path leads to; None when the path cannot belong to that index and size."""
    if not 0 <= index < size:
        return None
    first, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0 or len(sibling) != HASH_BYTES:
            return None
        if first & 1 or first == last:
            found = node_hash(sibling, found, hash_)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, sibling, hash_)
        first, last = first >> 1, last >> 1
    return found if last == 0 else None


def consistency(subtree: Subtree, old: int, new: int, hash_: Hash = sha256) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new` (RFC 6962 2.1.2)."""
    if not 0 <= old <= new:
        raise NotValid("evidence.merkle.outside", index=old, size=new)
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(subtree, middle, end, hash_))
            end = middle
        else:
            path.append(range_root(subtree, start, middle, hash_))
            start, whole = middle, False
    if not whole:
        path.append(range_root(subtree, start, end, hash_))
    return path[::-1]


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes], hash_: Hash = sha256
) -> bool:
    """Whether `path` proves it (RFC 9162 2.1.4.2); any tree continues the empty one."""
    if not 0 <= old <= new or any(len(part) != HASH_BYTES for part in path):
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == empty_root(hash_)
    parts = list(path) if old & (old - 1) else [old_root, *path]
    if not parts:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_found = new_found = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_found, new_found = node_hash(part, old_found, hash_), node_hash(part, new_found, hash_)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new_found = node_hash(new_found, part, hash_)
        first, last = first >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
