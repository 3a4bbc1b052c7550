"""Cells of a strange workbook as texts and types. What the file states is kept; a mixed column is text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa

from zampa.connectors import archives
from zampa.connectors.texts import from_text
from zampa.contracts.schemas import DataType, Field
from zampa.ground.errors import Fault, NotValid

EXACT = 1 << 53  # whole numbers a spreadsheet can hold; beyond it digits are already lost
SHOWN = 50
_CELL = rb'<(?:\w+:)?c\b(?=[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})")'
_FORMULA = re.compile(_CELL + rb"[^>]*>\s*<(?:\w+:)?f\b")
_ERROR = re.compile(_CELL + rb'(?=[^>]*?\bt="e")[^>]*>')
Cell = int | float | str | bool | date | datetime | time | timedelta | None


def refuse_odd_cells(path: Path) -> None:
    """NotValid with every cell that holds a formula or an error: its shown value may be stale or wrong."""
    formulas: dict[str, None] = {}
    errors: dict[str, None] = {}
    with archives.opened(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise NotValid("connectors.bad_file", table=path.name, why="xlsx")
        for part in archive.namelist():
            if not part.lower().endswith((".xml", ".rels")):
                continue
            sheet = part.startswith("xl/worksheets/")
            for chunk in archives.xml_chunks(path, archive, part):
                if sheet:
                    formulas |= dict.fromkeys(found.decode() for found in _FORMULA.findall(chunk))
                    errors |= dict.fromkeys(found.decode() for found in _ERROR.findall(chunk))
    _raise(path, "connectors.formula_cells", "connectors.formula_cell", formulas)
    _raise(path, "connectors.error_cells", "connectors.error_cell", errors)


def kind_of(values: Iterable[Cell]) -> DataType:
    """The one type all non-empty cells have, else text."""
    kinds = {_kind(value) for value in values if value is not None and value != ""}
    if kinds == {"integer", "double"}:
        return "double"
    if kinds == {"date", "timestamp"}:
        return "timestamp"
    return kinds.pop() if len(kinds) == 1 else "text"


def column(values: list[Cell], field: Field, first_row: int) -> pa.Array:
    """The cells as the field's type; an empty cell is NULL."""
    return from_text(pa.array([text_of(value, field) for value in values], pa.string()), field, first_row)


def text_of(value: Cell, field: Field) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ("t" if value else "f") if field.type == "boolean" else str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight and field.type != "timestamp" else str(value)
    return str(value)


def reference(column: int, row: int) -> str:
    """"B7" of a column and row counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _kind(value: Cell) -> DataType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if float(value).is_integer() and abs(value) < EXACT else "double"
    if isinstance(value, datetime):
        return "timestamp"
    return "date" if isinstance(value, date) else "time" if isinstance(value, time) else "text"


def _raise(path: Path, code: str, each: str, cells: dict[str, None]) -> None:
    if cells:
        faults = [Fault(cell, each, {"cell": cell}) for cell in list(cells)[:SHOWN]]
        raise NotValid(code, faults=faults, table=path.name, count=len(cells))
