"""A table that a clerk filled in elsewhere, as an XLSX or CSV file: read whole, every wrong cell told at once.

Its heads are the words a template of ours has, in whichever language it was taken, or the field's own short name. A
cell comes out as text; `where` says how a clerk calls it ("B7"), whatever the file is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import python_calamine as calamine
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from zampa.connectors.xlsx.cells import reference, refuse_odd_cells
from zampa.ground.errors import Fault, NotValid

MOST_ROWS = 100_000
LARGEST = 20 << 20
MOST_FAULTS = 200
ZIP = b"PK\x03\x04"

Heads = Mapping[str, str | Promise]


@dataclass(frozen=True)
class Line:
    """One row below the heads: its number in the file, and its cells as text by field."""

    number: int
    cells: dict[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Sheet:
    """What was read. `places`: field -> column, counted from 1."""

    lines: list[Line]
    places: dict[str, int]

    def where(self, line: Line, name: str) -> str:
        return reference(self.places.get(name, 1), line.number)


def read_sheet(name: str, content: bytes, heads: Heads, needed: Sequence[str] = ()) -> Sheet:
    """The rows of a file under these heads (field -> its word), empty ones left out.

    NotValid with a fault a cell for a head that is unknown, doubled or missing among `needed`; or when the file is no
    XLSX or CSV (UTF-8 or GB 18030), holds formulas, or is larger than 20 MiB or 100,000 rows.
    """
    if len(content) > LARGEST:
        raise NotValid("desk.sheet.too_large", limit=LARGEST >> 20)
    if not content.strip():
        raise NotValid("desk.sheet.empty")
    rows = _xlsx(name, content) if content.startswith(ZIP) else _csv(content)
    if len(rows) > MOST_ROWS:
        raise NotValid("desk.sheet.too_many_rows", limit=f"{MOST_ROWS:,}")
    places = _placed(rows[0] if rows else [], heads, needed)
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[at - 1].strip() if at <= len(row) else "" for field, at in places.items()}
        if any(cells.values()):
            lines.append(Line(number, cells))
    if not lines:
        raise NotValid("desk.sheet.empty")
    return Sheet(lines, places)


def _placed(row: Sequence[str], heads: Heads, needed: Sequence[str]) -> dict[str, int]:
    """Which column holds which field."""
    called = {word.casefold(): field for field, head in heads.items() for word in (field, *_said(head))}
    places: dict[str, int] = {}
    faults = []
    for at, head in enumerate(row, start=1):
        word = head.strip()
        field = called.get(word.casefold())
        if not word:
            continue
        if field is None:
            faults.append(Fault(reference(at, 1), "desk.sheet.unknown_head", {"head": word[:60]}))
        elif field in places:
            faults.append(Fault(reference(at, 1), "desk.sheet.head_twice", {"head": word}))
        else:
            places[field] = at
    lacking = [field for field in needed if field not in places]
    faults += [Fault("1", "desk.sheet.head_missing", {"head": str(heads[field])}) for field in lacking]
    if faults:
        raise NotValid("desk.sheet.bad_heads", faults=faults)
    return places


def _said(head: str | Promise) -> set[str]:
    """A head in every language of the portal."""
    words = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.add(str(head))
    return words


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return list(csv.reader(io.StringIO(text, newline="")))
    raise NotValid("desk.sheet.not_read")


def _xlsx(name: str, content: bytes) -> list[list[str]]:
    """The first sheet that holds anything."""
    with TemporaryDirectory(prefix="zampa-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        path.write_bytes(content)
        refuse_odd_cells(path)
        try:
            book = calamine.CalamineWorkbook.from_path(str(path))
            for one in book.sheet_names:
                sheet = book.get_sheet_by_name(one)
                if sheet.total_height > MOST_ROWS + 1:
                    raise NotValid("desk.sheet.too_many_rows", limit=f"{MOST_ROWS:,}")
                if sheet.total_height:
                    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        except (calamine.CalamineError, ValueError) as failure:
            raise NotValid("desk.sheet.not_read") from failure
    return []


def _text(cell: object) -> str:
    """A cell as a clerk reads it: no ".0" behind a whole number, a day as 2026-12-12."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    return text[1:] if text.startswith("'") else text


def first(faults: Sequence[Fault]) -> list[Fault]:
    """No more faults than anybody reads, the last then saying how many were left out."""
    if len(faults) <= MOST_FAULTS:
        return list(faults)
    return [*faults[:MOST_FAULTS], Fault("", "desk.sheet.more_faults", {"count": len(faults) - MOST_FAULTS})]
