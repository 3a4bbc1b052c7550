"""The JSON API as a whole: its description, who may call, and errors as problem details."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from zampa.identity import acts as identity
from zampa.identity import queries
from zampa.identity.tests.cast import a_department, a_person

pytestmark = pytest.mark.django_db


def test_the_description_is_served_by_ourselves(client: Client) -> None:
    body = json.loads(client.get("/api/openapi.json").content)
    assert body["info"]["title"] == "Zampa"
    assert body["paths"] and all(path.startswith("/api/") for path in body["paths"])
    assert client.get("/api/docs").status_code == 404


def test_every_operation_says_who_may_call_it(client: Client) -> None:
    """Open operations are the ledger's public proofs and a gateway's own, which signs its calls."""
    body = json.loads(client.get("/api/openapi.json").content)
    open_ones = {
        path
        for path, operations in body["paths"].items()
        for operation in operations.values()
        if not operation.get("security")
    }
    assert all(path.startswith(("/api/ledger/", "/api/gateway/", "/api/exchange/gateway")) for path in open_ones), (
        open_ones
    )


def test_no_token_is_told_as_a_problem_with_401(client: Client) -> None:
    path = closed_path(client)
    response = client.get(path)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert json.loads(response.content)["code"] == "desk.signed_out"


def test_a_wrong_token_is_nobody(client: Client) -> None:
    response = client.get(closed_path(client), headers={"authorization": "Bearer nothing-of-the-kind"})
    assert response.status_code == 401


def test_a_right_token_is_somebody(client: Client) -> None:
    person = a_person(a_department("公安厅"), "editor")
    _, secret = identity.make_token(by=queries.actor_of(person), name="脚本", scopes=["read"], days=30, proven=True)
    response = client.get(closed_path(client), headers={"authorization": f"Bearer {secret}"})
    assert response.status_code == 200


def closed_path(client: Client) -> str:
    """Some GET operation without parameters in its path that asks for an actor."""
    paths = json.loads(client.get("/api/openapi.json").content)["paths"]
    for path, operations in sorted(paths.items()):
        read = operations.get("get")
        if (
            read
            and read.get("security")
            and "{" not in path
            and not any(p["required"] for p in read.get("parameters", []))
        ):
            return str(path)
    raise AssertionError("no such operation")
