"""Pass-through calls against a running gateway process, a real centre and a real provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from zampa.contracts.book import BookService
from zampa.contracts.deliveries import Endpoint
from zampa.gateway.tests.standing import BEARER, Centre, Gateway, Quiet, Serving, grant, house

ASKED: list[tuple[str, str, dict[str, str], bytes]] = []


def provider(call: Quiet) -> None:
    body = call.body()
    ASKED.append((call.command, call.path, {k.lower(): v for k, v in call.headers.items()}, body))
    call.give(200, b"x" * 1024, "application/octet-stream")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, Gateway]]:
    serving = Serving(provider)
    home: Path = tmp_path_factory.mktemp("gateway")
    with house(home) as (centre, gateway):
        service = BookService(id="s1", resource="res-1", kind="http", sealed="", path="/base", methods=("GET", "POST"))
        centre.issue([grant("G-1", "s1", "pass")], [(service, Endpoint(engine="http", url=serving.url, secret="tok"))])
        gateway.wait("/readyz")
        yield centre, gateway
    serving.stop()


def test_a_granted_call_passes(standing: tuple[Centre, Gateway]) -> None:
    _, gateway = standing
    status, headers, body = gateway.ask("/g/G-1/pass/a/b?x=1", bearer=BEARER)
    assert (status, body) == (200, b"x" * 1024), body
    assert headers["zampa-call"] and headers["signature"] and headers["content-digest"]
    method, path, sent, _ = ASKED[-1]
    assert (method, path) == ("GET", "/base/a/b?x=1")
    assert sent["authorization"] == "Bearer tok" and BEARER not in json.dumps(sent)
