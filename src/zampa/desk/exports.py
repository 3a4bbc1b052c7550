"""Lists as files. A cell that begins like a formula is neutralised: a spreadsheet would run it (CWE-1236)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile

import xlsxwriter
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from zampa.ground.clock import SHANGHAI, local_date, utc_now

EXPORT_LIMIT = 10_000
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def export(kind: str, name: str, title: str, heads: list[str], rows: Iterable[list[object]]) -> HttpResponseBase:
    """A list as an attachment named `name`-date.`kind`; heads first, one line a row."""
    file_name = f"{name}-{local_date(utc_now()):%Y%m%d}.{kind}"
    write = _xlsx if kind == "xlsx" else _csv
    return write(file_name, title, heads, rows)


def _csv(file_name: str, _title: str, heads: list[str], rows: Iterable[list[object]]) -> HttpResponseBase:
    text = io.StringIO()
    text.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type=CONTENT_TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _xlsx(file_name: str, title: str, heads: list[str], rows: Iterable[list[object]]) -> HttpResponseBase:
    file = TemporaryFile()  # noqa: SIM115 FileResponse closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.set_column(column, column, 20)
            sheet.write_string(0, column, head, bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                value = neutral(cell)
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                else:
                    sheet.write_number(line, column, float(value) if isinstance(value, Decimal) else value)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=file_name, content_type=CONTENT_TYPES["xlsx"])
    return response


def _sheet_name(title: str) -> str:
    """Spreadsheets refuse []:*?/\\ and more than 31 characters in a sheet's name."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "1"
