"""A code list of one's own: entered, brought in from files edition after edition, read on a day, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import SYSTEM, Actor
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.identity.tests.cast import a_department, a_person, an_actor
from zampa.standards import acts, queries
from zampa.standards.rules.documents import ListDraft
from zampa.standards.tests.cast import an_element
from zampa.standards.tests.test_pages import client_of

pytestmark = pytest.mark.django_db
ROADS = (
    "代码,名称,上级,生效,失效,由…代替\n1,公路,,,,\n11,国道,1,,,\n12,省道,1,,2020-01-01,13\n"
    "13,省级公路,1,2020-01-01,,\n"
)


@pytest.fixture
def authority() -> Actor:
    return an_actor(a_department("共享主管部门", governs=True), "authority", name="卓玛")


def a_draft(**more: object) -> ListDraft:
    given = {"code": "road-types", "name": "公路类别", "edition": "2026", "source": "交通运输厅", **more}
    return ListDraft(**given)  # type: ignore[arg-type]


def test_values_come_from_a_file_and_are_read_on_a_day(authority: Actor) -> None:
    row = acts.enter_list(by=authority, draft=a_draft())
    row = acts.load_values(by=authority, list_id=row.pk, name="x.csv", content=ROADS.encode())
    assert (row.version, row.size) == (1, 3)
    assert set(queries.codes_of(row.pk, date(2019, 6, 1))) == {"1", "11", "12"}
    assert queries.value_at(row.pk, "12", date(2019, 6, 1)).replaced_by == ["13"]
    assert [one.code for one in queries.above(row.pk, "11")] == ["1", "11"]
    fewer = "code,name,parent\n1,公路,\n11,国道,1\n".encode()
    row = acts.load_values(by=authority, list_id=row.pk, name="y.csv", content=fewer)
    assert (row.version, row.size) == (2, 2)
    assert "13" in queries.codes_of(row.pk, queries.today() - timedelta(days=1))
    assert set(queries.codes_of(row.pk)) == {"1", "11"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("代码,名称\n1,\n,乙\n", [("B2", "missing"), ("A3", "missing")]),
        ("代码,名称,生效\n1,甲,2020年\n", [("C2", "value.bad_day")]),
        ("代码,名称,上级\n1,甲,9\n", [("C2", "value.no_parent")]),
        ("代码,名称,上级\n1,甲,2\n2,乙,1\n", [("C2", "value.ring"), ("C3", "value.ring")]),
        ("代码,名称\n1,甲\n1,乙\n", [("A3", "value.twice")]),
        ("代码,名称,生效,失效\n1,甲,2020-01-01,2020-01-01\n", [("D2", "value.ends_first")]),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_changed(
    authority: Actor, text: str, told: list[tuple[str, str]]
) -> None:
    row = acts.enter_list(by=authority, draft=a_draft())
    acts.load_values(by=authority, list_id=row.pk, name="x.csv", content=ROADS.encode())
    with pytest.raises(NotValid) as refused:
        acts.load_values(by=authority, list_id=row.pk, name="x.csv", content=text.encode())
    assert [(one.where, one.code) for one in refused.value.faults] == [(at, f"standards.{code}") for at, code in told]
    row.refresh_from_db()
    assert (row.version, row.size) == (1, 3)


def test_who_keeps_which_list(authority: Actor) -> None:
    editor = an_actor(a_department(), "editor")
    with pytest.raises(NotAllowed):
        acts.enter_list(by=editor, draft=a_draft())
    own = acts.enter_list(by=editor, draft=a_draft(), own=True)
    with pytest.raises(NotAllowed):
        acts.load_values(by=authority, list_id=own.pk, name="x.csv", content=ROADS.encode())
    with pytest.raises(NotValid) as refused:
        acts.enter_list(by=authority, draft=a_draft(code="Road", edition="", whole="part"))
    assert [fault.where for fault in refused.value.faults] == ["code", "edition", "whole_note"]
    acts.load_packaged_lists(by=SYSTEM, only=["sex"])
    with pytest.raises(Conflict) as carried:
        acts.load_values(
            by=authority, list_id=queries.code_list_named(SYSTEM, "sex").pk, name="x.csv", content=ROADS.encode()
        )
    assert carried.value.code == "standards.list.packaged"


def test_a_list_in_use_does_not_end(authority: Actor) -> None:
    row = acts.enter_list(by=authority, draft=a_draft())
    element = an_element("DE-9", "公路类别代码", domain="list", code_list=row)
    with pytest.raises(Conflict) as used:
        acts.end_list(by=authority, list_id=row.pk, reason="并入别表")
    assert used.value.params == {"numbers": "DE-9"}
    element.delete()
    assert acts.end_list(by=authority, list_id=row.pk, reason="并入别表").state == "abolished"


def test_the_pages_do_all_of_it() -> None:
    client = client_of(a_person(a_department("共享主管部门", governs=True), "authority"))
    _walk(client)


def _walk(client: Client) -> None:
    given = {"code": "road-types", "name": "公路类别", "edition": "2026", "source": "交通运输厅", "whole": "unknown"}
    assert client.post(reverse("standards:list_new"), {**given, "source": ""}).status_code == 422
    into = client.post(reverse("standards:list_new"), given)["Location"]
    page = into.removesuffix("import/")
    wrong = client.post(into, {"file": SimpleUploadedFile("x.csv", "代码,名称\n1,\n".encode())})
    assert wrong.status_code == 422 and "B2" in wrong.content.decode()
    assert client.post(into, {"file": SimpleUploadedFile("x.csv", ROADS.encode())}).status_code == 303
    shown = client.get(page).content.decode()
    assert "交通运输厅" in shown and "国道" in shown and "省道" not in shown
    assert "省道" in client.get(page, {"on": "2019-06-01"}).content.decode()
    top = client.get(page, {"under": ""}).content.decode()
    assert "公路" in top and "国道" not in top
    below = client.get(page, {"under": "1"}).content.decode()
    assert "国道" in below and "1 公路" in below
    file = b"".join(client.get(page + "export/xlsx/"))
    assert client.post(into, {"file": SimpleUploadedFile("x.xlsx", file)}).status_code == 303
    assert set(queries.codes_of(queries.code_list_named(SYSTEM, "road-types").pk)) == {"1", "11", "13"}
    assert client.post(page + "change/", {**given, "edition": "2027"}).status_code == 303
    assert client.post(page + "end/", {"reason": "并入别表"}).status_code == 303
    assert "废止" in client.get(page).content.decode()
