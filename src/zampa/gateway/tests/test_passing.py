"""Pass-through calls against a running gateway process, a real centre and a real provider."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zampa.contracts.book import BookService, Signed
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import GrantedField, Mask
from zampa.evidence import envelopes, suites
from zampa.evidence import http_signatures as signatures
from zampa.evidence.answers import check_answer
from zampa.gateway.tests.standing import BEARER, OTHER, Centre, Gateway, Quiet, Serving, grant, house
from zampa.ground.errors import NotAllowed

ASKED: list[tuple[str, str, dict[str, str], bytes]] = []
PERSON = {"name": "扎西", "id": "540102199001011234", "secret": "no", "pay": {"sum": 1.10, "bank": "x"}}
BIG = b"0123456789abcdef" * (3 << 16)


def provider(call: Quiet) -> None:
    body = call.body()
    ASKED.append((call.command, call.path, {k.lower(): v for k, v in call.headers.items()}, body[:100]))
    name = call.path.partition("?")[0].rpartition("/")[2]
    if name == "moved":
        call.give(302, b"", Location="http://127.0.0.1:1/")
    elif name == "broken":
        call.give(500, b"a secret stack trace")
    elif name == "person":
        call.give(200, json.dumps(PERSON, ensure_ascii=False).encode(), X_Powered_By="secret")
    elif name == "garbage":
        call.give(200, b"<html>540102199001011234</html>")
    elif name == "lines":
        call.give(200, b"".join(json.dumps({**PERSON, "n": n}).encode() + b"\n" for n in range(5000)), "x/y")
    elif name == "big":
        call.give(200, BIG, "application/octet-stream")
    elif name == "half":
        call.send_response(200)
        call.send_header("Content-Length", str(len(BIG)))
        call.end_headers()
        call.wfile.write(BIG[: len(BIG) // 2])
        call.close_connection = True
    elif name == "up":
        call.give(200, str(len(body)).encode(), "text/plain")
    else:
        call.give(200, b"x" * 1024, "application/octet-stream")


FIELDS = (
    GrantedField(name="name", column="name"),
    GrantedField(name="id", column="id", mask=Mask(kind="keep", first=3, last=4)),
    GrantedField(name="sum", column="sum", path="pay.sum"),
    GrantedField(name="secret", column="secret", mask=Mask(kind="drop")),
)


def books(serving: Serving) -> tuple[list[Any], list[Any]]:
    endpoint = Endpoint(engine="http", url=serving.url, secret="tok", options={"header:X-Room": "7"})
    whole = BookService(id="s1", resource="r", kind="http", sealed="", path="/base", methods=("GET", "POST"))
    fields = BookService(id="s2", resource="r", kind="http", sealed="", response="json")
    lines = BookService(id="s3", resource="r", kind="http", sealed="", response="ndjson")
    away = BookService(id="s4", resource="r", kind="http", sealed="")
    inside = BookService(id="s5", resource="r", kind="http", sealed="")
    grants = [
        grant("G-1", "s1", "pass"), grant("G-2", "s2", "pass", fields=FIELDS),
        grant("G-3", "s3", "pass", fields=FIELDS), grant("G-4", "s4", "pass"), grant("G-5", "s5", "pass"),
        grant("G-6", "s1", "pass", quota_per_day=2), grant("G-7", "s1", "query"),
        grant("G-8", "s1", "pass", not_after="2026-01-01T00:00:00.000000Z"), grant("G-9", "s1", "pass"),
    ]
    return grants, [
        (whole, endpoint), (fields, endpoint), (lines, endpoint),
        (away, Endpoint(engine="http", url="http://127.0.0.1:1")),
        (inside, Endpoint(engine="http", url="http://169.254.169.254")),
    ]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, Gateway, Serving]]:
    serving = Serving(provider)
    home: Path = tmp_path_factory.mktemp("gateway")
    with house(home) as (centre, gateway):
        centre.issue(*books(serving))
        gateway.wait("/readyz")
        yield centre, gateway, serving
    serving.stop()


@pytest.fixture
def gateway(standing: tuple[Centre, Gateway, Serving]) -> Gateway:
    return standing[1]


def test_a_granted_call_passes_and_its_answer_is_signed(gateway: Gateway) -> None:
    status, headers, body = gateway.ask("/g/G-1/pass/a/b?x=1", bearer=BEARER, headers={"Cookie": "c", "X-Mine": "1"})
    assert (status, body) == (200, b"x" * 1024), body
    method, path, sent, _ = ASKED[-1]
    assert (method, path) == ("GET", "/base/a/b?x=1")
    assert sent["authorization"] == "Bearer tok" and sent["x-room"] == "7"
    assert sent["zampa-call"] == headers["zampa-call"]
    assert BEARER not in json.dumps(sent) and "cookie" not in sent and "x-mine" not in sent
    keys = json.loads((gateway.home / "gateway-keys.json").read_text())
    public = suites.PublicKey.parse(f"ed25519:{keys['sign_public']}")
    asked = signatures.Message("GET", f"127.0.0.1:{gateway.port}", "/g/G-1/pass/a/b", "x=1", "http", {})
    check_answer(signatures.Message(status=200, headers=headers, request=asked), public, body)
    for change in ({"path": "/g/G-2/pass/a/b"}, {"query": "x=2"}, {"method": "POST"}, {"authority": "other"}):
        other = dataclasses.replace(asked, **change)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed, match="not_in_root"):
            check_answer(signatures.Message(status=200, headers=headers, request=other), public)
    with pytest.raises(NotAllowed, match="differs"):
        check_answer(signatures.Message(status=200, headers=headers, request=asked), public, body + b"x")
    with pytest.raises(NotAllowed, match=r"signature\.bad"):
        stranger = suites.generate_key("ed25519").public
        check_answer(signatures.Message(status=200, headers=headers, request=asked), stranger)
    assert oct((gateway.home / "gateway-keys.json").stat().st_mode & 0o777) == "0o600"


def test_only_granted_fields_leave_masked(gateway: Gateway) -> None:
    status, headers, body = gateway.ask("/g/G-2/pass/person", bearer=BEARER)
    assert status == 200
    assert json.loads(body) == {"name": "扎西", "id": "540***********1234", "pay": {"sum": 1.10}}
    assert b"1.1" in body and "x-powered-by" not in headers


def test_lines_stream_by_field_and_their_closed_record_is_signed(gateway: Gateway) -> None:
    status, headers, body = gateway.ask("/g/G-3/pass/lines", bearer=BEARER)
    rows = [json.loads(line) for line in body.splitlines()]
    assert status == 200 and len(rows) == 5000
    assert rows[0] == {"name": "扎西", "id": "540***********1234", "pay": {"sum": 1.1}}
    closed = gateway.ask(f"/calls/{headers['zampa-call']}", bearer=BEARER)
    signed = msgspec.json.decode(closed[2], type=Signed)
    keys = json.loads((gateway.home / "gateway-keys.json").read_text())
    record = json.loads(envelopes.open_signed(signed, [f"ed25519:{keys['sign_public']}"], purpose="call"))
    assert record["rows"] == 5000 and record["bytes"] == len(body) and record["outcome"] == "answered"
    assert gateway.code(f"/calls/{headers['zampa-call']}", bearer=OTHER) == (404, "gateway.request.no_such_address")


def test_long_answers_and_long_questions_stream(gateway: Gateway) -> None:
    status, headers, body = gateway.ask("/g/G-1/pass/big", bearer=BEARER)
    assert status == 200 and body == BIG and headers["content-length"] == str(len(BIG))
    status, _, body = gateway.ask("/g/G-1/pass/up", method="POST", body=BIG, bearer=BEARER)
    assert (status, body) == (200, str(len(BIG)).encode())
    right = {"Content-Digest": signatures.content_digest(BIG)}
    assert gateway.ask("/g/G-1/pass/up", method="POST", body=BIG, bearer=BEARER, headers=right)[0] == 200
    wrong = {"Content-Digest": signatures.content_digest(BIG + b"!")}
    code = gateway.code("/g/G-1/pass/up", method="POST", body=BIG, bearer=BEARER, headers=wrong)
    assert code == (400, "gateway.request.digest")


def test_a_provider_that_breaks_off_never_looks_whole(gateway: Gateway) -> None:
    with pytest.raises(IncompleteRead):
        gateway.ask("/g/G-1/pass/half", bearer=BEARER)


@pytest.mark.parametrize(
    ("path", "asked", "refused"),
    [
        ("/g/G-1/pass/moved", {}, (502, "gateway.provider.redirected")),
        ("/g/G-1/pass/broken", {}, (502, "gateway.provider.answered")),
        ("/g/G-2/pass/garbage", {}, (502, "gateway.provider.not_json")),
        ("/g/G-4/pass", {}, (502, "gateway.provider.unreachable")),
        ("/g/G-5/pass", {}, (502, "gateway.provider.address")),
        ("/g/G-1/pass", {"method": "PUT", "body": b"x"}, (405, "gateway.request.method")),
        ("/g/G-1/rows", {}, (403, "gateway.grant.action")),
        ("/g/G-7/rows", {}, (503, "gateway.grant.no_service")),
        ("/g/G-8/pass", {}, (403, "gateway.grant.ended")),
        ("/g/G-99/pass", {}, (403, "gateway.grant.unknown")),
        ("/g/G-1/pass", {"bearer": OTHER}, (403, "gateway.grant.unknown")),
        ("/g/G-1/pass", {"bearer": "zk_wrong"}, (401, "gateway.key.unknown")),
        ("/g/G-1/pass", {"bearer": ""}, (401, "gateway.key.missing")),
        ("/g/G-1/pass/%2e%2e/x", {}, (400, "gateway.request.bad_path")),
        ("/nothing", {}, (404, "gateway.request.no_such_address")),
        ("/g/G-1/pass", {"headers": {"Host": ""}}, (400, "gateway.request.bad_host")),
    ],
)
def test_refusals_tell_their_reason(
    gateway: Gateway, path: str, asked: dict[str, Any], refused: tuple[int, str]
) -> None:
    before = len(ASKED)
    assert gateway.code(path, **{"bearer": BEARER, **asked}) == refused
    assert len(ASKED) == before or refused[0] == 502
    assert b"secret" not in gateway.ask(path, **{"bearer": BEARER, **asked})[2]


def test_the_reason_comes_in_the_callers_language(gateway: Gateway) -> None:
    found = {}
    for language in ("zh-CN,zh;q=0.9", "bo", "en-GB", "fr"):
        _, headers, body = gateway.ask("/g/G-99/pass", bearer=BEARER, headers={"Accept-Language": language})
        assert headers["content-type"] == "application/problem+json"
        found[language] = json.loads(body)["title"]
    assert found["en-GB"] == "There is no such grant for this system." and "དབང་སྤྲོད" in found["bo"]
    assert found["fr"] == found["zh-CN,zh;q=0.9"] == "没有这项授权，或授权不属于该系统"


def test_the_quota_ends_the_day(gateway: Gateway) -> None:
    codes = [gateway.code("/g/G-6/pass", bearer=BEARER)[0] for _ in range(3)]
    assert codes == [200, 200, 429]


def test_signed_calls(gateway: Gateway) -> None:
    path, body = "/g/G-1/pass/up?a=1", b'{"a": 1}'
    sent: dict[str, Any]
    headers = gateway.signed(path, method="POST", body=body)
    assert gateway.ask(path, method="POST", body=body, headers=headers)[0] == 200
    replayed = gateway.code(path, method="POST", body=body, headers=headers)
    assert replayed == (401, "gateway.signature.replayed")
    sent = {"method": "POST", "body": body}
    cases = {
        "gateway.signature.bad": gateway.signed(path, **sent, key=suites.generate_key("ed25519")),
        "gateway.key.unknown": gateway.signed(path, **sent, key_id="key-1"),
        "gateway.signature.out_of_window": gateway.signed(path, **sent, created=int(time.time()) - 400),
        "gateway.signature.malformed": gateway.signed(path, **sent, tag="zampa:g2"),
        "gateway.signature.not_covered": gateway.signed(path, method="POST"),
    }
    for code, signed in cases.items():
        assert gateway.code(path, **sent, headers=signed) == (401, code)
    other = gateway.signed(path, method="POST", body=body)
    assert gateway.code("/g/G-1/pass/up?a=2", method="POST", body=body, headers=other)[1] == "gateway.signature.bad"
    swapped = gateway.signed(path, method="POST", body=body)
    assert gateway.code(path, method="POST", body=b'{"a": 2}', headers=swapped)[1] == "gateway.request.digest"


def test_a_revoked_grant_stops_and_an_older_book_does_not_bring_it_back(
    standing: tuple[Centre, Gateway, Serving]
) -> None:
    centre, gateway, serving = standing
    grants, services = books(serving)
    assert gateway.code("/g/G-9/pass", bearer=BEARER)[0] == 200
    old = centre.envelope
    began = time.monotonic()
    centre.issue([one for one in grants if one.number != "G-9"], services)
    while gateway.code("/g/G-9/pass", bearer=BEARER)[0] == 200:
        assert time.monotonic() - began < 5
        time.sleep(0.02)
    assert time.monotonic() - began < 5
    with centre.changed:
        centre.envelope, centre.number = old, centre.number - 1
        centre.changed.notify_all()
    time.sleep(0.5)
    assert gateway.code("/g/G-9/pass", bearer=BEARER) == (403, "gateway.grant.unknown")
    assert "gateway.book.older" in gateway.log()
    centre.issue(grants, services, number=centre.number + 5)
    gateway.wait("/readyz")


def test_health_and_numbers(gateway: Gateway) -> None:
    assert json.loads(gateway.ask("/readyz")[2])["status"] == "ok"
    assert gateway.ask("/g/G-1/pass", bearer=BEARER)[0] == 200
    text = gateway.ask("/metrics")[2].decode()
    assert 'zampa_gateway_calls_total{action="pass",outcome="answered"}' in text
    assert "sys-1" not in text and "G-1" not in text
    assert gateway.code("/healthz", method="POST", body=b"x") == (405, "gateway.request.method")
