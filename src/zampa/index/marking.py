"""Where in a text the words stand that were typed: pieces with a yes or no, for the page to escape and mark itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zampa.index import chinese, pinyin
from zampa.index.parsing import Typed, Word
from zampa.index.scripts import plain

Piece = tuple[str, bool]
AROUND = 24  # characters kept before the first mark of a shortened text
_HAN = re.compile(r"[〇\u3400-\u9fff]+")


def marked(text: str, typed: Typed, most: int = 0) -> list[Piece]:
    """The text cut into pieces; `most` > 0 shortens it to so many characters around the first mark."""
    flags = _flags(text, typed)
    start, end = _window(flags, most)
    pieces: list[Piece] = [("…", False)] if start else []
    for place in range(start, end):
        if pieces and place > start and pieces[-1][1] == flags[place]:
            pieces[-1] = (pieces[-1][0] + text[place], flags[place])
        else:
            pieces.append((text[place], flags[place]))
    return [*pieces, ("…", False)] if end < len(text) else pieces


def _window(flags: Sequence[bool], most: int) -> tuple[int, int]:
    if not most or len(flags) <= most:
        return 0, len(flags)
    first = flags.index(True) if True in flags else 0
    start = max(0, min(first - AROUND, len(flags) - most))
    return start, start + most


def _flags(text: str, typed: Typed) -> list[bool]:
    flags = [False] * len(text)
    said = plain(text)
    if len(said) != len(text):  # a ligature became two letters: compare as it stands
        said = text.lower() if len(text.lower()) == len(text) else text
    for word in typed.words:
        spans = list(_spans(said, word))
        for start, end in spans:
            flags[start:end] = [True] * (end - start)
    return flags


def _spans(said: str, word: Word) -> Iterator[tuple[int, int]]:
    if word.kind == "bo":
        for part in word.parts:
            yield from _places(said, part)
        return
    found = list(_places(said, word.text))
    if not found and word.kind == "han" and len(word.text) > 2:
        found = [span for pair in chinese.pairs(word.text) for span in _places(said, pair)]
    if not found and word.kind == "latin":
        found = list(_by_sound(said, word.text))
    yield from found


def _places(said: str, part: str) -> Iterator[tuple[int, int]]:
    at = said.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = said.find(part, at + len(part))


def _by_sound(said: str, letters: str) -> Iterator[tuple[int, int]]:
    """Characters that read as the letters typed: whole syllables, or initials."""
    spelled = pinyin.typed(letters)
    wanted = [pinyin.heard(one) for one in spelled[0]] if spelled else []
    for run in _HAN.finditer(said):
        syllables = pinyin.of_run(run[0])
        if len(syllables) != len(run[0]):
            continue
        sounds = [pinyin.heard(one) for one in syllables]
        heads = [one[0] for one in syllables]
        for parts, among in ((wanted, sounds), (list(letters), heads)):
            hit = _row(parts, among)
            if hit is not None:
                yield run.start() + hit, run.start() + hit + len(parts)
                break


def _row(parts: Sequence[str], among: Sequence[str]) -> int | None:
    if len(parts) < 1 or (len(parts) == 1 and len(parts[0]) == 1):
        return None
    for place in range(len(among) - len(parts) + 1):
        if list(among[place : place + len(parts)]) == list(parts):
            return place
    return None
