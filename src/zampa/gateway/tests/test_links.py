"""Links to providers: what HTTP/1.1 lets a provider do, and what none should, each on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.gateway.links import HOLD_BYTES, Link, LinkFailed
from zampa.gateway.upstreams import Upstream

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
EMPTY = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
HEAD = b"GET /x HTTP/1.1\r\nhost: h\r\n\r\n"


@asynccontextmanager
async def provider(talk: Talk, seconds: float = 5) -> AsyncIterator[tuple[Upstream, list[int]]]:
    """A provider that speaks as `talk` does on each connection, and how often it was connected to."""
    met: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(1)
        try:
            await talk(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstream = Upstream("127.0.0.1", "127.0.0.1", server.sockets[0].getsockname()[1], None, seconds)
    try:
        yield upstream, met
    finally:
        for _, link in upstream.idle:
            link.give_up("released")
        server.close()


async def body_of(link: Link) -> bytes:
    parts = []
    while (part := await link.chunk()) is not None:
        parts.append(part)
    return b"".join(parts)


def says(*parts: bytes, pause: float = 0.01) -> Talk:
    """Answer each request with these bytes, a little apart; the connection stays for the next."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)

    return talk


def once(*parts: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)

    return talk


@pytest.mark.parametrize(
    ("parts", "status", "body", "kept"),
    [
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",), 200, b"abc", True),
        ((b"HTTP/1.1 200 OK\r\ncontent-le", b"ngth: 3\r\n\r\na", b"bc"), 200, b"abc", True),
        ((CHUNKED + b"2\r\nab\r\n", b"1\r\nc\r\n0\r\n\r\n"), 200, b"abc", True),
        ((b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"), 201, b"", True),
        ((b"HTTP/1.1 204 No Content\r\n\r\n",), 204, b"", True),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc",), 200, b"abc", False),
        ((b"HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nabc",), 200, b"abc", False),
    ],
)
def test_answers_as_they_come(parts: tuple[bytes, ...], status: int, body: bytes, kept: bool) -> None:
    async def run() -> None:
        async with provider(says(*parts)) as (upstream, met):
            for _ in range(2):
                link = await upstream.ask("GET", HEAD)
                assert (link.status, await body_of(link)) == (status, body)
                upstream.release(link)
            assert len(met) == (1 if kept else 2)

    uvloop.run(run())


def test_an_answer_of_unknown_length_ends_with_its_connection() -> None:
    async def run() -> None:
        async with provider(once(b"HTTP/1.1 200 OK\r\n\r\nab", b"c")) as (upstream, _):
            link = await upstream.ask("GET", HEAD)
            assert await body_of(link) == b"abc"
            assert not link.reusable

    uvloop.run(run())


def test_a_head_answer_has_no_body_whatever_length_it_tells() -> None:
    async def run() -> None:
        async with provider(says(b"HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n")) as (upstream, _):
            link = await upstream.ask("HEAD", b"HEAD /x HTTP/1.1\r\nhost: h\r\n\r\n")
            assert (link.status, link.whole(), link.get(b"content-length")) == (200, b"", "300")

    uvloop.run(run())


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (once(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"), "broke_off"),
        (once(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"), "broke_off"),
        (once(b"HTTP/1.1 20"), "broke_off"),
        (once(), "unreachable"),
        (says(b"<html>no http</html>\r\n\r\n"), "malformed"),
        (says(b"HTTP/1.1 200 OK\r\nx: a\x00b\r\ncontent-length: 0\r\n\r\n"), "malformed"),
        (says(b"HTTP/1.1 200 OK\r\nx: " + b"y" * (70 << 10) + b"\r\ncontent-length: 0\r\n\r\n"), "malformed"),
        (says(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"), "malformed"),
        (says(EMPTY + EMPTY), "malformed"),
    ],
)
def test_a_provider_that_breaks_the_rules_is_told(talk: Talk, why: str) -> None:
    async def run() -> str:
        async with provider(talk) as (upstream, _):
            with pytest.raises(LinkFailed) as caught:
                link = await upstream.ask("GET", HEAD)
                await body_of(link)
                if link.failed is not None:
                    raise link.failed
            return caught.value.why

    assert uvloop.run(run()) == why


def test_a_silent_provider_is_given_up_and_a_slow_consumer_is_not() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")
        await asyncio.sleep(30)

    async def run() -> None:
        async with provider(silent, seconds=0.2) as (upstream, _):
            link = await upstream.ask("GET", HEAD)
            assert await link.chunk() == b"abc"
            await asyncio.sleep(0.4)
            upstream.sweep(link.loop.time())
            assert link.failed is None, "nobody waited for the provider"
            waiting = asyncio.ensure_future(link.chunk())
            await asyncio.sleep(0.4)
            upstream.sweep(link.loop.time())
            with pytest.raises(LinkFailed, match="timeout"):
                await waiting

    uvloop.run(run())


def test_a_link_closed_while_kept_is_asked_anew_for_reading_only() -> None:
    async def run() -> None:
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na"
        async with provider(once(answer)) as (upstream, met):
            link = await upstream.ask("GET", HEAD)
            assert link.whole() == b"a"
            upstream.release(link)
            link.lost = False
            link.transport.close()  # closed at our end without our knowing: what a race with the provider looks like
            upstream.idle[-1] = (link.loop.time() + 60, link)
            again = await upstream.ask("GET", HEAD)
            assert again.whole() == b"a" and again is not link and len(met) == 2

    uvloop.run(run())


def test_what_nobody_takes_is_not_read() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 400000000\r\n\r\n")
        while True:
            writer.write(b"z" * (1 << 20))
            await writer.drain()
            sent += 1 << 20

    async def run() -> None:
        async with provider(endless) as (upstream, _):
            link = await upstream.ask("GET", HEAD)
            await asyncio.sleep(0.5)
            assert link._held <= HOLD_BYTES + (1 << 18)
            before = sent
            for _ in range(400):
                assert await link.chunk()
            await asyncio.sleep(0.1)
            assert sent > before
            link.give_up("released")

    uvloop.run(run())


@pytest.mark.parametrize("chunked", [True, False])
def test_a_long_question_streams_and_may_be_refused_half_way(chunked: bool) -> None:
    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = 0
        if b"chunked" in head:
            while length := int(await reader.readline(), 16):
                size += len(await reader.readexactly(length))
                await reader.readline()
            await reader.readline()
        else:
            while size < 5 << 20:
                size += len(await reader.read(1 << 16))
        told = str(size).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(told), told))

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await asyncio.sleep(0.5)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"p" * (1 << 20)

    framing = b"transfer-encoding: chunked" if chunked else b"content-length: 5242880"
    head = b"POST /x HTTP/1.1\r\nhost: h\r\n" + framing + b"\r\n\r\n"

    async def run() -> None:
        async with provider(count) as (upstream, _):
            link = await upstream.ask("POST", head, parts())
            assert await body_of(link) == b"5242880" and link.status == 200
        async with provider(refuse) as (upstream, _):
            link = await upstream.ask("POST", head, parts())
            assert link.status == 413
            upstream.release(link)
            assert not upstream.idle, "half a question was sent on it"

    uvloop.run(run())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.lists(st.integers(1, 400), max_size=12))
def test_however_the_bytes_are_cut_the_body_is_the_same(parts: list[bytes], cuts: list[int]) -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
    wire += b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    pieces, rest = [], wire
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    pieces.append(rest)

    async def run() -> bytes:
        async with provider(says(*[piece for piece in pieces if piece], pause=0)) as (upstream, _):
            link = await upstream.ask("GET", HEAD)
            found = await body_of(link)
            assert link.reusable and link.get(b"x") == "y"
            return found

    assert uvloop.run(run()) == b"".join(parts)
