"""RFC 6962 section 2.1: trees, audit paths, consistency."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zampa.evidence import merkle
from zampa.evidence.suites import sha256, sm3
from zampa.ground.errors import NotValid


def naive(leaves: list[bytes], hash_) -> bytes:
    """The RFC's recursive definition, word for word."""
    if not leaves:
        return hash_(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_(b"\x01" + naive(leaves[:split], hash_) + naive(leaves[split:], hash_))


def leaves_of(count: int, hash_=sha256) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode(), hash_) for n in range(count)]


hashes = st.sampled_from([sha256, sm3])
sizes = st.integers(1, 300)


def test_known_roots_of_certificate_transparency():
    """The roots of the reference vectors of Certificate Transparency (merkle_tree_test of the CT project)."""
    inputs = [bytes.fromhex(text) for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    for size, root in roots.items():
        assert merkle.root_of([merkle.leaf_hash(data) for data in inputs[:size]]).hex() == root
    assert merkle.empty_root() == hashlib.sha256(b"").digest()


@given(size=st.integers(0, 300), hash_=hashes)
def test_incremental_root_is_the_recursive_one(size, hash_):
    leaves = leaves_of(size, hash_)
    assert merkle.root_of(leaves, hash_) == naive(leaves, hash_)


@given(data=st.data(), size=sizes, hash_=hashes)
def test_every_leaf_is_proved_and_no_other(data, size, hash_):
    leaves = leaves_of(size, hash_)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(merkle.subtrees_of(leaves, hash_), index, size, hash_)
    root = naive(leaves, hash_)
    assert merkle.verify_inclusion(leaves[index], index, size, path, root, hash_)
    assert not merkle.verify_inclusion(hash_(b"other"), index, size, path, root, hash_)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert not merkle.verify_inclusion(leaves[index], other, size, path, root, hash_)
    if path:
        spot = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:spot], hash_(path[spot]), *path[spot + 1 :]]
        assert not merkle.verify_inclusion(leaves[index], index, size, bent, root, hash_)
        assert not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root, hash_)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root, hash_)


@given(data=st.data(), new=sizes, hash_=hashes)
def test_consistency_holds_for_a_beginning_and_for_nothing_else(data, new, hash_):
    old = data.draw(st.integers(0, new))
    leaves = leaves_of(new, hash_)
    path = merkle.consistency(merkle.subtrees_of(leaves, hash_), old, new, hash_)
    old_root, new_root = naive(leaves[:old], hash_), naive(leaves, hash_)
    assert merkle.verify_consistency(old, new, old_root, new_root, path, hash_)
    assert not merkle.verify_consistency(old, new, hash_(old_root), new_root, path, hash_)
    assert not merkle.verify_consistency(old, new, old_root, new_root, [*path, old_root], hash_)
    if old:
        assert not merkle.verify_consistency(old, new, old_root, hash_(new_root), path, hash_)
    if path:
        spot = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:spot], hash_(path[spot]), *path[spot + 1 :]]
        assert not merkle.verify_consistency(old, new, old_root, new_root, bent, hash_)
        assert not merkle.verify_consistency(old, new, old_root, new_root, path[:-1], hash_)


@given(size=st.integers(0, 200), more=st.integers(0, 100))
def test_a_tree_goes_on_from_its_edge(size, more):
    leaves = leaves_of(size + more)
    subtree = merkle.subtrees_of(leaves)
    tree = merkle.Tree(size=size, edge=[subtree(*place) for place in merkle.edge_of(size)])
    tree.extend(leaves[size:])
    assert tree.root() == naive(leaves, sha256)


@given(blocks=st.integers(0, 12), rest=st.integers(0, 15))
def test_grafting_whole_subtrees_is_appending_their_leaves(blocks, rest):
    leaves = leaves_of(blocks * 16 + rest)
    tree = merkle.Tree()
    for block in range(blocks):
        tree.graft(4, naive(leaves[block * 16 : block * 16 + 16], sha256))
    tree.extend(leaves[blocks * 16 :])
    assert tree.root() == naive(leaves, sha256)


def test_what_lies_outside_is_refused():
    subtree = merkle.subtrees_of(leaves_of(4))
    for index, size in ((4, 4), (-1, 4)):
        with pytest.raises(NotValid, match=r"evidence\.merkle\.outside"):
            merkle.inclusion(subtree, index, size)
    with pytest.raises(NotValid):
        merkle.consistency(subtree, 5, 4)
    with pytest.raises(NotValid):
        merkle.Tree(size=3, edge=[b"x" * 32])
    tree = merkle.Tree()
    tree.append(leaves_of(1)[0])
    with pytest.raises(NotValid):
        tree.graft(2, leaves_of(1)[0])
