"""One governed exchange with a real gateway process: request, grant, book, call, refusal, trail, ledger, revocation."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import psycopg
import pytest

from zampa.evidence import filecheck
from zampa.exchange.acts import endings, gateways
from zampa.exchange.models import CallRow, Delivery, Gateway
from zampa.exchange.queries import evidence
from zampa.exchange.tests.story import make_story
from zampa.exchange.tests.test_deliveries import PEOPLE, point
from zampa.exchange.tests.test_gateways import served
from zampa.identity import acts as identity
from zampa.ledger import keys as log_keys
from zampa.ledger.sequencer import sequence_pending


def eventually(found: Callable[[], object], seconds: float = 20) -> object:
    until = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.1)
    return value


def call(url: str, key: str) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture
def start(live_server, tmp_path) -> Iterator[Callable[[str], str]]:
    """Start a gateway with a token; its address. Stopped at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(token: str) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        env = {
            **os.environ, "ZAMPA_GATEWAY_HOME": str(tmp_path / "gateway"), "ZAMPA_GATEWAY_ADDRESS": f"127.0.0.1:{port}",
            "ZAMPA_GATEWAY_CENTRE": live_server.url, "ZAMPA_GATEWAY_TOKEN": token, "ZAMPA_ALLOW_LOOPBACK": "yes",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }  # fmt: skip
        log = (tmp_path / "gateway.log").open("wb")
        started.append(subprocess.Popen([sys.executable, "-m", "zampa.gateway"], env=env, stdout=log, stderr=log))
        return f"http://127.0.0.1:{port}"

    yield begin
    for process in started:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.django_db(transaction=True)
def test_a_call_over_the_bridge(start, provider_database):
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE IF EXISTS people")
        there.execute("CREATE TABLE people (id_number text PRIMARY KEY, name text, birth date, region text)")
        there.cursor().executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", PEOPLE)
    story = make_story()
    point(story.source, provider_database)
    grant = served(story)
    _, key = identity.issue_bearer_key(
        by=story.social.actor("sharing_head"), system_id=story.system.pk, system_name=story.system.name,
        department_id=story.social.row.pk,
    )  # fmt: skip
    address = start(gateways.create_gateway_token(by=story.admin, name="网关"))
    eventually(lambda: Delivery.objects.filter(state="done", kind="api").exists())
    status, answer = call(f"{address}/g/{grant.number}/rows", key)
    assert status == 200, answer
    shown = json.dumps(answer, ensure_ascii=False)
    assert "扎*" in shown
    assert "扎西" not in shown
    assert PEOPLE[0][0] not in shown
    assert call(f"{address}/g/{grant.number}/rows", "zampa_wrong")[0] == 401
    endings.revoke_grant(by=story.police.actor("sharing_head"), grant_id=grant.pk, reason="超范围使用")
    revoked = time.monotonic()
    refused = eventually(lambda: (found := call(f"{address}/g/{grant.number}/rows", key))[0] != 200 and found, 10)
    assert time.monotonic() - revoked < 5
    assert refused[0] in (403, 404)
    eventually(
        lambda: (
            CallRow.objects.filter(outcome="answered").exists() and CallRow.objects.filter(outcome="refused").exists()
        )
    )
    eventually(lambda: Gateway.objects.get().accepted_through >= 1)
    sequence_pending()
    row = CallRow.objects.filter(outcome="answered", grant=grant.pk).first()
    assert row.rows == 2
    found = evidence.evidence_of(story.social.actor("editor"), "call", row.pk)
    assert filecheck.verify_file(found, log_keys.anchors()).exit == 0
