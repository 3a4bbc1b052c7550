"""An entry as it is handed in, and the document it becomes: every token made here, the engine only splits at spaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from zampa.index import chinese, pinyin, tibetan
from zampa.index.scripts import plain, runs, whole

FACETS = ("department", "class", "sharing", "format", "cycle", "live", "region", "year", "state")
ANYBODY = "any"  # every entry carries it; an auditor's query asks for no more
LONGEST_TEXT = 4_000  # characters of an abstract that are searched
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
    names, items, about, department, bo = _Bag(), _Bag(), _Bag(), _Bag(), _Bag()
    names.read(entry.name, bo, sounds=True)
    names.read(entry.name_bo, bo)
    for name in entry.items:
        items.read(name, bo)
    about.read(entry.abstract[:LONGEST_TEXT], bo)
    for name in entry.classes:
        about.read(name, bo)
    for name in entry.department:
        department.read(name, bo, sounds=True)
    sounds = {**names.sounds, **department.sounds}
    letters = {**names.initials, **department.initials}
    return _encoder.encode(
        {
            "id": entry.id,
            "stamp": entry.stamp,
            "exact": [one for one in (whole(entry.name), whole(entry.name_bo)) if one],
            "code": codes_of(entry.codes),
            "name": names.line,
            "items": items.line,
            "about": about.line,
            "department_name": department.line,
            "bo": bo.line,
            "sound": " ".join(sounds),
            "initials": " ".join(letters),
            "seen": [ANYBODY, *entry.seen],
            "published": max(0, entry.published),
            "changed": max(0, entry.changed),
            "letters": letters_of(entry.name_key),
            **{name: list(entry.facets.get(name, ())) for name in FACETS},
        }
    ).decode()


_encoder = msgspec.json.Encoder()


class _Bag:
    """Tokens in their order, each once."""

    def __init__(self) -> None:
        self.tokens: dict[str, None] = {}
        self.sounds: dict[str, None] = {}
        self.initials: dict[str, None] = {}

    def read(self, text: str, bo: _Bag, *, sounds: bool = False) -> None:
        for script, run in runs(plain(text)):
            if script == "bo":
                bo.tokens.update(dict.fromkeys(tibetan.tokens(run)))
            elif script == "latin":
                self.tokens[run] = None
            else:
                self.tokens.update(dict.fromkeys(chinese.tokens(run)))
                if sounds:
                    said = pinyin.of_run(run)
                    self.sounds.update(dict.fromkeys(pinyin.tokens(said)))
                    self.initials.update(dict.fromkeys(pinyin.initials(said)))

    @property
    def line(self) -> str:
        return " ".join(self.tokens)


def codes_of(codes: Iterable[str]) -> list[str]:
    """A code as written and without its separators, so that it is found either way."""
    written = [plain(code).replace(" ", "") for code in codes if code]
    return list(dict.fromkeys([*written, *(whole(code) for code in written)]))


def letters_of(name_key: str) -> int:
    """The first twelve letters of a sort key as a number that sorts as they do (5 bits a letter)."""
    number = 0
    letters = [one for one in name_key.lower() if one.isascii() and one.isalnum()][:12]
    for place in range(12):
        letter = letters[place] if place < len(letters) else ""
        number = number * 32 + (0 if not letter else 1 if letter.isdigit() else ord(letter) - 95)
    return number
