"""XLSX both ways. A workbook is read whole (the format has no other way), so its size is limited at the door."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

import pyarrow as pa
import python_calamine as calamine

from zampa.connectors import archives
from zampa.connectors.files import Options, unique_names
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Digest
from zampa.connectors.shapes import chosen
from zampa.connectors.xlsx.cells import SHOWN, Cell, column, kind_of, reference, refuse_odd_cells
from zampa.connectors.xlsx.encoder import MAX_CELL, MAX_ROWS, XlsxEncoder
from zampa.contracts.deliveries import Mark
from zampa.contracts.schemas import Field, TableRef, TableSchema
from zampa.ground.errors import Fault, NotFound, NotValid

MAX_CELLS = 30_000_000
_PROPERTY = re.compile(r'name="zampa_(\w+)"[^>]*>\s*<vt:lpwstr>([^<]*)</vt:lpwstr>')


class XlsxCodec:
    capabilities: ClassVar[Capabilities] = Capabilities(
        engine="xlsx", empty_is_null=True, nul_in_text=False, max_rows=MAX_ROWS, max_cell=MAX_CELL, max_columns=16_384
    )
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx",)
    version: ClassVar[str] = "XLSX"

    def refs(self, path: Path) -> list[TableRef]:
        """Each sheet with cells: `schema` is the file, `name` the sheet."""
        with archives.opened(path):
            pass
        return [TableRef(schema=path.name, name=name, kind="sheet") for name in _filled(path, _workbook(path))]

    def opened(self, path: Path, ref: TableRef, options: Options) -> XlsxTable:
        refuse_odd_cells(path)
        sheet = _sheet(path, ref)
        header_row = int(options["header_row"]) if options.get("header_row", "").isdigit() else 1
        rows = _rows(path, sheet)
        at = header_row - 1
        if not 0 <= at < len(rows):
            raise NotValid("connectors.header", table=path.name, why="empty", seen="")
        header = [str(cell).strip() for cell in rows[at]]
        while header and not header[-1]:
            header.pop()
        names = unique_names(path, header, "column")
        body = rows[at + 1 :] + [[] for _ in range(_stated_rows(path) - (len(rows) - at - 1))]
        _refuse_ragged(path, body, len(names), header_row + 1)
        fields = tuple(
            Field(name=name, type=kind_of(row[index] if index < len(row) else None for row in body))
            for index, name in enumerate(names)
        )
        table = TableRef(schema=path.name, name=sheet.name, kind="sheet")
        return XlsxTable(TableSchema(table=table, fields=fields), body, header_row + 1)

    def mark(self, path: Path) -> Mark | None:
        held = _properties(path)
        if "delivery" not in held:
            return None
        return Mark(**{name: held.get(name, "") for name in ("requester", "grant", "delivery", "issued")})

    def encoder(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None, scratch: Path) -> XlsxEncoder:
        return XlsxEncoder(stream, schema, mark, scratch)

    def stored(self, path: Path, schema: TableSchema) -> Iterator[pa.RecordBatch]:
        rows = _rows(path, _workbook(path).get_sheet_by_index(0))
        body = rows[1:] + [[] for _ in range(_stated_rows(path) - len(rows) + 1)]
        yield from XlsxTable(schema, body, 2).batches(())

    def beside(self, path: Path, target: Path, schema: TableSchema, mark: Mark | None, digest: Digest) -> None:
        return None


@dataclass
class XlsxTable:
    schema: TableSchema
    rows: list[list[Cell]]
    first_row: int

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        fields = chosen(self.schema, columns)
        places = [self.schema.names.index(field.name) for field in fields]
        for start in range(0, len(self.rows), BATCH_ROWS):
            piece = self.rows[start : start + BATCH_ROWS]
            arrays = [
                column([row[at] if at < len(row) else None for row in piece], field, self.first_row + start)
                for at, field in zip(places, fields, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])


def _workbook(path: Path) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, ValueError) as failure:
        raise NotValid("connectors.bad_file", table=path.name, why="xlsx") from failure


def _sheet(path: Path, ref: TableRef) -> calamine.CalamineSheet:
    """The sheet a reference names; a file named alone must have exactly one sheet that is not empty."""
    book = _workbook(path)
    names = _filled(path, book)
    if not ref.schema and len(names) != 1:
        raise NotValid("connectors.which_sheet", table=path.name, sheets=", ".join(names)[:500])
    name = ref.name if ref.schema else names[0]
    if name not in names:
        raise NotFound("connectors.no_such_table", table=f"{path.name}.{name}")
    return _get(path, book, name)


def _filled(path: Path, book: calamine.CalamineWorkbook) -> list[str]:
    """Names of the worksheets that hold a cell; every new workbook of a spreadsheet program has empty ones."""
    sheets = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    return [name for name in sheets if _get(path, book, name).total_height] or sheets[:1]


def _get(path: Path, book: calamine.CalamineWorkbook, name: str) -> calamine.CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except (calamine.CalamineError, ValueError) as failure:
        raise NotValid("connectors.bad_file", table=path.name, why="xlsx") from failure


def _rows(path: Path, sheet: calamine.CalamineSheet) -> list[list[Cell]]:
    """Every row and column from A1 on."""
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise NotValid("connectors.too_large", what="cells", limit=MAX_CELLS)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def _refuse_ragged(path: Path, rows: list[list[Cell]], width: int, first_row: int) -> None:
    faults = []
    for number, row in enumerate(rows, first_row):
        for index in range(width, len(row)):
            if row[index] != "" and row[index] is not None:
                cell = reference(index + 1, number)
                faults.append(Fault(cell, "connectors.cell_outside", {"cell": cell, "expected": width}))
    if faults:
        raise NotValid("connectors.ragged_rows", faults=faults[:SHOWN], table=path.name, count=len(faults))


def _properties(path: Path) -> dict[str, str]:
    """Our own custom properties, by name without the prefix."""
    try:
        with archives.opened(path) as archive:
            if "docProps/custom.xml" not in archive.namelist():
                return {}
            chunks = archives.xml_chunks(path, archive, "docProps/custom.xml", overlap=0)
            text = b"".join(chunks).decode("utf-8", "replace")
    except NotValid:
        return {}
    return {name: html.unescape(value) for name, value in _PROPERTY.findall(text)}


def _stated_rows(path: Path) -> int:
    """Rows our own writer counted: empty ones at the end leave no trace in the sheet."""
    stated = _properties(path).get("rows", "")
    return min(int(stated), MAX_ROWS) if stated.isdigit() else 0
