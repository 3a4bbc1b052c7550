"""One row of another platform's catalogue as ours. A value no map covers is left empty and told; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

MULTI = frozenset({"ways"})
PARTS = re.compile(r"[、,，;；|]")
MOST_ITEMS = 1_000


class Note(msgspec.Struct, frozen=True):
    """What did not come in: our field, their text, why."""

    field: str
    text: str
    code: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is read. `columns`: field -> head; `lookups`: coded field -> their text (casefold) -> our value;
    `longest`: field -> characters it may hold."""

    columns: Mapping[str, str]
    lookups: Mapping[str, Mapping[str, str]]
    longest: Mapping[str, int]
    separator: str = "|"


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it came out."""

    values: dict[str, str | list[str]]
    items: list[str]
    notes: list[Note]


def read_row(cells: Mapping[str, str], reading: Reading) -> Read:
    """Fields with their values; every text that is not understood is a note, its field stays empty."""
    values: dict[str, str | list[str]] = {}
    items: list[str] = []
    notes: list[Note] = []
    for field, head in reading.columns.items():
        text = cells.get(head, "").strip()
        if not text:
            continue
        if field == "items":
            items = _items(text, reading, notes)
        elif field in reading.lookups:
            parts = [part.strip() for part in PARTS.split(text)] if field in MULTI else [text]
            known = [reading.lookups[field].get(part.casefold(), "") for part in parts if part]
            if not all(known):
                notes.append(Note(field, text[:200], "catalogue.import.not_mapped"))
            values[field] = [one for one in known if one] if field in MULTI else known[0]
        elif len(text) > reading.longest.get(field, len(text)):
            notes.append(Note(field, text[:200], "catalogue.import.too_long"))
        else:
            values[field] = text
    return Read(values=values, items=items, notes=notes)


def _items(text: str, reading: Reading, notes: list[Note]) -> list[str]:
    """The names in one cell, each once."""
    names: dict[str, None] = {}
    for name in (part.strip() for part in text.split(reading.separator)):
        if len(name) > reading.longest["items"]:
            notes.append(Note("items", name[:200], "catalogue.import.too_long"))
        elif name in names:
            notes.append(Note("items", name, "catalogue.import.item_twice"))
        elif name and len(names) < MOST_ITEMS:
            names[name] = None
    return list(names)
