"""Tiles give the same roots and proofs as the plain tree, however the leaves arrived."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.evidence import merkle, tiles
from zampa.evidence.suites import sha256, sm3
from zampa.ground.errors import NotValid

COUNT = 70_000
LEAVES = {hash_: [hash_(n.to_bytes(4, "big")) for n in range(COUNT)] for hash_ in (sha256,)}[sha256]
SUBTREE = merkle.subtrees_of(LEAVES)


def grow(batches: list[int], hash_=sha256) -> tuple[tiles.Edge, dict[tiles.TileKey, bytes]]:
    stored: dict[tiles.TileKey, bytes] = {}
    size = 0
    edge = tiles.Edge(hash_, 0, {})
    for batch in batches:
        edge = tiles.Edge(hash_, size, {key: stored[key] for key in tiles.last_tiles(size)})
        stored.update(edge.append(LEAVES[size : size + batch]))
        size += batch
    return edge, stored


@given(batches=st.lists(st.integers(0, 700), max_size=8), hash_=st.sampled_from([sha256, sm3]))
@settings(max_examples=30, deadline=None)
def test_root_after_any_batches(batches, hash_):
    edge, stored = grow(batches, hash_)
    assert edge.size == sum(batches)
    assert edge.root() == merkle.root_of(LEAVES[: edge.size], hash_)
    assert all(0 < len(tile) <= tiles.TILE_BYTES for tile in stored.values())


def test_three_levels_and_proofs_of_old_sizes_from_grown_tiles():
    _, stored = grow([255, 1, 1, 65_000, 4_000, 743])
    assert {key.level for key in stored} == {0, 1, 2}
    for index, size in ((0, 1), (0, 255), (255, 256), (256, 257), (65_535, 65_536), (65_536, 70_000), (3, 69_999)):
        needed = tiles.tiles_for(lambda ask, index=index, size=size: merkle.inclusion(ask, index, size))
        assert len(needed) <= 8
        subtree = tiles.subtree_of({key: stored[key] for key in needed})
        path = merkle.inclusion(subtree, index, size)
        assert path == merkle.inclusion(SUBTREE, index, size)
    needed = tiles.tiles_for(lambda ask: merkle.consistency(ask, 40_123, 70_000))
    subtree = tiles.subtree_of({key: stored[key] for key in needed})
    assert merkle.consistency(subtree, 40_123, 70_000) == merkle.consistency(SUBTREE, 40_123, 70_000)


def test_a_missing_tile_is_an_error_and_never_a_wrong_root():
    _, stored = grow([300])
    with pytest.raises(NotValid, match=r"tiles\.missing"):
        short = stored[tiles.TileKey(0, 1)][:-32]
        tiles.Edge(sha256, 300, {tiles.TileKey(0, 1): short, tiles.TileKey(1, 0): bytes(32)})
    with pytest.raises(NotValid, match=r"tiles\.missing"):
        tiles.subtree_of({})(0, 5)
