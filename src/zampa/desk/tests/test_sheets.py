"""Tables filled in elsewhere: every way they come, and every way they are wrong."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.utils.translation import gettext_lazy as _

from zampa.desk.exports import write
from zampa.desk.sheets import first, read_sheet
from zampa.ground.errors import Fault, NotValid

HEADS = {"code": _("编码"), "name": _("名称"), "length": _("长度")}


def book(rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        book([["名称", "code", "长度"], ["甲", "001", 18], [None, None, None], ["乙", "002", 2.5]]),
        "名称,编码,Length\n甲,001,18\n,,\n乙,002,2.5\n".encode(),
        "\ufeff名称,编码,长度\r\n甲,001,18\r\n乙,002,2.5\r\n".encode(),
        "名称,编码,长度\n甲,001,18\n乙,002,2.5\n".encode("gb18030"),
    ],
)
def test_the_same_rows_out_of_every_kind_of_file(content: bytes) -> None:
    sheet = read_sheet("x", content, HEADS, needed=["code"])
    assert [line.cells for line in sheet.lines] == [
        {"name": "甲", "code": "001", "length": "18"}, {"name": "乙", "code": "002", "length": "2.5"}
    ]  # fmt: skip
    assert sheet.where(sheet.lines[0], "code") == "B2"


def test_what_is_exported_is_read_back() -> None:
    file = io.BytesIO()
    write("xlsx", file, "x", [str(head) for head in HEADS.values()], [["=1+1", "名", 3]])
    assert read_sheet("x", file.getvalue(), HEADS).lines[0].cells == {"code": "=1+1", "name": "名", "length": "3"}


def test_wrong_heads_are_told_by_their_cells() -> None:
    with pytest.raises(NotValid) as refused:
        read_sheet("x", "名称,名称,颜色\n甲,乙,丙\n".encode(), HEADS, needed=["code"])
    assert [(fault.where, fault.code) for fault in refused.value.faults] == [
        ("B1", "desk.sheet.head_twice"), ("C1", "desk.sheet.unknown_head"), ("1", "desk.sheet.head_missing")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "desk.sheet.empty"),
        ("名称,编码\n".encode(), "desk.sheet.empty"),
        (b"\x00\x01\x02", "desk.sheet.not_read"),
        (b"PK\x03\x04 no archive", "connectors.bad_file"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(NotValid) as refused:
        read_sheet("x", content, HEADS)
    assert refused.value.code == code


def test_no_more_faults_than_anybody_reads() -> None:
    told = first([Fault(str(number), "x") for number in range(1000)])
    assert len(told) == 201 and told[-1].params == {"count": 800}
