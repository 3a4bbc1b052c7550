"""Chinese as tokens: words as the segmenter cuts them, and single and double characters so that parts of words hit."""

from __future__ import annotations

from functools import lru_cache

import rjieba


def words(run: str) -> list[str]:
    """A run of Han characters cut into words, each character in exactly one."""
    cut: list[str] = rjieba.cut(run)
    return cut


def pairs(run: str) -> list[str]:
    """Neighbouring characters, two by two."""
    return [run[place : place + 2] for place in range(len(run) - 1)]


def within(run: str) -> list[str]:
    """The words of a run and the words within them."""
    if len(run) < 3:
        return [run]
    cut: list[str] = rjieba.cut_for_search(run)
    return cut


@lru_cache(maxsize=50_000)
def inside(word: str) -> list[str]:
    """The words within one longer word: 社会保障厅 -> 社会, 会保, 保障, 保障厅."""
    return [one for one in within(word) if one != word]


@lru_cache(maxsize=1)
def warm() -> bool:
    """Load the dictionary now (0.2 s) rather than in the first query."""
    return bool(rjieba.cut("共享"))
