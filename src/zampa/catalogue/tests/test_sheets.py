"""Entries and items as a book: out, in, and everything wrong in it at once."""

import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.acts.sheets import import_entries
from zampa.catalogue.models import Item, Resource
from zampa.catalogue.tests.cast import Office
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM
from zampa.desk.exports import neutral
from zampa.ground.errors import NotAllowed, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db

ENTRY = ["信息资源名称", "信息资源摘要", "信息资源分类", "共享类型", "更新周期", "共享方式"]
ITEM = ["信息资源名称", "信息项名称", "类型", "长度", "敏感程度", "共享类型", "主键"]


@pytest.fixture
def office():
    acts.load_classes(by=SYSTEM)
    return Office()


def book(entries, items=(), heads=ENTRY, merged=False):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as made:
        for title, rows in (("目录", [heads, *entries]), ("信息项", [ITEM, *items])):
            sheet = made.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if merged:
                sheet.merge_range(0, 0, 0, 1, heads[0])
    return file.getvalue()


def put(office, content):
    return import_entries(by=office.editor, name="目录.xlsx", content=content)


def test_a_filled_book_becomes_drafts_and_a_second_one_changes_them(office):
    rows = [["户籍", "全区户籍", "guide-2017:101 国家人口", "有条件共享", "每日", "批量交换、文件下载"]]
    items = [
        ["户籍", "姓名", "text", 60, "个人信息", "有条件共享", "否"],
        ["户籍", "编号", "text", 18, "一般", "", "是"],
    ]
    assert put(office, book(rows, items)) == (1, 0)
    made = Resource.objects.get(name="户籍")
    assert (made.class_code, made.sharing, made.update_cycle, made.ways) == (
        "101",
        "conditional",
        "daily",
        ["batch", "file"],
    )
    assert (made.grade, made.category, made.opening) == ("", "", "")  # what was not said stays unsaid
    assert [(i.name, i.length, i.key, i.sharing) for i in queries.items_of(made.pk)] == [
        ("姓名", 60, False, "conditional"), ("编号", 18, True, "")
    ]  # fmt: skip
    missing = {fault.where for fault in rules.faults_of(steps.entry_of(made))}
    assert {"grade", "category", "items.2"} <= missing
    kept = {item.name: item.pk for item in queries.items_of(made.pk)}
    rows[0][3] = "Unconditional"
    assert put(office, book(rows)) == (0, 1)
    made.refresh_from_db()
    assert made.sharing == "unconditional" and {i.name: i.pk for i in queries.items_of(made.pk)} == kept
    assert Record.objects.filter(event="catalogue:resources:imported").count() == 2


def test_every_wrong_cell_is_told_and_nothing_is_written(office):
    rows = [
        ["好的", "", "", "无条件共享", "每日", ""],
        ["坏的", "", "999", "随便", "每日", ""],
        ["好的", "", "", "", "", ""],
        ["长" * 201, "", "", "", "", ""],
    ]
    items = [
        ["好的", "甲", "texts", "x", "一般", "", ""],
        ["没有", "乙", "text", "", "", "", ""],
        ["好的", "", "text", "", "", "", ""],
    ]
    with pytest.raises(NotValid) as refused:
        put(office, book(rows, items))
    told = {(fault.where, fault.code.rsplit(".", 1)[1]) for fault in refused.value.faults}
    assert told == {
        ("目录!D3", "unknown_word"), ("目录!C3", "unknown_class"), ("目录!A4", "twice"), ("目录!A5", "too_long"),
        ("信息项!D2", "no_number"), ("信息项!C2", "unknown_word"), ("信息项!A3", "no_entry"),
        ("信息项!B4", "missing_name"),
    }  # fmt: skip
    assert not Resource.objects.exists() and not Item.objects.exists()
    assert not Record.objects.filter(event="catalogue:resource:drafted").exists()


def hostile():
    formula = io.BytesIO()
    with xlsxwriter.Workbook(formula) as made:
        sheet = made.add_worksheet("目录")
        sheet.write_row(0, 0, ["信息资源名称"])
        sheet.write_formula(1, 0, "=1+1")
    bomb = io.BytesIO(book([["甲"]]))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * (400 << 20))
    tall = io.BytesIO()
    with xlsxwriter.Workbook(tall, {"constant_memory": True}) as made:
        sheet = made.add_worksheet("目录")
        sheet.write_string(0, 0, "信息资源名称")
        sheet.write_string(1_048_575, 0, "甲")
    return {
        "formula_cells": formula.getvalue(), "merged": book([["甲", "", "", "", "", ""]], merged=True),
        "too_many_rows": tall.getvalue(), "no_book": b"name\nx\n",
        "bad_heads": book([["甲"]], heads=["信息资源名称", "颜色"]),
        "": bomb.getvalue(),
    }  # fmt: skip


def test_hostile_sheets_are_refused_with_one_error(office):
    for code, content in hostile().items():
        with pytest.raises(NotValid) as refused:
            put(office, content)
        assert refused.value.code.endswith(code), code
    assert not Resource.objects.exists()


def test_what_goes_out_comes_back_unchanged_and_runs_nothing(office):
    item = acts.ItemDraft(name="甲", length=18, key=True, sensitivity="personal", sharing="conditional")
    draft = acts.Draft(name="=1+1", ways=("batch",), class_code="101")
    made = acts.draft_resource(by=office.editor, draft=draft, items=[item])
    before = steps.snapshot(made)
    client = client_of(office.editor)
    response = client.get(reverse("catalogue:book_out"), {"of": "all"})
    content = b"".join(response.streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "'=1+1" == neutral("=1+1") and len(rows) == 2
    page = client.post(reverse("catalogue:book"), {"file": SimpleUploadedFile("b.xlsx", content)})
    assert page.status_code == 303
    made.refresh_from_db()
    assert steps.snapshot(made) == before
    empty = client.get(reverse("catalogue:book_out"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(empty.streaming_content))).get_sheet_by_index(0)
    assert len(rows.to_python()) == 1
    bad = SimpleUploadedFile("b.xlsx", book([["甲", "", "0", "x", "", ""]]))
    wrong = client.post(reverse("catalogue:book"), {"file": bad})
    assert wrong.status_code == 422 and "目录!D2" in wrong.content.decode()


def test_only_editors_and_only_their_own(office):
    with pytest.raises(NotAllowed):
        import_entries(by=office.head, name="x", content=book([["甲"]]))
    put(office, book([["甲", "", "", "", "", ""]]))
    made = Resource.objects.get()
    other = Office("教育厅", office.authority_department)
    heads = ["信息资源名称", "id"]
    with pytest.raises(NotValid) as refused:
        import_entries(by=other.editor, name="x", content=book([["乙", str(made.pk)]], heads=heads))
    assert refused.value.faults[0].code == "catalogue.sheet.unknown_mark"
    assert client_of(office.head).get(reverse("catalogue:book_out")).status_code == 403
