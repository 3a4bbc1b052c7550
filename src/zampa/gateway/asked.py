"""One call in hand: what was asked, by whom, under which grant, and what is already written down of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from zampa.contracts.book import BookKey
from zampa.contracts.calls import CallOpened
from zampa.gateway.books import Plan
from zampa.gateway.paths import Route
from zampa.gateway.refusals import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Respond = Callable[[int, list[tuple[bytes, bytes]], bytes], bool]

BUFFER_BYTES = 1 << 20
SILENT_SECONDS = 60
_NOT_YET = Route("healthz")


class ConsumerLeft(Exception):
    """The consumer's connection went away while its request was still being read."""


@dataclass(slots=True)
class Asked:
    """A request as the server handed it over. `query` without its "?", header names in lower case."""

    method: str
    path: str
    query: str
    host: str
    scheme: str
    headers: dict[str, str]
    receive: Receive
    send: Send
    call: str
    now: float
    at: str
    began: float
    respond: Respond | None = None  # the server's way to answer in one write
    route: Route = _NOT_YET
    key: BookKey | None = None
    plan: Plan | None = None
    nonce: str = ""
    body: bytes = b""
    streamed: bool = False  # the body is longer than the buffer and still on the wire
    digest: Any = None  # running SHA-256 of a streamed body
    salt: bytes = b""
    request: str = ""
    probe: str = ""
    book: int = 0
    admitted: bool = False
    opened: CallOpened | None = None  # once written by itself
    matched: int = 0
    alarm: str = ""

    def grant_plan(self) -> Plan:
        """The plan of an admitted call."""
        assert self.plan is not None
        return self.plan


@dataclass(slots=True)
class Buffered:
    """An answer held whole; `outcome` and `reason` as they go into the trail."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]
    content_type: str = ""
    rows: int = 0
    outcome: str = "answered"
    reason: str = ""


@dataclass(slots=True)
class Streamed:
    """An answer that passes through. `count` gives its rows when the chunks have ended; `end` lets go of what they come
    from, and is called whatever happens, also when no chunk was ever taken."""

    status: int
    chunks: AsyncIterator[bytes]
    headers: list[tuple[bytes, bytes]]
    content_type: str = ""
    length: int | None = None
    count: Callable[[], int] = lambda: 0
    end: Callable[[], None] = lambda: None


async def read_body(asked: Asked, limit: int) -> None:
    """Read the body up to `limit` bytes; if it is longer, leave the rest on the wire and set `streamed`."""
    headers = asked.headers
    length = headers.get("content-length", "")
    if "transfer-encoding" not in headers and length in ("", "0"):
        return
    if length and (not length.isdecimal() or len(length) > 15):
        raise Refusal("gateway.request.body")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await _received(asked)
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if not message.get("more_body", False):
            break
        if size > limit:
            asked.streamed = True
            break
    asked.body = parts[0] if len(parts) == 1 else b"".join(parts)
    if not asked.streamed and size > limit:
        asked.streamed = False


async def body_chunks(asked: Asked) -> AsyncIterator[bytes]:
    """The whole body of a streamed request, digested on its way."""
    asked.digest = hashlib.sha256(asked.body)
    yield asked.body
    asked.body = b""
    while True:
        message = await _received(asked)
        part = message.get("body", b"")
        if part:
            asked.digest.update(part)
            yield part
        if not message.get("more_body", False):
            return


async def _received(asked: Asked) -> MutableMapping[str, Any]:
    """The next part of a body; ConsumerLeft when nobody is there any more, Refusal when nothing came for a minute."""
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            message = await asked.receive()
    except TimeoutError as error:
        raise Refusal("gateway.request.body") from error
    if message["type"] == "http.disconnect":
        raise ConsumerLeft
    return message
