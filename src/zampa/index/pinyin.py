"""Pinyin as tokens: syllables and their pairs, initials; and what a typed word of Latin letters may spell.

Sounds that are often mixed up here are held to be one: zh/z, ch/c, sh/s, -ng/-n, and l/n at the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from pypinyin import Style, lazy_pinyin, pinyin, pinyin_dict
from pypinyin.phonetic_symbol import phonetic_symbol

from zampa.index import chinese

LONGEST = 6  # letters of the longest syllable: zhuang, chuang, shuang
MOST_TYPED = 60


def _toneless() -> frozenset[str]:
    """Every syllable of the sound table, without tones, ü as v."""
    marks = {symbol: said.rstrip("01234") for symbol, said in phonetic_symbol.items()}
    found = set()
    for sounds in pinyin_dict.pinyin_dict.values():
        for sound in sounds.split(","):
            letters = "".join(marks.get(letter, letter) for letter in sound)
            if letters.isascii() and letters.isalpha():
                found.add(letters)
    return frozenset(found - {"m", "n", "ng", "hm", "hng"})


SYLLABLES = _toneless()


@lru_cache(maxsize=4_000)
def heard(syllable: str) -> str:
    """A syllable as those hear it who mix up its neighbours: zhang -> zan, ling -> nin."""
    syllable = heard_beginning(syllable)
    if syllable.endswith("ng"):
        syllable = syllable[:-1]
    return syllable.replace("v", "u")


def heard_beginning(letters: str) -> str:
    """The beginning of a syllable as heard; its end is not typed yet."""
    for written, said in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n")):
        if letters.startswith(written):
            return said + letters[len(written) :]
    return letters


@lru_cache(maxsize=200_000)
def spelled(word: str) -> tuple[str, ...]:
    """The syllables of a Chinese word, as the word is read; () where a character has no reading."""
    read = lazy_pinyin(word, errors="ignore")
    return tuple(read) if len(read) == len(word) else ()


@lru_cache(maxsize=20_000)
def readings(character: str) -> tuple[str, ...]:
    """Every reading of one character, as heard; the commonest first."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(heard(one) for one in found[0])) if found else ()


def of_run(run: str) -> list[str]:
    """The syllables of a run of Han characters, read word by word."""
    return [syllable for word in chinese.words(run) for syllable in spelled(word)]


def tokens(syllables: Sequence[str]) -> list[str]:
    """Syllables as heard, and their pairs: ren, kou, ren'kou."""
    parts = [heard(one) for one in syllables]
    return [*parts, *pairs(parts)]


def pairs(parts: Sequence[str]) -> list[str]:
    return [f"{first}'{second}" for first, second in pairwise(parts)]


def initials(syllables: Sequence[str]) -> list[str]:
    """First letters in a row, cut into threes and twos: czrk -> czr, zrk, cz, zr, rk."""
    return thirds("".join(one[0] for one in syllables))


def thirds(letters: str) -> list[str]:
    return [letters[place : place + size] for size in (3, 2) for place in range(len(letters) - size + 1)]


@lru_cache(maxsize=2_000)
def typed(letters: str) -> tuple[tuple[str, ...], str] | None:
    """A word of Latin letters as syllables and an unfinished rest: changzhur -> (chang, zhu), r. None: no pinyin.

    The fewest syllables win, so xian is one; a rest must begin some syllable.
    """
    if not letters.isascii() or not letters.isalpha() or len(letters) > MOST_TYPED:
        return None
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST), end):
            before = best[start]
            if before is not None and letters[start:end] in SYLLABLES:
                longer = best[end]
                if longer is None or len(before) + 1 < len(longer):
                    best[end] = (*before, letters[start:end])
    complete = best[len(letters)]
    if complete is not None:
        return complete, ""
    for end in range(len(letters) - 1, 0, -1):
        before, rest = best[end], letters[end:]
        if before and any(syllable.startswith(rest) for syllable in SYLLABLES):
            return before, rest
    return None
