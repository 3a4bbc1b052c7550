"""Long answers in flat memory, consumers that leave, and requests no library would send."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zampa.contracts.book import BookService
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import GrantedField
from zampa.gateway.tests.standing import BEARER, Centre, Gateway, Quiet, Serving, grant, house

MEGA = b"z" * (1 << 20)
LINE = json.dumps({"name": "x" * 900, "secret": "s" * 100}).encode() + b"\n"
SENT: list[int] = []


def provider(call: Quiet) -> None:
    name = call.path.rpartition("/")[2]
    if name == "lines":
        call.send_response(200)
        call.send_header("Transfer-Encoding", "chunked")
        call.end_headers()
        for _ in range(60):
            piece = LINE * 1000
            call.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        call.wfile.write(b"0\r\n\r\n")
        return
    call.send_response(200)
    call.send_header("Content-Length", str(200 * len(MEGA)))
    call.end_headers()
    SENT.append(0)
    for _ in range(200):
        call.wfile.write(MEGA)
        SENT[-1] += 1


def books(serving: Serving, without: str = "") -> tuple[list[Any], list[Any]]:
    endpoint = Endpoint(engine="http", url=serving.url)
    services = [
        (BookService(id="s1", resource="r", kind="http", sealed=""), endpoint),
        (BookService(id="s2", resource="r", kind="http", sealed="", response="ndjson"), endpoint),
    ]
    grants = [
        grant("G-1", "s1", "pass"), grant("G-3", "s1", "pass"),
        grant("G-2", "s2", "pass", fields=(GrantedField(name="name", column="name"),)),
    ]
    return [one for one in grants if one.number != without], services


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    made = Serving(provider)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[tuple[Centre, Gateway]]:
    with house(tmp_path_factory.mktemp("gateway"), ZAMPA_GATEWAY_PROVIDER_SECONDS="60") as (centre, gateway):
        centre.issue(*books(serving))
        gateway.wait("/readyz")
        yield centre, gateway


def resident(pid: int) -> int:
    """Bytes of memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def opened(gateway: Gateway, path: str) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", gateway.port), timeout=30)
    headers = f"Host: h\r\nAuthorization: Bearer {BEARER}\r\nConnection: close\r\n\r\n"
    link.sendall(f"GET {path} HTTP/1.1\r\n{headers}".encode())
    return link


def test_slow_consumers_hold_the_provider_back_and_memory_stays_flat(standing: tuple[Centre, Gateway]) -> None:
    gateway = standing[1]
    assert gateway.process is not None
    pid = gateway.process.pid
    before = resident(pid)
    links = [opened(gateway, "/g/G-1/pass/big") for _ in range(4)]
    peak = 0
    for _ in range(20):
        for link in links:
            link.recv(4096)
        time.sleep(0.05)
        peak = max(peak, resident(pid))
    assert len(SENT) >= 4 and max(SENT) < 100, "nobody held the provider back"
    assert peak - before < 120 << 20
    for link in links:
        link.close()


def test_a_consumer_that_leaves_is_told_in_the_trail(standing: tuple[Centre, Gateway]) -> None:
    centre, gateway = standing
    link = opened(gateway, "/g/G-1/pass/big")
    link.recv(1000)
    link.close()
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if any(record.get("outcome") == "consumer_gone" for record in centre.records):
            break
        time.sleep(0.1)
    else:
        raise AssertionError("no record of the consumer's leaving")
    gone = next(record for record in centre.records if record.get("outcome") == "consumer_gone")
    assert gone["call"] in {record["call"] for record in centre.records if record["type"] == "opened"}


def test_a_revoked_grant_stops_a_long_answer_on_its_way(
    standing: tuple[Centre, Gateway], serving: Serving
) -> None:
    centre, gateway = standing
    link = opened(gateway, "/g/G-3/pass/big")
    link.recv(1000)
    centre.issue(*books(serving, without="G-3"))
    end, broken = time.monotonic() + 10, False
    while time.monotonic() < end and not broken:
        broken = not link.recv(1 << 20)
    assert broken
    while time.monotonic() < end and not any(one.get("reason") == "gateway.grant.ended" for one in centre.records):
        time.sleep(0.1)
    cut = next(one for one in centre.records if one.get("reason") == "gateway.grant.ended")
    assert cut["outcome"] == "refused" and 0 < cut["bytes"] < 200 * len(MEGA)


def test_a_long_stream_of_lines_by_field(standing: tuple[Centre, Gateway]) -> None:
    gateway = standing[1]
    assert gateway.process is not None
    pid = gateway.process.pid
    before, peaks, over = resident(pid), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peaks.append(resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status, _, body = gateway.ask("/g/G-2/pass/lines", bearer=BEARER)
    over.set()
    watcher.join()
    assert status == 200 and body.count(b"\n") == 60_000 and b"secret" not in body
    assert max(peaks) - before < 60 << 20


@pytest.mark.parametrize(
    ("request_line", "headers", "codes"),
    [
        ("GET /g/G-1/pass HTTP/1.1", "", {"gateway.request.bad_host"}),
        ("GET /g/G-1/pass/../x HTTP/1.1", "Host: h\r\n", {"gateway.request.bad_path"}),
        ("GET /g/G-1//pass HTTP/1.1", "Host: h\r\n", {"gateway.request.bad_path"}),
        ("GET /g/G-1/pass%2f HTTP/1.1", "Host: h\r\n", {"gateway.request.bad_path"}),
        ("GET /g/G-1/pass HTTP/1.1", "Host: a\r\nHost: b\r\n", {"gateway.request.bad_host"}),
        ("GET * HTTP/1.1", "Host: h\r\n", {"gateway.request.bad_path"}),
        ("GET http://127.0.0.1:1/x HTTP/1.1", "Host: h\r\n", {"gateway.request.no_such_address"}),
        ("GET /g/G-1/pass?a=%00|b HTTP/1.1", "Host: h\r\n", {"gateway.request.bad_path", ""}),
    ],
)
def test_raw_requests(
    standing: tuple[Centre, Gateway], request_line: str, headers: str, codes: set[str]
) -> None:
    gateway = standing[1]
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as link:
        link.sendall(f"{request_line}\r\n{headers}Authorization: Bearer {BEARER}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := link.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    told: dict[str, Any] = json.loads(body) if body else {}
    assert head.split(b" ")[1] in (b"400", b"404") and told.get("code", "") in codes
