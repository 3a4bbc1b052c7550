"""The room's pages and its JSON."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from zampa.census import queries
from zampa.contracts.actors import SYSTEM
from zampa.identity import queries as people
from zampa.identity.models import Department, Person
from zampa.identity.tests.cast import a_department, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def master_key(settings: object, tmp_path: Path) -> None:
    path = tmp_path / "master"
    path.write_bytes(b"k" * 32)
    settings.ZAMPA_MASTER_KEY_FILE = path  # type: ignore[attr-defined]


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def police() -> Department:
    return a_department()


@pytest.fixture
def head(police: Department) -> Client:
    person = a_person(police, "sharing_head", "editor")
    return client_of(person)


def a_system(client: Client) -> str:
    answer = client.post(
        reverse("census:system_new"),
        {"code": "GAT-RK-01", "name": "人口信息系统", "network": "extranet", "state": "running"},
    )
    assert answer.status_code == 303
    return str(answer["Location"])


@pytest.mark.parametrize("name", ["systems", "connections", "networks"])
@pytest.mark.parametrize("query", [{}, {"export": "xlsx"}, {"export": "csv"}, {"q": "人口"}])
def test_lists_open(head: Client, name: str, query: dict[str, str]) -> None:
    assert head.get(reverse(f"census:{name}"), query).status_code == 200


def test_a_system_and_its_key(head: Client) -> None:
    place = a_system(head)
    assert "人口信息系统" in head.get(place).content.decode()
    assert head.get(place + "change/").status_code == 200
    changed = {"name": "人口系统", "network": "private", "state": "stopped"}
    assert head.post(place + "change/", changed).status_code == 303
    system = queries.systems_of(SYSTEM).get()
    assert system.state == "stopped"
    assert head.get(reverse("census:key_new"), {"system": system.pk}).status_code == 200
    shown = head.post(reverse("census:key_new"), {"system": system.pk, "algorithm": "bearer"})
    assert "zck_" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    key = people.keys(SYSTEM).get()
    page = reverse("identity:key", args=[key.pk])
    assert "zck_" not in head.get(page).content.decode()
    assert head.post(page, {"reason": ""}).status_code == 200
    assert head.post(page, {"reason": "换发"}).status_code == 303
    assert "已撤销" in head.get(page).content.decode()
    assert "人口系统" in head.get(reverse("identity:keys")).content.decode()


def test_a_private_half_is_refused_beside_its_field(head: Client) -> None:
    a_system(head)
    system = queries.systems_of(SYSTEM).get()
    given = {
        "system": system.pk,
        "algorithm": "ed25519",
        "public_key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
    }
    page = head.post(reverse("census:key_new"), given).content.decode()
    assert "这是私钥" in page


def test_a_connection_is_checked_when_entered(head: Client, provider_database: str) -> None:
    parts = urlsplit(provider_database)
    given = {
        "name": "人口库", "engine": "postgresql", "network": "extranet", "host": parts.hostname, "port": parts.port,
        "database": parts.path.strip("/"), "user": parts.username, "secret": parts.password,
    }  # fmt: skip
    answer = head.post(reverse("census:connection_new"), given)
    assert answer.status_code == 303
    page = head.get(answer["Location"]).content.decode()
    assert "正常" in page
    assert str(parts.password) not in page
    assert str(parts.password) not in head.get(answer["Location"] + "change/").content.decode()
    assert head.post(answer["Location"] + "check/").status_code == 303
    stranger = client_of(a_person(a_department("气象局"), "editor", name="次仁"))
    for place in ("", "change/"):
        assert stranger.get(answer["Location"] + place).status_code == 404
    assert stranger.post(answer["Location"] + "check/").status_code == 404


def test_what_is_missing_stands_beside_its_field(head: Client) -> None:
    page = head.post(
        reverse("census:connection_new"), {"name": "x", "engine": "http", "network": "extranet", "url": "ftp://x"}
    )
    assert page.status_code == 200
    assert "不带账号、密码和参数" in page.content.decode()


def test_networks_are_approved_on_the_page(head: Client) -> None:
    security = client_of(a_person(None, "security_admin", name="安全"))
    place = reverse("census:networks")
    assert security.post(place, {"cidr": "10.24.0.0/16", "note": "外网"}).status_code == 303
    row = queries.networks(SYSTEM).get()
    assert "10.24.0.0/16" in head.get(place).content.decode()
    assert "批准网段" not in head.get(place).content.decode()
    security.post(reverse("census:network_withdraw", args=[row.pk]))
    assert not queries.networks(SYSTEM).exists()


def test_the_same_as_json(head: Client, police: Department) -> None:
    made = head.post("/api/census/systems", {"code": "GAT-RK-02", "name": "户籍系统"}, "application/json")
    assert made.status_code == 201
    system = made.json()["id"]
    key = head.post(f"/api/census/systems/{system}/keys", {}, "application/json")
    assert key.json()["secret"].startswith("zck_")
    row = head.post(
        "/api/census/connections",
        {
            "name": "库",
            "engine": "mysql",
            "host": "10.1.1.1",
            "port": 3306,
            "database": "d",
            "user": "u",
            "secret": "s3cret-word",
        },
        "application/json",
    )
    assert row.status_code == 201
    assert row.json()["has_secret"] is True
    assert "s3cret-word" not in head.get("/api/census/connections").content.decode()
    stranger = client_of(a_person(a_department("气象局"), "editor", name="次仁"))
    assert stranger.get(f"/api/census/connections/{row.json()['id']}").status_code == 404
    assert stranger.get("/api/census/systems").json() == {"items": [], "next": ""}
    bad = head.post("/api/census/connections", {"name": "库", "engine": "mysql"}, "application/json")
    assert bad.status_code == 422
    assert {fault["where"] for fault in bad.json()["errors"]} == {"host", "port", "database", "user"}
    assert head.get("/api/census/systems", {"limit": 1}).json()["next"] == ""


def test_lists_ask_few_questions(head: Client, django_assert_max_num_queries: object) -> None:
    a_system(head)
    head.get(reverse("census:systems"))
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        head.get(reverse("census:systems"))
