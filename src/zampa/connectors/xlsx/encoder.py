"""Rows into a workbook. Exact or as text: a number a spreadsheet would round (beyond 15 digits), a date before
1900-03-01 and every time of day go as text, texts stay texts (nothing becomes a formula, a link or a number).

`constant_memory` keeps one row in memory; its scratch files lie in a hidden folder beside the file and go with it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from zampa.connectors.marks import EMPTY
from zampa.connectors.texts import refuse, to_text
from zampa.contracts.deliveries import Mark
from zampa.contracts.schemas import Field, TableSchema
from zampa.ground.errors import NotValid

MAX_ROWS = 1_048_575  # 1,048,576 and the header
MAX_CELL = 32_767
MAX_PROPERTY = 255
FIRST_DAY = (date(1900, 3, 1) - date(1970, 1, 1)).days  # before it spreadsheets count a 29 February 1900
LAST_DAY = (date(9999, 12, 31) - date(1970, 1, 1)).days
TO_SERIAL = 25_569  # 1970-01-01 as a spreadsheet counts days
_UNHELD = re.compile("[\x00\ufffe\uffff\ud800-\udfff]")
_DIGITS = re.compile(r"[^0-9]")


class XlsxEncoder:
    def __init__(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None, scratch: Path) -> None:
        self._schema, self._row = schema, 1
        self._scratch = scratch
        scratch.mkdir(mode=0o700)
        self._book = xlsxwriter.Workbook(
            stream, {"constant_memory": True, "tmpdir": str(self._scratch), "use_zip64": True, "in_memory": False}
        )
        held = msgspec.to_builtins(mark or EMPTY)
        self._book.set_properties({"subject": held["grant"][:MAX_PROPERTY], "company": held["requester"]})
        for name, value in held.items():
            self._book.set_custom_property(f"zampa_{name}", value[:MAX_PROPERTY], "text")
        self._sheet = self._book.add_worksheet(_sheet_name(schema.table.name))
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for index, field in enumerate(schema.fields):
            self._sheet.write_string(0, index, _held(field.name, field, 0), bold)
            self._sheet.set_column(index, index, 24 if field.type in ("text", "timestamp", "timestamptz") else 14)

    def write(self, batch: pa.RecordBatch) -> None:
        fields = self._schema.fields
        puts = [self._put(field) for field in fields]
        columns = [_values(column, field) for column, field in zip(batch.columns, fields, strict=True)]
        for offset in range(batch.num_rows):
            row = self._row + offset
            for index, values in enumerate(columns):
                value = values[offset]
                if value is not None:
                    puts[index](row, index, value)
        self._row += batch.num_rows

    def finish(self) -> None:
        self._book.set_custom_property("zampa_rows", str(self._row - 1), "text")
        try:
            self._book.close()
        except FileCreateError as failure:
            raise (failure.args[0] if failure.args and isinstance(failure.args[0], OSError) else OSError()) from None
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def drop(self) -> None:
        """Close the scratch files; the workbook is marked closed so that nothing is put together at its end."""
        self._book.fileclosed = True
        with suppress(Exception):
            self._sheet.row_data_fh.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _put(self, field: Field) -> Callable[[int, int, object], None]:
        sheet = self._sheet

        def text(row: int, index: int, value: object) -> None:
            sheet.write_string(row, index, _held(str(value), field, row))

        def whole(row: int, index: int, value: object) -> None:
            if abs(int(str(value))) < 10**15:
                sheet.write_number(row, index, value)
            else:
                text(row, index, value)

        def decimal(row: int, index: int, value: object) -> None:
            said = str(value)
            near = said[-1].isdigit() and (1e-6 <= abs(float(said)) < 1e15 or float(said) == 0)
            if near and len(_DIGITS.sub("", said).strip("0")) <= 15:
                sheet.write_number(row, index, float(said))
            else:
                text(row, index, said)

        def double(row: int, index: int, value: object) -> None:
            number = float(str(value))
            if number == number and float(f"{number:.16G}") == number and abs(number) < 1e300:
                sheet.write_number(row, index, number)
            else:
                text(row, index, value)

        def day(row: int, index: int, value: object) -> None:
            if isinstance(value, int):
                sheet.write_number(row, index, value + TO_SERIAL, self._day)
            else:
                text(row, index, value)

        def truth(row: int, index: int, value: object) -> None:
            sheet.write_boolean(row, index, value)

        by_type = {"integer": whole, "decimal": decimal, "double": double, "date": day, "boolean": truth}
        return by_type.get(field.type, text)


def _values(column: pa.Array, field: Field) -> list[object]:
    if field.type in ("integer", "boolean"):
        return list(column.to_pylist())
    text = to_text(column, field).to_pylist()
    if field.type == "date":
        days = column.cast(pa.int32()).to_pylist()
        return [
            day if day is not None and FIRST_DAY <= day <= LAST_DAY else said
            for day, said in zip(days, text, strict=True)
        ]
    if field.type in ("time", "timestamp", "timestamptz"):
        return [None if said is None else said.replace(".000000", "") for said in text]
    return list(text)


def _held(text: str, field: Field, row: int) -> str:
    if len(text) > MAX_CELL:
        raise NotValid("connectors.too_large", what="cell", limit=MAX_CELL, column=field.name, row=row)
    if _UNHELD.search(text):
        raise refuse(field.name, "NUL", row)
    return text


def _sheet_name(name: str) -> str:
    stem = re.sub(r"[\[\]:*?/\\']", " ", Path(name).stem).strip()[:31]
    return stem or "Sheet1"
