"""Lists as files. A cell that begins like a formula is neutralised: a spreadsheet would run it (CWE-1236)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
import xlsxwriter.worksheet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from zampa.ground.clock import SHANGHAI, local_date, utc_now

EXPORT_LIMIT = 10_000  # rows; more are written by a job
SHEET_ROWS = 1_048_575  # what a sheet of a spreadsheet holds below its heads
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LONGEST_CHOICE = 255  # characters a spreadsheet takes in the list of a cell's choices
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, kw_only=True)
class BookSheet:
    """One sheet of a book: `words` gives a column (from 0) the choices its cells offer, down to row `most`."""

    title: str
    heads: list[str]
    rows: Iterable[list[object]]
    words: Mapping[int, list[str]] = field(default_factory=dict)
    most: int = 2000


def neutral(value: object) -> object:
    """Numbers stay numbers; moments become Shanghai time; a text that begins like a formula gets a '."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def file_name(kind: str, name: str) -> str:
    return f"{name}-{local_date(utc_now()):%Y%m%d}.{kind}"


def export(kind: str, name: str, title: str, heads: list[str], rows: Iterable[list[object]]) -> HttpResponseBase:
    """A list as an attachment named `name`-date.`kind`; heads first, one line a row."""
    called = file_name(kind, name)
    if kind == "csv":
        text = io.BytesIO()
        write(kind, text, title, heads, rows)
        response = HttpResponse(text.getvalue(), content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{called}"'
        return response
    file = TemporaryFile()  # noqa: SIM115 FileResponse closes it
    write(kind, file, title, heads, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=called, content_type=CONTENT_TYPES[kind])


def export_book(name: str, sheets: Iterable[BookSheet]) -> HttpResponseBase:
    """A book of several sheets as an attachment; the cells of a choice column offer its words."""
    file = TemporaryFile()  # noqa: SIM115 FileResponse closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        for one in sheets:
            sheet = _sheet(book, _sheet_name(one.title), one.heads)
            for column, words in one.words.items():
                if len(",".join(words)) <= LONGEST_CHOICE:
                    rule = {"validate": "list", "source": words, "show_error": False}
                    sheet.data_validation(1, column, one.most, column, rule)
            _fill(sheet, one.rows)
    file.seek(0)
    called = file_name("xlsx", name)
    return FileResponse(file, as_attachment=True, filename=called, content_type=CONTENT_TYPES["xlsx"])


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Iterable[list[object]]) -> None:
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _put(sheet, line, column, cell)


def _put(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, cell: object) -> None:
    value = neutral(cell)
    if isinstance(value, str):
        sheet.write_string(line, column, value)
    else:
        sheet.write_number(line, column, float(value) if isinstance(value, Decimal) else value)


def write(kind: str, file: IO[bytes], title: str, heads: list[str], rows: Iterable[list[object]]) -> int:
    """The list into an open file, a row at a time however many there are; how many rows."""
    return (_xlsx if kind == "xlsx" else _csv)(file, title, heads, rows)


def _csv(file: IO[bytes], _title: str, heads: list[str], rows: Iterable[list[object]]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    count = 0
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        count += 1
    text.detach()  # flushes, and leaves the file open
    return count


def _xlsx(file: IO[bytes], title: str, heads: list[str], rows: Iterable[list[object]]) -> int:
    """Rows beyond what one sheet may hold go on in the next."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        sheet = _sheet(book, _sheet_name(title), heads)
        for count, row in enumerate(rows, start=1):
            number, line = divmod(count - 1, SHEET_ROWS)
            if number and line == 0:
                sheet = _sheet(book, f"{_sheet_name(title)[:26]} {number + 1}", heads)
            for column, cell in enumerate(row):
                _put(sheet, line + 1, column, cell)
    return count


def _sheet(book: xlsxwriter.Workbook, name: str, heads: list[str]) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, head in enumerate(heads):
        sheet.set_column(column, column, 20)
        sheet.write_string(0, column, head, bold)
    return sheet


def _sheet_name(title: str) -> str:
    """Spreadsheets refuse []:*?/\\ and more than 31 characters in a sheet's name."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "1"
