"""A table that a clerk filled in elsewhere, as an XLSX or CSV file: read whole, every wrong cell told at once.

Its heads are the words a template of ours has, in whichever language it was taken, or the field's own short name. A
cell comes out as text; `where` says how a clerk calls it ("B7"), whatever the file is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    """What was read. `places`: field -> column, counted from 1; `title`: its sheet, where a book has several."""

    lines: list[Line]
    places: dict[str, int]
    title: str = ""

    def where(self, line: Line, name: str) -> str:
        cell = reference(self.places.get(name, 1), line.number)
        return f"{self.title}!{cell}" if self.title else cell


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sheet of a book of ours: what it is called, its heads, those it cannot be without."""

    title: str | Promise
    heads: Heads
    needed: Sequence[str] = ()


def read_sheet(name: str, content: bytes, heads: Heads, needed: Sequence[str] = ()) -> Sheet:
    """The rows of a file under these heads (field -> its word), empty ones left out.

    NotValid with a fault a cell for a head that is unknown, doubled or missing among `needed`; or when the file is no
    XLSX or CSV (UTF-8 or GB 18030), holds formulas, or is larger than 20 MiB or 100,000 rows.
    """
    if len(content) > LARGEST:
        raise NotValid("desk.sheet.too_large", limit=LARGEST >> 20)
    if not content.strip():
        raise NotValid("desk.sheet.empty")
    rows = _xlsx(content) if content.startswith(ZIP) else _csv(content)
    read = _parsed(rows, heads, needed)
    if not read.lines:
        raise NotValid("desk.sheet.empty")
    return read


def read_book(content: bytes, parts: Mapping[str, Part]) -> dict[str, Sheet]:
    """The sheets of an XLSX book by our names; a sheet is known by its title in any of our languages, the first part
    otherwise is the first sheet. Errors as of `read_sheet`, each cell with its sheet; merged cells are refused."""
    if len(content) > LARGEST:
        raise NotValid("desk.sheet.too_large", limit=LARGEST >> 20)
    if not content.startswith(ZIP):
        raise NotValid("desk.sheet.no_book")
    called = {word.casefold(): name for name, part in parts.items() for word in (name, *said(part.title))}
    read: dict[str, Sheet] = {}
    faults: list[Fault] = []
    with _book(content) as book:
        titles = {called.get(title.casefold(), ""): title for title in reversed(book.sheet_names)}
        titles.setdefault(next(iter(parts)), book.sheet_names[0])
        for name, part in parts.items():
            if name in titles:
                try:
                    read[name] = _parsed(_grid(book, titles[name]), part.heads, part.needed, titles[name])
                except NotValid as error:
                    if error.code != "desk.sheet.bad_heads":
                        raise
                    faults += error.faults
    if faults:
        raise NotValid("desk.sheet.bad_heads", faults=faults)
    if not any(sheet.lines for sheet in read.values()):
        raise NotValid("desk.sheet.empty")
    return {name: read.get(name, Sheet([], {})) for name in parts}


def _parsed(rows: Sequence[Sequence[str]], heads: Heads, needed: Sequence[str], title: str = "") -> Sheet:
    if len(rows) > MOST_ROWS:
        raise NotValid("desk.sheet.too_many_rows", limit=f"{MOST_ROWS:,}")
    places = _placed(rows[0] if rows else [], heads, needed, title)
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[at - 1].strip() if at <= len(row) else "" for field, at in places.items()}
        if any(cells.values()):
            lines.append(Line(number, cells))
    return Sheet(lines, places, title)


def _placed(row: Sequence[str], heads: Heads, needed: Sequence[str], title: str) -> dict[str, int]:
    """Which column holds which field."""
    called = {word.casefold(): field for field, head in heads.items() for word in (field, *said(head))}
    sheet = f"{title}!" if title else ""
    places: dict[str, int] = {}
    faults = []
    for at, head in enumerate(row, start=1):
        word = head.strip()
        field = called.get(word.casefold())
        if not word:
            continue
        if field is None:
            faults.append(Fault(sheet + reference(at, 1), "desk.sheet.unknown_head", {"head": word[:60]}))
        elif field in places:
            faults.append(Fault(sheet + reference(at, 1), "desk.sheet.head_twice", {"head": word}))
        else:
            places[field] = at
    lacking = [field for field in needed if field not in places]
    faults += [Fault(sheet + "1", "desk.sheet.head_missing", {"head": str(heads[field])}) for field in lacking]
    if faults:
        raise NotValid("desk.sheet.bad_heads", faults=faults)
    return places


def said(head: str | Promise) -> set[str]:
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


@contextmanager
def _book(content: bytes) -> Iterator[calamine.CalamineWorkbook]:
    with TemporaryDirectory(prefix="zampa-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        path.write_bytes(content)
        refuse_odd_cells(path)
        try:
            yield calamine.CalamineWorkbook.from_path(str(path))
        except (calamine.CalamineError, ValueError) as failure:
            raise NotValid("desk.sheet.not_read") from failure


def _xlsx(content: bytes) -> list[list[str]]:
    """The first sheet that holds anything."""
    with _book(content) as book:
        return next((rows for one in book.sheet_names if (rows := _grid(book, one))), [])


def rows_of_book(path: Path) -> list[list[str]]:
    """The first sheet of a workbook that holds anything, with the limits and refusals of `read_sheet`."""
    return _xlsx(path.read_bytes())


def _grid(book: calamine.CalamineWorkbook, name: str) -> list[list[str]]:
    """A sheet's cells as texts. One of merged cells has values that stand in no row of their own."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > MOST_ROWS + 1:
        raise NotValid("desk.sheet.too_many_rows", limit=f"{MOST_ROWS:,}")
    if sheet.merged_cell_ranges:
        raise NotValid("desk.sheet.merged", sheet=name[:40])
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


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
