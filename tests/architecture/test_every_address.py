"""Every address, every role: nothing breaks, nothing shows to whom it does not belong, nothing is written unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.architecture.walked import KEPT_BACK, WORDS, Address, World, make_world, operations, pages

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(240)]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Pages that somebody who is not signed in may open.
OPEN = {
    "healthz", "readyz", "theme", "language", "set_language", "account_login", "account_logout", "account_inactive",
    "account_signup", "account_reset_password", "account_email", "account_set_password", "identity:invitation",
    "mfa_authenticate", "ledger:checkpoints", "ledger:anchors", "ledger:checkpoint_file", "ledger:export",
}  # fmt: skip
# Everybody may read the log's hashes and signed states (design 4.1); gateways sign with their own keys.
OPEN_API = ("api/openapi.json", "api/ledger/", "api/gateway/v1/")
OPEN_RECORDS = ("api/ledger/records",)
REACHES_OUT = {"census:connection_check", "census:connection_change", "census:connection_new"}


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.ZAMPA_KEYS_DIR = tmp_path / "keys"
    return make_world()


def browser(person: Any = None, **more: Any) -> Client:
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False, **more)
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client


def tried(ask: Callable[[], HttpResponse], client: Client) -> HttpResponse:
    """The answer, with everything it wrote undone."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = ask()
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def api_operations() -> list[tuple[str, Address]]:
    return operations(json.loads(Client(headers={"host": "127.0.0.1"}).get("/api/openapi.json").content))


def call(client: Client, method: str, path: str) -> HttpResponse:
    body = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    return tried(lambda: getattr(client, method.lower())(path, **body), client)


def test_every_parameter_of_an_address_is_told(world: World) -> None:
    """A new kind of address must say here what lies behind it, or nobody walks it."""
    for address in [*pages(), *(one for _, one in api_operations())]:
        assert set(address.params) <= {*world.rows, *WORDS, "id"}, address.route


def test_nothing_breaks_and_nobody_unknown_gets_in(world: World) -> None:
    client, wrong = browser(), []
    for address in pages():
        path = address.filled(world.rows)
        for method in ("GET", "POST"):
            answer = tried(lambda path=path, method=method: client.generic(method, path), client)
            to_login = answer.status_code == 302 and "/account/" in answer.headers["Location"]
            allowed = address.name in OPEN and answer.status_code != 500
            if not (allowed or to_login or answer.status_code == 405):
                wrong.append(f"{method} {path} ({address.name}) -> {answer.status_code}")
    for method, address in api_operations():
        answer = call(client, method, address.filled(world.rows))
        opened = address.route.startswith(OPEN_API) and not address.route.startswith(OPEN_RECORDS)
        if answer.status_code >= 500 or (not opened and answer.status_code != 401):
            wrong.append(f"{method} {address.route} -> {answer.status_code}")
    assert not wrong, "\n".join(wrong)


WALKERS = [
    "police.editor", "police.sharing_head", "police.department_head", "social.sharing_head",
    "authority.authority", "system_admin", "security_admin", "audit_admin",
]  # fmt: skip  # the third department walks below


READERS = ("police.department_head", "social.sharing_head", "audit_admin")  # others do the same or nothing: they look


def test_nothing_breaks_for_anyone(world: World) -> None:
    wrong = []
    for name in WALKERS:
        client = browser(world.people[name])
        for address in pages():
            for rows in (world.rows, {**world.rows, "pk": world.draft}) if "pk" in address.params else (world.rows,):
                path = address.filled(rows)
                for method in ("GET",) if address.name in REACHES_OUT or name in READERS else ("GET", "POST"):
                    answer = tried(lambda path=path, method=method, client=client: client.generic(method, path), client)
                    if answer.status_code >= 500:
                        wrong.append(f"{name}: {method} {path} ({address.name}) -> {answer.status_code}")
        for method, address in api_operations():
            if call(client, method, address.filled(world.rows)).status_code >= 500:
                wrong.append(f"{name}: {method} {address.route}")
    assert not wrong, "\n".join(wrong)


def test_the_owner_sees_what_the_others_must_not(world: World) -> None:
    """Else the next test would look for what is nowhere."""
    client = browser(world.people["police.editor"])
    assert KEPT_BACK in client.get(f"/runs/{world.rows['run_id']}/quarantine/").content.decode()
    for name, path in (("request_id", "exchange/requests"), ("grant_id", "exchange/grants"), ("run_id", "runs"),
                       ("connection_id", "census/connections"), ("call_id", "exchange/calls")):  # fmt: skip
        assert world.rows[name] in client.get(f"/{path}/").content.decode(), path
        assert client.get(f"/{path}/{world.rows[name]}/").status_code == 200
    assert "尚未发布的目录草稿" in client.get(f"/catalogue/{world.draft}/").content.decode()


@pytest.mark.parametrize("post", ["editor", "sharing_head", "department_head"])
def test_another_department_does_not_learn_that_it_exists(world: World, post: str) -> None:
    """A foreign row answers as one that is not there, on every page and operation, and stands in no list."""
    client, wrong = browser(world.people[f"stranger.{post}"]), []
    nothing = {name: str(uuid4()) if name in world.private() else value for name, value in world.rows.items()}
    secrets = [*world.private().values(), world.draft, "尚未发布的目录草稿", KEPT_BACK]
    every = [(method, one) for one in pages() for method in ("GET", "POST")] + api_operations()
    for method, address in every:
        path = address.filled(world.rows)
        answer = call(client, method, path)
        if answer.status_code >= 500:
            wrong.append(f"{method} {path} ({address.name}) -> {answer.status_code}")
        if address.private and not address.route.startswith("api/gateway/"):
            there = call(client, method, address.filled(nothing)).status_code
            if answer.status_code != there or there not in (303, 403, 404, 405, 422):
                wrong.append(f"{method} {path} ({address.name}) -> {answer.status_code}, not there -> {there}")
        elif not answer.streaming:
            text = answer.content.decode(errors="replace")
            wrong += [f"{method} {path} shows {secret}" for secret in secrets if secret in text and secret not in path]
        if method == "GET" and "pk" in address.params and address.route.startswith("catalogue/<"):
            status = call(client, "GET", address.filled({**world.rows, "pk": world.draft})).status_code
            if status not in (404, 405):
                wrong.append(f"draft at {address.name} -> {status}")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_written_without_the_token_of_the_page(world: World) -> None:
    client = browser(world.people["police.sharing_head"], enforce_csrf_checks=True)
    wrong = []
    for address in pages():
        path = address.filled(world.rows)
        answer = tried(lambda path=path: client.post(path), client)
        if answer.status_code not in (403, 405):
            wrong.append(f"POST {address.route} -> {answer.status_code}")
    for method, address in api_operations():
        if method != "GET" and not address.route.startswith("api/gateway/"):
            status = call(client, method, address.filled(world.rows)).status_code
            if status not in (401, 403):
                wrong.append(f"{method} {address.route} -> {status}")
    assert not wrong, "\n".join(wrong)
