"""Which data element an item means: by its name, its column, its comment and its type. Pure; every suggestion says why.

An index is built once for all elements (10,000 in well under a second); a suggestion looks words up in it and compares
only what shares a pair of signs with the name, so that a database of 300 tables is suggested for in seconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import msgspec

from zampa.standards.rules.fitting import type_fits

LEAST = 40  # of 100; below it nothing is said
MOST = 5
_APART = re.compile(r"[\s_\-·・./\\:：,，;；'\"“”‘’]+")
_BRACKETS = re.compile(r"[(（\[【<《].*?[)）\]】>》]")
_FIRST_WORDS = re.compile(r"[;；,，。:：(（\n]")
EXACT = {"name": 100, "synonym": 96, "learned": 94, "comment": 90, "column": 88, "initials": 62, "pinyin": 84}
CLASH, ENDS, ALIKE, ONLY_SIGNS = 15, 50, 85, 2


class Word(msgspec.Struct, frozen=True):
    """A word an element goes by. `kind`: name, synonym, learned (an item was bound under it), column."""

    text: str
    kind: str


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the index keeps of an element. `key`: its name in pinyin, syllables apart; `owner`: a department's id."""

    number: str
    name: str
    type: str
    key: str = ""
    symbol: str = ""
    owner: str = ""
    words: tuple[Word, ...] = ()


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """An element an item may mean. `score` of 100; `reasons`: codes with their parameters, the weightiest first."""

    number: str
    name: str
    score: int
    reasons: tuple[tuple[str, dict[str, str]], ...]


def word_key(text: str) -> str:
    """A word as it is compared: one width, one case, nothing between its signs."""
    return _APART.sub("", unicodedata.normalize("NFKC", text).lower())


class Index:
    """The words of all elements, whole and in pairs of signs."""

    def __init__(self, elements: Iterable[Known]) -> None:
        self.elements = tuple(elements)
        self._whole: dict[str, list[tuple[int, str]]] = {}
        self._columns: dict[str, list[tuple[int, str]]] = {}
        self._pairs: dict[str, list[int]] = {}
        self._sizes: list[int] = []
        for place, element in enumerate(self.elements):
            self._enter(place, element)

    def _enter(self, place: int, element: Known) -> None:
        for word in (Word(element.name, "name"), *element.words):
            table = self._columns if word.kind == "column" else self._whole
            table.setdefault(word_key(word.text), []).append((place, word.kind))
        syllables = element.key.split()
        for text, kind in (
            (word_key(element.symbol), "column"),
            ("".join(syllables), "pinyin"),
            ("".join(syllable[0] for syllable in syllables), "initials"),
        ):
            if len(text) >= ONLY_SIGNS:
                self._columns.setdefault(text, []).append((place, kind))
        pairs = _pairs(word_key(element.name))
        self._sizes.append(len(pairs))
        for pair in pairs:
            self._pairs.setdefault(pair, []).append(place)

    def named(self, text: str) -> list[tuple[int, str]]:
        return self._whole.get(word_key(text), [])

    def columns(self, text: str) -> list[tuple[int, str]]:
        return self._columns.get(word_key(text), [])

    def alike(self, text: str) -> Iterable[tuple[int, float]]:
        """Elements whose names share pairs of signs with the text, and how many of both they share (Dice)."""
        pairs = _pairs(word_key(text))
        shared = Counter(place for pair in pairs for place in self._pairs.get(pair, ()))
        return ((place, 2 * count / (len(pairs) + self._sizes[place])) for place, count in shared.items())


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


class _Found:
    """What speaks for each element, by reason: the highest score and its parameters."""

    def __init__(self) -> None:
        self.by_place: dict[int, dict[str, tuple[int, dict[str, str]]]] = {}

    def say(self, place: int, reason: str, score: int, **params: str) -> None:
        said = self.by_place.setdefault(place, {})
        if score > said.get(reason, (0, {}))[0]:
            said[reason] = (score, params)


def suggest_elements(
    index: Index, *, name: str, column: str = "", comment: str = "", type: str = "", owner: str = "", most: int = MOST
) -> list[Suggested]:
    """The likeliest elements, best first; none when nothing speaks for any.

    `owner`: the department whose own elements may be suggested beside the region's.
    """
    found = _Found()
    _by_name(index, name, found)
    _by_column(index, name, column, found)
    for text in {_FIRST_WORDS.split(comment.strip())[0].strip(), comment.strip()} - {"", name}:
        for place, _kind in index.named(text):
            found.say(place, "comment", EXACT["comment"], word=text)
    made = [
        _made(index.elements[place], said, type)
        for place, said in found.by_place.items()
        if index.elements[place].owner in ("", owner)
    ]
    return sorted((one for one in made if one.score >= LEAST), key=lambda one: (-one.score, one.number))[:most]


def _by_name(index: Index, name: str, found: _Found) -> None:
    """The whole name, the name without what stands in brackets, an ending of it, and names that look alike."""
    for text in dict.fromkeys((name, _BRACKETS.sub("", name))):
        for place, kind in index.named(text):
            found.say(place, kind, EXACT[kind], word=text)
    key = word_key(name)
    for at in range(1, len(key) - 1):
        for place, _kind in index.named(key[at:]):
            share = (len(key) - at) / len(key)
            found.say(place, "ends", ENDS + round(30 * share), word=key[at:])
    for place, share in index.alike(name):
        found.say(place, "alike", round(ALIKE * share), percent=str(round(100 * share)))


def _by_column(index: Index, name: str, column: str, found: _Found) -> None:
    for text in dict.fromkeys((column, name if name.isascii() else "")):
        for place, kind in index.columns(text) if text else ():
            found.say(place, kind, EXACT[kind], word=text)


def _made(element: Known, said: dict[str, tuple[int, dict[str, str]]], type: str) -> Suggested:
    """The best reason counts, each further one adds a little; a type that cannot hold the values takes off."""
    ranked = sorted(said.items(), key=lambda one: -one[1][0])
    exact = sum(1 for reason, _ in ranked if reason in EXACT)
    score = min(100, ranked[0][1][0] + 3 * max(0, exact - 1))
    told = [one for one in ranked if one[1][0] >= LEAST and (not exact or one[0] in EXACT)]
    reasons = [(f"standards.suggest.{reason}", params) for reason, (_points, params) in told]
    if type and not type_fits(element.type, type):
        score -= CLASH
        reasons.append(("standards.suggest.clash", {"type": type}))
    return Suggested(number=element.number, name=element.name, score=score, reasons=tuple(reasons))
