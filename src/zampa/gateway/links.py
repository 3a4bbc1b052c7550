"""HTTP/1.1 to a provider on the loop's own thread: httptools (llhttp) parses, uvloop carries.

A client with threads of its own costs a gateway two hand-overs of the interpreter for each call, which is more than
all else that a call needs (decisions/0005). A link is used by one call at a time and kept for the next one when the
answer ended whole. What a consumer does not take is not read from the provider: memory stays flat.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator

import httptools

HOLD_BYTES = 256 << 10
HEAD_BYTES = 64 << 10
NO_BODY = frozenset({204, 304})


class LinkFailed(Exception):
    """The provider could not be asked or broke off. `why`: unreachable, timeout, broke_off, malformed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Link(asyncio.Protocol):
    """One connection. After `ask` its `status` and `headers` (lower-case names) are the answer's; `chunk` gives the
    body until None. `deadline`: loop time at which a silent provider is given up; the pool looks."""

    transport: asyncio.Transport

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self.seconds = seconds
        self.deadline = 0.0
        self.lost = False
        self.failed: LinkFailed | None = None
        self.parser = httptools.HttpResponseParser(self)
        self.writable: asyncio.Future[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reading = True
        self._begin("")

    def _begin(self, method: str) -> None:
        self.method = method
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.complete = False
        self.kept = False
        self.touched = False  # anything of an answer has come
        self._cut = False
        self._head = False
        self._head_bytes = 0
        self._chunks: deque[bytes] = deque()
        self._held = 0

    # --- asking

    async def ask(self, method: str, head: bytes, body: bytes | AsyncIterator[bytes] = b"") -> None:
        """Send a request and wait for the answer's head. `head` ends with the empty line; a streamed body is sent as
        it was announced there. LinkFailed, or whatever the body's own iterator raises."""
        self._begin(method)
        self.deadline = self.loop.time() + self.seconds
        if isinstance(body, bytes):
            self.transport.write(head + body if body else head)
            await self._wait()
        else:
            self.transport.write(head)
            await self._upload(body, chunked=b"\r\ntransfer-encoding: chunked\r\n" in head)
        if self.status == 0:
            raise self.failed or LinkFailed("broke_off")

    async def _wait(self) -> None:
        """Until the head, a part of the body or the end is there."""
        if self.failed is not None:
            raise self.failed
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def _upload(self, body: AsyncIterator[bytes], *, chunked: bool) -> None:
        """Send while the answer is awaited: a provider may refuse before it has read all."""
        sending = self.loop.create_task(self._send(body, chunked))
        answered = self.loop.create_task(self._wait())
        try:
            await asyncio.wait({sending, answered}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
            await answered
            self._cut = not sending.done()
        finally:
            for task in (sending, answered):
                task.cancel()
            await asyncio.gather(sending, answered, return_exceptions=True)

    async def _send(self, body: AsyncIterator[bytes], chunked: bool) -> None:
        async for part in body:
            if not part:
                continue
            self.transport.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            self.deadline = self.loop.time() + self.seconds
            if self.writable is not None:
                await asyncio.shield(self.writable)
            if self.failed is not None:
                raise self.failed
        if chunked:
            self.transport.write(b"0\r\n\r\n")

    async def chunk(self) -> bytes | None:
        """The next part of the body; None at its end. LinkFailed when the provider breaks off or falls silent."""
        while not self._chunks:
            if self.complete:
                return None
            self.deadline = self.loop.time() + self.seconds
            await self._wait()
        part = self._chunks.popleft()
        self._held -= len(part)
        if not self._reading and self._held < HOLD_BYTES // 2:
            self._reading = True
            self.transport.resume_reading()
        return part

    def whole(self) -> bytes | None:
        """The body when all of it is here already."""
        if not self.complete:
            return None
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._held = 0
        return body

    def get(self, name: bytes) -> str:
        """A header's value; empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def reusable(self) -> bool:
        return self.kept and self.complete and not self._cut and not self._chunks and not self.lost

    @property
    def silent(self) -> bool:
        """Whether somebody waits for the provider, to say or to take something."""
        return self._waiter is not None or self.writable is not None

    def give_up(self, why: str) -> None:
        """End the connection; whoever waits is told."""
        if self.failed is None:
            self.failed = LinkFailed(why)
        self.kept = False
        if not self.lost:
            self.transport.abort()
        self._wake()

    # --- asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's is none of asyncio's classes

    def data_received(self, data: bytes) -> None:
        if self.complete or not self.method:  # an answer nobody asked for: what follows could be taken for the next
            self.give_up("malformed")
            return
        self.touched = True
        self.deadline = self.loop.time() + self.seconds
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.give_up("malformed")
            return
        if self._held > HOLD_BYTES and self._reading and not self.complete:
            self._reading = False
            self.transport.pause_reading()
        if self._head:
            self._wake()

    def pause_writing(self) -> None:
        self.writable = self.loop.create_future()

    def resume_writing(self) -> None:
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._head and not self.complete and self._ends_with_connection():
            self.complete = True
        elif not self.complete and self.failed is None:
            self.failed = LinkFailed("broke_off" if self.touched else "unreachable")
        self.resume_writing()
        self._wake()

    def _ends_with_connection(self) -> bool:
        """An answer of unknown length ends with its connection (RFC 9112 section 6.3)."""
        framed = b"content-length" in self.headers or b"transfer-encoding" in self.headers
        return self.failed is None and not framed

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if self.failed is not None and not self._chunks and not self.complete:
            waiter.set_exception(self.failed)
        else:
            waiter.set_result(None)

    # --- httptools' calls

    def on_message_begin(self) -> None:
        if self.complete:
            raise ValueError("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > HEAD_BYTES:
            raise ValueError("head too long")
        key = name.lower()
        known = self.headers.get(key)
        self.headers[key] = value if known is None else known + b", " + value

    def on_headers_complete(self) -> None:
        self.status = self.parser.get_status_code()
        self._head = self.status >= 200
        if self.method == "HEAD":  # the parser waits for a body that never comes
            self.complete = self._head

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)
        self._held += len(body)

    def on_message_complete(self) -> None:
        if not self._head:  # 1xx: the answer itself is still to come
            self.status = 0
            self.headers.clear()
            return
        if self.method != "HEAD":
            self.complete = True
            self.kept = self.parser.should_keep_alive()


def secure() -> ssl.SSLContext:
    """TLS as a provider is spoken to: its certificate and name are checked."""
    return ssl.create_default_context()
