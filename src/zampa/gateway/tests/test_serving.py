"""The gateway's server as a hostile consumer meets it: raw bytes on a socket against a running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from zampa.gateway import serving
from zampa.gateway.serving import Serving
from zampa.gateway.settings import read
from zampa.gateway.tests.standing import free_port
from zampa.ground.errors import Unavailable

BIG = b"b" * (3 << 20)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """/whole answers in one write, /stream in parts, /read tells how long the body was, /fail fails."""
    path = scope["path"]
    if path == "/fail":
        raise OSError("540102199001011234")
    body = b"whole" if path == "/whole" else BIG
    if path == "/read":
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        body = str(size).encode()
    length = [(b"content-length", str(len(body)).encode())]
    if path == "/stream" or not scope["zampa.respond"](200, length, body):
        await send({"type": "http.response.start", "status": 200, "headers": length})
        for place in range(0, len(body), 1 << 16):
            await send({"type": "http.response.body", "body": body[place : place + (1 << 16)], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def served(tmp_path: Path) -> AsyncIterator[int]:
    port = free_port()
    settings = read(["--home", str(tmp_path), "--listen", f"127.0.0.1:{port}", "--centre", "http://127.0.0.1:1"], {})
    server = Serving(app, settings)
    running = asyncio.ensure_future(server.listen())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.stop()
        await running


async def say(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """All that comes back for these bytes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    found = b""
    with suppress(ConnectionResetError):  # closed with bytes of ours unread
        async with asyncio.timeout(10):
            while part := await reader.read(1 << 16):
                found += part
    writer.close()
    return found


def asked(tmp_path: Path, *parts: bytes, pause: float = 0.0) -> bytes:
    async def run() -> bytes:
        async with served(tmp_path) as port:
            return await say(port, *parts, pause=pause)

    return uvloop.run(run())


def test_requests_in_one_go_are_answered_in_their_order(tmp_path: Path) -> None:
    head = b"GET /%b HTTP/1.1\r\nhost: h\r\n%b\r\n"
    last = head % (b"whole", b"connection: close\r\n")
    found = asked(tmp_path, head % (b"whole", b"") + head % (b"read", b"") + last)
    bodies = [part.partition(b"\r\n\r\n")[2] for part in found.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"whole", b"0", b"whole"]


def test_a_head_answer_keeps_its_length_and_sends_nothing(tmp_path: Path) -> None:
    found = asked(tmp_path, b"HEAD /whole HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
    head, _, body = found.partition(b"\r\n\r\n")
    assert b"content-length: 5" in head and body == b""


def test_a_consumer_that_asks_first_is_told_to_go_on(tmp_path: Path) -> None:
    head = b"POST /read HTTP/1.1\r\nhost: h\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n"
    found = asked(tmp_path, head, b"1234", pause=0.1)
    assert found.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK") and found.endswith(b"\r\n\r\n4")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /whole HTTP/1.1\r\nhost: h\r\nx: " + b"y" * (70 << 10) + b"\r\n\r\n",
        b"GET /whole HTTP/1.1\r\nhost: h\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(2_500)) + b"\r\n",
        b"POST /read HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /read HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n12345",
        b"GET /whole HTTP/1.1\r\nhost : h\r\n\r\n",
        b"GET /whole HTTP/1.1\r\nhost: h\r\nx: a\x00b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_no_parser_reads_is_one_clear_refusal(tmp_path: Path, request_bytes: bytes) -> None:
    found = asked(tmp_path, request_bytes)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400") and b"connection: close" in head
    assert json.loads(body)["code"] == "gateway.request.malformed"


def test_a_head_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    assert asked(tmp_path, b"GET /whole HTTP/1.1\r\nhost: h\r\n", b"x: y\r\n", b"x: z\r\n", pause=0.2) == b""


def test_the_next_head_on_a_kept_connection_has_its_time_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    whole = b"GET /whole HTTP/1.1\r\nhost: h\r\n\r\n"
    found = asked(tmp_path, whole, b"GET /whole HTTP/1.1\r\nho", b"st: h", pause=0.2)
    assert found.count(b"HTTP/1.1 200") == 1


def test_an_answer_taken_slowly_comes_whole(tmp_path: Path) -> None:
    async def run() -> None:
        async with served(tmp_path) as port:
            for path in (b"/stream", b"/big"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 14)
                writer.write(b"GET %b HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n" % path)
                await asyncio.sleep(0.2)
                found = (await reader.read()).partition(b"\r\n\r\n")[2]
                assert found == BIG
                writer.close()

    uvloop.run(run())


def test_a_failure_nobody_caught_is_told_without_its_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(tmp_path, b"GET /fail HTTP/1.1\r\nhost: h\r\n\r\n")
    said = "".join(capsys.readouterr())
    assert found.startswith(b"HTTP/1.1 500") and b"540102199001011234" not in found
    assert "OSError" in said and "test_serving.py" in said and "540102199001011234" not in said


def test_an_address_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    async def run() -> None:
        async with served(tmp_path) as port:
            settings = read(["--home", str(tmp_path), "--listen", f"127.0.0.1:{port}"], {})
            with pytest.raises(Unavailable, match=r"gateway\.address\.not_to_be_had"):
                await Serving(app, settings).listen()

    uvloop.run(run())
