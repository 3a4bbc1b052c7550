"""The code lists this package carries, as rows. Divisions come from python-stdnum and from identity's own table."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.resources import files

import msgspec

from zampa.ground.digests import canonical
from zampa.standards.history import Division, divisions

OWN_COLUMNS = {"list", "code", "name", "name_bo", "name_en", "parent", "depth"}


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value as it is loaded, wherever it comes from. `other`: what else the standard says of it, by column name."""

    code: str
    name: str
    name_bo: str = ""
    name_en: str = ""
    parent: str = ""
    depth: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_by: tuple[str, ...] = ()
    other: dict[str, str] = {}


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What a list's page states of it (data/lists.json)."""

    code: str
    name: str
    standard: str
    edition: str
    source: str
    whole: str
    name_en: str = ""
    name_bo: str = ""
    whole_note: str = ""
    expected: int | None = None
    pattern: str = ""


def lists() -> list[Carried]:
    text = files("zampa.standards").joinpath("data/lists.json").read_bytes()
    return msgspec.json.decode(text, type=list[Carried])


def values(code: str) -> list[Value]:
    """The values of a carried list in its order; KeyError when the package carries no list of that name."""
    if code == "regions":
        return [_division(row) for row in divisions()]
    own = files("zampa.standards").joinpath(f"data/{code}.csv")
    rows = _rows(f"{code}.csv") if own.is_file() else (row for row in _rows("small.csv") if row["list"] == code)
    found = [_value(row) for row in rows]
    if not found:
        raise KeyError(code)
    return found


def digest(head: Carried, found: Iterable[Value]) -> str:
    """SHA-256 over all a list says, so that an unchanged one is not loaded again."""
    whole = {"head": msgspec.to_builtins(head), "values": [msgspec.to_builtins(value) for value in found]}
    return hashlib.sha256(canonical(whole)).hexdigest()


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("zampa.standards").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


def _value(row: dict[str, str]) -> Value:
    return Value(
        code=row["code"], name=row["name"], name_bo=row.get("name_bo", ""), name_en=row.get("name_en", ""),
        parent=row.get("parent", ""), depth=int(row.get("depth") or 1),
        other={name: text for name, text in row.items() if name not in OWN_COLUMNS and text},
    )  # fmt: skip


def _division(row: Division) -> Value:
    return Value(
        code=row.code, name=row.name, name_bo=row.name_bo, parent=row.parent, depth=row.depth,
        valid_from=row.valid_from, valid_to=row.valid_to, replaced_by=row.replaced_by,
    )  # fmt: skip
