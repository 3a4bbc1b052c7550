"""What a person typed, as words to look for. Nothing typed is ever a command: there is no query language to break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from zampa.index import chinese, tibetan
from zampa.index.scripts import plain, runs, whole

LONGEST = 200  # characters that are read
MOST_WORDS = 16
_CODE = re.compile(r"[0-9a-z]+(?:[/\-_.:][0-9a-z]+)+")
# Words that join others and say nothing of what is looked for.
_JOINING = {*"的和与及或等了在是有之为对", "关于", "以及", "情况", "相关", "有关"}


class Word(msgspec.Struct, frozen=True):
    """`kind`: han, bo (parts are syllables), latin, code. A word that is not `telling` need not be there."""

    kind: Literal["han", "bo", "latin", "code"]
    text: str
    parts: tuple[str, ...] = ()
    telling: bool = True


class Typed(msgspec.Struct, frozen=True):
    """The words in their order, the runs they were cut from, and the whole as one name."""

    words: tuple[Word, ...]
    runs: tuple[str, ...]
    whole: str


def read(text: str) -> Typed:
    """Words of a search box; an empty or unreadable text has none."""
    said = plain(text[:LONGEST])
    found: list[Word] = []
    pieces: list[str] = []
    for chunk in said.split():
        if _CODE.fullmatch(chunk):
            found.append(Word("code", chunk))
            continue
        for script, run in runs(chunk):
            pieces.append(run)
            if script == "han":
                found += [Word("han", one) for one in chinese.words(run)]
            elif script == "bo":
                parts = tuple(tibetan.syllables(run))
                found += [Word("bo", run, parts)] if parts else []
            else:
                found.append(Word("latin", run))
    return Typed(_weighed(list(dict.fromkeys(found))[:MOST_WORDS]), tuple(pieces), whole(said))


def _weighed(words: Sequence[Word]) -> tuple[Word, ...]:
    """Joining words and, beside longer ones, single characters may be missing from what is found."""
    marked = [Word(one.kind, one.text, one.parts, not _weak(one)) for one in words]
    return tuple(marked) if any(one.telling for one in marked) else tuple(words)


def _weak(word: Word) -> bool:
    return word.kind == "han" and (len(word.text) == 1 or word.text in _JOINING)
