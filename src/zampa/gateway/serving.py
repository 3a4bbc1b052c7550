"""The gateway's HTTP server: uvicorn on httptools (llhttp), on the loop of the calls, with limits of ours.

uvicorn gives back-pressure both ways: what a consumer does not take is not read from the provider. What it leaves open
is closed here: a head that never ends, and one that comes a byte a minute.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
import structlog
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from zampa.gateway.reasons import REASONS
from zampa.gateway.refusals import place_of
from zampa.gateway.settings import Settings
from zampa.ground.errors import Unavailable

HEAD_BYTES = 64 << 10
LINE_COST = 32  # what a line costs beside its letters: many short ones are no cheaper
HEAD_SECONDS = 15.0
IDLE_SECONDS = 75
END_SECONDS = 20
MALFORMED = "gateway.request.malformed"
log = structlog.get_logger("zampa.gateway")


class Connection(HttpToolsProtocol):
    """One consumer's connection. A request's head has 64 KiB and 15 s."""

    _in_head = 0
    _unfinished = True
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._unfinished and self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._unfinished = 0, True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._in_head += len(name) + len(value) + LINE_COST
        if self._in_head > HEAD_BYTES:
            raise ValueError("head too long")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unfinished = False
        self._in_time()
        super().on_headers_complete()
        self.scope["zampa.respond"] = partial(respond, self.cycle)  # type: ignore[typeddict-unknown-key]

    def send_400_response(self, msg: str) -> None:
        """A request no parser reads: told as every other refusal, in the first language and without a call's number."""
        status, title, *_ = REASONS[MALFORMED]
        told = {"type": f"urn:zampa:problem:{MALFORMED}", "title": title, "status": status, "code": MALFORMED}
        body = msgspec.json.encode(told)
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        self.transport.close()


def respond(cycle: RequestResponseCycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
    """Answer whole in one write, as the cycle's own `send` does in two; False when the consumer reads too slowly for
    that. Names and values come from us or from llhttp, which lets no line break through."""
    if cycle.response_started or cycle.flow.write_paused:
        return False
    if cycle.disconnected:
        return True
    lines = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        lines += (name, b": ", value, b"\r\n")
    lines.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    if cycle.scope["method"] != "HEAD":
        lines.append(body)
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(b"".join(lines))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


class Failures(logging.Handler):
    """What a call did not catch: its kind and place, never its text, which may hold a value. A connection that was
    broken off on purpose is no failure."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, ConnectionAbortedError):
            log.error("call_failed", error=type(error).__name__, where=place_of(error))


class Serving(Server):
    """`stop` ends it: no new calls, those in hand have 20 s."""

    def __init__(self, app: Any, settings: Settings) -> None:
        told = logging.getLogger("uvicorn.error")
        told.setLevel(logging.ERROR)
        told.propagate = False
        told.handlers = [Failures()]
        super().__init__(
            Config(
                app, http=Connection, ws="none", lifespan="off", log_config=None, access_log=False,
                proxy_headers=False, server_header=False, timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=END_SECONDS,
            )
        )
        self.settings = settings

    async def listen(self) -> None:
        """Serve until stopped; Unavailable when the address cannot be had."""
        address = (self.settings.address, self.settings.port)
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            listener = socket.create_server(address, family=family, backlog=1024)
        except OSError as error:
            where = f"{address[0]}:{address[1]}"
            raise Unavailable("gateway.address.not_to_be_had", address=where, why=type(error).__name__) from error
        listener.setblocking(False)
        await self.serve([listener])

    def stop(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn would raise the signal once more at its end, before the trail is closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield
