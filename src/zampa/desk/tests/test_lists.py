"""Lists whose whole state is the address: search, filters, sort, size, count, export, ticks."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from zampa.desk import exports, lists
from zampa.desk.lists import Choice, Column, Listed, ListSpec, listing

pytestmark = pytest.mark.django_db
SPEC = ListSpec(
    name="groups",
    title="清单 [一]",
    columns=(
        Column("name", "名称", link=lambda row: f"/g/{row.pk}/", sort="name"),
        Column("size", "行数", value=lambda row: len(row.name) * 1000, kind="num"),
        Column("state", "状态", value=lambda row: "published", kind="state"),
        Column("tools", "操作", value=lambda row: "x", export=False),
    ),
    search=("name",),
    choices=(Choice("first", "首字", [("a", "甲"), ("b", "乙")], field="name__startswith"),),
    order="name",
    empty="这里没有组。",
)


@pytest.fixture(autouse=True)
def rows() -> None:
    Group.objects.bulk_create(Group(name=f"{'ab'[n % 2]}{n:03}") for n in range(120))


def ask(query: str, monkeypatch: pytest.MonkeyPatch) -> Listed:
    """The Listed the template would get."""
    caught: dict[str, Any] = {}

    def render(_request: object, _template: str, context: dict[str, Any]) -> HttpResponse:
        caught.update(context)
        return HttpResponse()

    monkeypatch.setattr(lists, "render", render)
    listing(RequestFactory().get(f"/groups/{query}"), Group.objects.all(), SPEC)
    return caught["list"]


def test_fifty_a_page_and_at_most_two_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(ask("", monkeypatch).rows) == 50
    assert len(ask("?size=5", monkeypatch).rows) == 5
    assert len(ask("?size=9999", monkeypatch).rows) == 120
    monkeypatch.setattr(lists, "LONGEST_PAGE", 60)
    assert len(ask("?size=9999", monkeypatch).rows) == 60
    assert len(ask("?size=none", monkeypatch).rows) == 50


def test_search_and_choice_narrow_and_stay_in_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ask("?q=1&first=a&size=3", monkeypatch)
    assert all(row.name.startswith("a") and "1" in row.name for row in found.rows)
    assert found.narrowed and found.filters[0]["value"] == "a"
    for address in (found.after, found.exports[0][1], found.heads[0]["url"]):
        assert "q=1" in address and "first=a" in address
    assert "after=" in found.after and "after=" not in found.heads[0]["url"]


def test_every_word_must_occur_and_an_unknown_choice_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [row.name for row in ask("?q=a+042", monkeypatch).rows] == ["a042"]
    assert ask("?first=zzz", monkeypatch).count == 120
    assert ask("?first=zzz", monkeypatch).chosen == {}


def test_sort_by_a_column_turns_round_and_unknown_sorts_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("?sort=-name", monkeypatch).rows[0].name == "b119"
    assert ask("?sort=-name", monkeypatch).heads[0]["direction"] == "descending"
    assert ask("?sort=password", monkeypatch).sort == "name"
    assert ask("?sort=name", monkeypatch).heads[0]["url"].endswith("sort=-name")


def test_counts_stop_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 100)
    found = ask("", monkeypatch)
    assert (found.count, found.more) == (100, True)


def test_csv_neutralises_formulas_and_leaves_tools_out() -> None:
    Group.objects.create(name="=cmd|' /C calc'!A0")
    Group.objects.create(name="  @SUM(A1)")
    response = listing(RequestFactory().get("/?export=csv&q=A"), Group.objects.all(), SPEC)
    text = response.content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == ["名称", "行数", "状态"]
    names = {row[0] for row in table[1:]}
    assert "'=cmd|' /C calc'!A0" in names and "'  @SUM(A1)" in names
    assert not any(name.strip().startswith(("=", "@", "+", "-")) for name in names)
    assert table[1][2] == "已发布"
    assert "attachment" in response["Content-Disposition"]


def test_xlsx_keeps_numbers_as_numbers_and_texts_as_texts() -> None:
    Group.objects.create(name="=1+1")
    response = listing(RequestFactory().get("/?export=xlsx&q=1"), Group.objects.all(), SPEC)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    assert book.sheet_names == ["清单 一"]
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0] == ["名称", "行数", "状态"]
    assert ["'=1+1", 4000.0, "已发布"] in sheet


asked_for: list[tuple[str, str]] = []


def ask_for_long(request: HttpRequest, kind: str, name: str, title: str) -> None:
    asked_for.append((kind, title))


def test_a_long_export_is_left_to_whoever_makes_long_ones(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ZAMPA_LONG_EXPORTS = f"{__name__}.ask_for_long"
    monkeypatch.setattr(lists, "EXPORT_LIMIT", 100)
    request = RequestFactory().get("/groups/?export=csv&first=")
    request.session = {}
    request._messages = FallbackStorage(request)
    asked_for.clear()
    response = listing(request, Group.objects.all(), SPEC)
    assert response.status_code == 303 and response["Location"] == "/groups/"
    assert asked_for == [("csv", str(SPEC.title))]
    assert "100" in str(next(iter(request._messages)))
    narrowed = listing(RequestFactory().get("/groups/?export=csv&first=a"), Group.objects.all(), SPEC)
    assert narrowed.status_code == 200


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 50)
    file = io.BytesIO()
    assert exports.write("xlsx", file, "名单", ["n"], ([n] for n in range(120))) == 120
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
    assert book.sheet_names == ["名单", "名单 2", "名单 3"]
    told = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert [int(row[0]) for row in told] == list(range(120))
