"""An entry as it is handed in, and the document it becomes: every token made here, the engine only splits at spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec

from zampa.index import chinese, pinyin, tibetan
from zampa.index.scripts import plain, runs, whole

FACETS = ("department", "class", "sharing", "format", "cycle", "live", "region", "year", "state")
ANYBODY = "any"  # every entry carries it; an auditor's query asks for no more
LONGEST_TEXT = 4_000  # characters of an abstract that are searched
LONGEST_KEY = 40
_NOT_LETTERS = re.compile(r"[^0-9a-z]+")
STAMP_BITS = 28  # small enough that a sum over 30 million entries is exact in a double


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be found. `seen`: marks of who may see it; `facets`: FACETS -> values; `stamp`: a number below 2**28
    that changes with the entry, by which the index is compared with the database; `published`, `changed`: Unix seconds.
    """

    id: str
    stamp: int
    name: str
    name_bo: str = ""
    codes: Sequence[str] = ()
    abstract: str = ""
    items: Sequence[str] = ()
    department: Sequence[str] = ()
    classes: Sequence[str] = ()
    seen: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = {}
    published: int = 0
    changed: int = 0
    name_key: str = ""


def document(entry: Entry) -> str:
    """The document as JSON, for `Writer.put`."""
    name, name_bo, about = cut(entry.name, said=True), cut(entry.name_bo), cut(entry.abstract[:LONGEST_TEXT])
    items = [_kept(one) for one in entry.items]
    classes = [_kept(one) for one in entry.classes]
    departments = [_kept(one, said=True) for one in entry.department]
    return _encoder.encode(
        {
            "id": entry.id,
            "stamp": entry.stamp,
            "exact": [one for one in (whole(entry.name), whole(entry.name_bo)) if one],
            "code": codes_of(entry.codes),
            "name": _line([name.general, name_bo.general]),
            "items": _line([one.general for one in items]),
            "about": _line([about.general, *(one.general for one in classes)]),
            "department_name": _line([one.general for one in departments]),
            "bo": _line([one.bo for one in (name, name_bo, about, *items, *classes, *departments)]),
            "sound": _line([one.sounds for one in (name, *departments)]),
            "initials": _line([one.initials for one in (name, *departments)]),
            "seen": [ANYBODY, *entry.seen],
            "published": max(0, entry.published),
            "changed": max(0, entry.changed),
            "letters": letters_of(entry.name_key),
            **{facet: entry.facets.get(facet, ()) for facet in FACETS},
        }
    ).decode()


_encoder = msgspec.json.Encoder()


def _line(parts: Iterable[Iterable[str]]) -> str:
    """Tokens of several texts as one field: each once, in their order."""
    return " ".join(dict.fromkeys(chain.from_iterable(parts)))


class Cut(NamedTuple):
    """A text as tokens, some perhaps twice: general ones, those of its Tibetan, how its Chinese is said, initials."""

    general: list[str]
    bo: list[str]
    sounds: list[str]
    initials: list[str]


NOTHING = Cut([], [], [], [])


def cut(text: str, *, said: bool = False) -> Cut:
    """`said`: with the sounds and initials, which names and departments are also found by."""
    if not text:
        return NOTHING
    made = Cut([], [], [], [])
    general = made.general
    for script, run in runs(plain(text)):
        if script == "latin":
            general.append(run)
        elif script == "bo":
            made.bo.extend(tibetan.tokens(run))
        else:
            words = chinese.words(run)
            general += words
            for word in words:
                if len(word) > 3:
                    general += chinese.inside(word)
            if len(run) > 1:
                general += chinese.pairs(run)
                general += run
            if said:
                syllables = [one for word in words for one in pinyin.spelled(word)]
                made.sounds.extend(pinyin.tokens(syllables))
                made.initials.extend(pinyin.initials(syllables))
    return made


# Names of departments, classes and items come again and again.
_kept = lru_cache(maxsize=50_000)(cut)


def codes_of(codes: Iterable[str]) -> list[str]:
    """A code as written and without its separators, so that it is found either way."""
    written = [plain(code).replace(" ", "") for code in codes if code]
    return list(dict.fromkeys([*written, *(whole(code) for code in written)]))


def letters_of(name_key: str) -> int:
    """The first twelve letters and digits of a sort key as a number that sorts as they do (36 to the twelfth)."""
    letters = _NOT_LETTERS.sub("", name_key.lower()[:LONGEST_KEY])[:12]
    return int(letters.ljust(12, "0"), 36)
