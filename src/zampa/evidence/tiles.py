"""A log's tree as tiles of 256 hashes (after the C2SP tlog-tiles layout): what a database stores and proofs read.

Entry i of tile `index` at `level` is the hash of the complete subtree over 256**level leaves that begins at leaf
(index * 256 + i) * 256**level. Only the last tile of each level ever grows; a tile that later grew still serves
older tree sizes, because entries are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from zampa.evidence.merkle import HASH_BYTES, Hash, Subtree, edge_of, fold
from zampa.evidence.suites import sha256
from zampa.ground.errors import NotValid

WIDTH_BITS = 8
WIDTH = 1 << WIDTH_BITS
TILE_BYTES = WIDTH * HASH_BYTES


class TileKey(NamedTuple):
    level: int
    number: int


def last_tiles(size: int) -> list[TileKey]:
    """The unfinished tile of each level of a tree of `size`, level 0 first: what `Edge` starts from."""
    found, level = [], 0
    while size >> (WIDTH_BITS * level):
        count = size >> (WIDTH_BITS * level)
        if count % WIDTH:
            found.append(TileKey(level, count // WIDTH))
        level += 1
    return found


class Edge:
    """The growing right edge of a tree: takes leaf hashes, gives back the tiles they changed."""

    def __init__(self, hash_: Hash, size: int, tiles: Mapping[TileKey, bytes]) -> None:
        """`tiles` holds at least `last_tiles(size)`; NotValid when one is missing or too short."""
        self._hash = hash_
        self.size = size
        self._open: dict[int, bytes] = {}
        for key in last_tiles(size):
            wanted = (size >> (WIDTH_BITS * key.level)) % WIDTH * HASH_BYTES
            held = bytes(tiles.get(key, b""))[:wanted]
            if len(held) != wanted:
                raise NotValid("evidence.tiles.missing", level=key.level, index=key.number)
            self._open[key.level] = held

    def append(self, leaves: Sequence[bytes]) -> dict[TileKey, bytes]:
        """Add leaf hashes; every tile that is new or longer now, as far as it goes."""
        changed: dict[TileKey, bytes] = {}
        level, fresh, start = 0, list(leaves), self.size
        self.size += len(leaves)
        while fresh:
            held = self._open.get(level, b"") + b"".join(fresh)
            index, above = start // WIDTH, []
            whole = len(held) // TILE_BYTES
            for step in range(whole):
                tile = held[step * TILE_BYTES : (step + 1) * TILE_BYTES]
                changed[TileKey(level, index + step)] = tile
                above.append(tile_root(tile, self._hash))
            self._open[level] = held[whole * TILE_BYTES :]
            if self._open[level]:
                changed[TileKey(level, index + whole)] = self._open[level]
            level, fresh, start = level + 1, above, start // WIDTH
        return changed

    def root(self) -> bytes:
        """The root over everything appended."""
        parts: list[bytes] = []
        for level in sorted(self._open, reverse=True):
            entries = split(self._open[level])
            for depth, index in edge_of(len(entries)):
                parts.append(_reduce(entries[index << depth : (index + 1) << depth], self._hash))
        return fold(parts, self._hash)


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def tile_root(tile: bytes, hash_: Hash = sha256) -> bytes:
    """The root of a full tile: the entry it becomes one level up."""
    return _reduce(split(tile), hash_)


def tiles_for(compute: Callable[[Subtree], object]) -> set[TileKey]:
    """The tiles that a proof reads, found by computing it over nothing, so that one query fetches them all."""
    needed: set[TileKey] = set()

    def ask(level: int, index: int) -> bytes:
        needed.add(_tile_of(level, index)[0])
        return bytes(HASH_BYTES)

    compute(ask)
    return needed


def subtree_of(tiles: Mapping[TileKey, bytes], hash_: Hash = sha256) -> Subtree:
    """`subtree` for proofs, answered from tiles; NotValid when a tile is missing or too short."""

    def subtree(level: int, index: int) -> bytes:
        key, first, count = _tile_of(level, index)
        entries = split(tiles.get(key, b"")[first * HASH_BYTES : (first + count) * HASH_BYTES])
        if len(entries) != count:
            raise NotValid("evidence.tiles.missing", level=key.level, index=key.number)
        return _reduce(entries, hash_)

    return subtree


def _tile_of(level: int, index: int) -> tuple[TileKey, int, int]:
    """The tile that holds a subtree of 2**level leaves, the first entry of it and how many."""
    within = level % WIDTH_BITS
    first = index << within
    return TileKey(level // WIDTH_BITS, first // WIDTH), first % WIDTH, 1 << within


def _reduce(hashes: Sequence[bytes], hash_: Hash) -> bytes:
    """The root of a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [hash_(b"\x01" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
