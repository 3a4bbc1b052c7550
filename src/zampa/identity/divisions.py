"""The divisions of GB/T 2260 as rows: what the package carries, and how rows from elsewhere are read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from zampa.ground.errors import Fault

LEVELS = ("region", "prefecture", "county", "zone")
COLUMNS = (
    "code", "level", "parent", "name", "name_bo", "name_bo_status", "valid_from", "valid_to", "successor"
)  # fmt: skip


@dataclass(frozen=True)
class Division:
    code: str
    level: str
    parent: str
    name: str
    name_bo: str = ""
    name_bo_reviewed: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""


def packaged() -> list[dict[str, str]]:
    """The rows of data/regions.csv."""
    text = files("zampa.identity").joinpath("data/regions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def parse(rows: Iterable[Mapping[str, str]]) -> tuple[list[Division], list[Fault]]:
    """Rows as divisions, and every fault; `where` is the row's line number, the heading being line 1."""
    parsed: list[Division] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        where = str(number)
        code = row.get("code", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            faults.append(Fault(where, "identity.region.bad_code", {"code": code}))
            continue
        if code in seen:
            faults.append(Fault(where, "identity.region.twice", {"code": code}))
        if row.get("level") not in LEVELS:
            faults.append(Fault(where, "identity.region.bad_level", {"code": code}))
        if not row.get("name"):
            faults.append(Fault(where, "identity.region.no_name", {"code": code}))
        try:
            starts, ends = _date(row.get("valid_from")), _date(row.get("valid_to"))
        except ValueError:
            faults.append(Fault(where, "identity.region.bad_date", {"code": code}))
            continue
        seen.add(code)
        parsed.append(
            Division(
                code=code,
                level=row.get("level", ""),
                parent=row.get("parent", ""),
                name=row.get("name", ""),
                name_bo=row.get("name_bo", ""),
                name_bo_reviewed=row.get("name_bo_status") == "reviewed",
                valid_from=starts,
                valid_to=ends,
                successor=row.get("successor", ""),
            )
        )
    return parsed, faults


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
