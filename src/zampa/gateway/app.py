"""The gateway as an ASGI application: read, recognise, admit, answer, write down, send. In this order, always.

An answer held whole leaves after its one record is durable. A longer one leaves after its opened record is durable,
and its last bytes after its closed record is. So a consumer that holds a whole answer proves that the trail holds its
call, whatever happened to this process in between.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from datetime import UTC, datetime

import structlog

from zampa.contracts.calls import Call, CallClosed, CallOpened, Outcome
from zampa.evidence.http_signatures import gateway_tag
from zampa.gateway import authenticate
from zampa.gateway.answers import AnswerSigner, Salts, answer_commitment, body_digest, request_commitment
from zampa.gateway.asked import (
    BUFFER_BYTES,
    Asked,
    Buffered,
    ConsumerLeft,
    Receive,
    Scope,
    Send,
    Streamed,
    read_body,
)
from zampa.gateway.books import Books
from zampa.gateway.counters import Bucket, Counters
from zampa.gateway.house import House
from zampa.gateway.passing import Passing
from zampa.gateway.paths import canonical, canonical_query, route
from zampa.gateway.refusals import Refusal, language_of, place_of, problem
from zampa.gateway.rows import Rows
from zampa.gateway.sending import consumer_left, send_whole, started
from zampa.gateway.settings import Settings
from zampa.gateway.trail import Trail
from zampa.gateway.upstreams import SAFE
from zampa.gateway.verifying import Verifying
from zampa.ground.errors import ZampaError

log = structlog.get_logger("zampa.gateway")


class Gateway:
    """One gateway's calls. The parts are made by `__main__`."""

    def __init__(
        self, settings: Settings, books: Books, trail: Trail, counters: Counters, signer: AnswerSigner, salts: Salts,
        passing: Passing, rows: Rows, verifying: Verifying, house: House,
    ) -> None:
        self.settings = settings
        self.books = books
        self.trail = trail
        self.counters = counters
        self.signer = signer
        self.salts = salts
        self.passing = passing
        self.rows = rows
        self.verifying = verifying
        self.house = house
        self.metrics = house.metrics
        self.tag = gateway_tag(books.enrolment.gateway)
        self.unknown = Bucket(settings.unknown_per_minute)
        self.open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = _asked(scope, receive, send)
        self.open += 1
        try:
            await self._serve(asked)
        finally:
            self.open -= 1

    async def _serve(self, asked: Asked) -> None:
        try:
            answer = await self._answer(asked)
            if answer is None:
                return
        except ConsumerLeft:
            await self._left(asked)
            return
        except Refusal as refusal:
            answer = self._refused(asked, refusal)
        except (ZampaError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            log.error("call_failed", call=asked.call, error=type(error).__name__, where=place_of(error))
            answer = self._refused(asked, Refusal("gateway.failed", outcome="failed"))
        try:
            if isinstance(answer, Buffered):
                await self._send_buffered(asked, answer)
            else:
                try:
                    await self._send_streamed(asked, answer)
                finally:
                    answer.end()
        except ZampaError:  # the trail is not durable: nothing may leave but this
            told = Refusal("gateway.trail.not_durable")
            await send_whole(asked, told.status, problem(told, self._language(asked), asked.call))

    # --- deciding

    async def _answer(self, asked: Asked) -> Buffered | Streamed | None:
        """The answer; None when it has been sent already (health, metrics)."""
        self._check_address(asked)
        if asked.route.kind in ("healthz", "readyz", "metrics"):
            await self.house.tell(asked, self)
            return None
        if self.open > self.settings.calls_at_once:
            raise Refusal("gateway.busy")
        book = self.books.current
        if book is None:
            raise Refusal("gateway.book.none")
        asked.book = book.number
        if asked.now >= book.expires:
            raise Refusal("gateway.book.expired")
        asked.key = authenticate.caller(asked, book, self.tag, self.counters)
        asked.salt = self.salts.salt(asked.at[:10], asked.call)
        await read_body(asked, BUFFER_BYTES)
        authenticate.check_digest(asked)
        asked.request = request_commitment(asked, _sent_digest(asked))
        if asked.route.kind == "call":
            return await self.house.closed_record(asked, asked.key)
        plan = authenticate.plan_for(asked, book, asked.key)
        if asked.route.kind == "pass":
            self.passing.check(asked)
        self.counters.admit(plan.grant, asked.now)
        asked.admitted = True
        if asked.route.kind == "query":
            return await self.rows.call(asked)
        if asked.route.kind == "verify":
            return await self.verifying.call(asked)
        if asked.method not in SAFE or asked.streamed:
            await self._open(asked)  # it may change something at the provider: known before, not after
        return await self.passing.call(asked)

    def _check_address(self, asked: Asked) -> None:
        hosts = self.settings.hosts
        if not asked.host or "," in asked.host or (hosts and asked.host.lower().rsplit(":", 1)[0] not in hosts):
            raise Refusal("gateway.request.bad_host")
        canonical_query(asked.query)
        asked.route = route(canonical(asked.path))

    def _refused(self, asked: Asked, refusal: Refusal) -> Buffered:
        self.metrics.refusals.labels(refusal.code).inc()
        body = problem(refusal, self._language(asked), asked.call)
        headers = [(b"allow", str(refusal.params["allowed"]).encode())] if refusal.status == 405 else []
        if refusal.status == 401:
            headers.append((b"www-authenticate", b'Bearer realm="zampa"'))
        return Buffered(
            refusal.status, body, headers, "application/problem+json", outcome=refusal.outcome, reason=refusal.code
        )

    def _language(self, asked: Asked) -> str:
        return language_of(asked.headers.get("accept-language", ""), self.settings.language)

    # --- writing down and sending

    def _opened(self, asked: Asked) -> CallOpened:
        key, plan = asked.key, asked.plan
        grant = plan.grant if plan is not None else None
        return CallOpened(
            call=asked.call, at=asked.at, consumer=key.consumer if key else "", key=key.id if key else "",
            grant=grant.id if grant else "", resource=grant.resource if grant else "",
            action=asked.route.kind if grant else "", nonce=asked.nonce, request=asked.request, book=asked.book,
            probe=asked.probe,
        )

    async def _open(self, asked: Asked) -> None:
        opened = self._opened(asked)
        await self.trail.append(opened)
        asked.opened = opened

    async def _left(self, asked: Asked) -> None:
        """A consumer that went away before its request was whole: told in the trail when the call was opened there."""
        self.metrics.ended(asked.route.kind, "consumer_gone", time.perf_counter() - asked.began)
        if asked.opened is not None:
            closed = self._closed(asked, "consumer_gone", 499, reason="", rows=0, size=0, digest=None)
            await self.trail.append(closed)

    def _closed(
        self, asked: Asked, outcome: str, status: int, *, reason: str, rows: int, size: int, digest: bytes | None
    ) -> CallClosed:
        sent = ""
        if asked.digest is not None:
            sent = answer_commitment(asked.salt, asked.digest.digest())
        return CallClosed(
            call=asked.call, at=_iso(time.time()), outcome=_outcome(outcome), status=status, reason=reason, rows=rows,
            bytes=size, answer=answer_commitment(asked.salt, digest) if digest is not None and asked.salt else "",
            milliseconds=int((time.perf_counter() - asked.began) * 1000), sent=sent, alarm=asked.alarm,
        )

    async def _send_buffered(self, asked: Asked, answer: Buffered) -> None:
        if len(answer.body) > BUFFER_BYTES:
            await self._send_streamed(asked, started(answer))
            return
        digest = body_digest(answer.body)
        closed = self._closed(
            asked, answer.outcome, answer.status, reason=answer.reason, rows=answer.rows, size=len(answer.body),
            digest=digest,
        )
        prepared = self.signer.prepare(asked, answer.status, answer.content_type, digest)
        if asked.key is not None or self.unknown.take(asked.now):
            if asked.opened is None:
                await self.trail.append(Call(opened=self._opened(asked), closed=closed))
            else:
                await self.trail.append(closed)
        else:
            self.metrics.unrecorded.inc()
        await send_whole(asked, answer.status, answer.body, "", answer.headers + self.signer.signed(prepared))
        self.metrics.ended(asked.route.kind, answer.outcome, time.perf_counter() - asked.began)

    async def _send_streamed(self, asked: Asked, answer: Streamed) -> None:
        prepared = self.signer.prepare(asked, answer.status, answer.content_type, None)
        if asked.opened is None:
            await self._open(asked)
        headers = answer.headers + self.signer.signed(prepared)
        if answer.length is not None:
            headers.append((b"content-length", str(answer.length).encode()))
        digest, size, held = hashlib.sha256(), 0, b""
        outcome, reason, first = "answered", "", True
        gone = asyncio.ensure_future(consumer_left(asked))
        try:
            async for chunk in answer.chunks:
                if gone.done():
                    outcome = "consumer_gone"
                    break
                if self._revoked(asked):
                    raise Refusal("gateway.grant.ended")
                if first:
                    first = False
                    await asked.send({"type": "http.response.start", "status": answer.status, "headers": headers})
                if held:
                    await asked.send({"type": "http.response.body", "body": held, "more_body": True})
                    digest.update(held)
                    size += len(held)
                held = chunk
        except Refusal as refusal:
            outcome, reason = refusal.outcome, refusal.code
        finally:
            gone.cancel()
            await answer.chunks.aclose()  # type: ignore[attr-defined]
        await self._end_stream(asked, answer, headers if first else None, outcome, reason, held, digest, size)

    def _revoked(self, asked: Asked) -> bool:
        """Whether a book that came since no longer holds the grant a long answer streams under."""
        book = self.books.current
        if book is None or book.number == asked.book or asked.plan is None:
            return False
        plan = book.plans.get(asked.plan.grant.number)
        asked.book = book.number
        return plan is None or plan.grant.consumer != asked.plan.grant.consumer

    async def _end_stream(
        self, asked: Asked, answer: Streamed, headers: list[tuple[bytes, bytes]] | None, outcome: str, reason: str,
        held: bytes, digest: hashlib._Hash, size: int,
    ) -> None:
        """Write the closed record, then let the last bytes go; a broken answer is never ended as if it were whole."""
        if outcome == "answered":
            digest.update(held)
            size += len(held)
        closed = self._closed(
            asked, outcome, answer.status, reason=reason, rows=answer.count(), size=size, digest=digest.digest()
        )
        await self.trail.append(closed)
        self.house.keep_closed(asked, closed)
        self.metrics.ended(asked.route.kind, outcome, time.perf_counter() - asked.began)
        if outcome != "answered":
            raise ConnectionAbortedError(reason or outcome)
        if headers is not None:
            await asked.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await asked.send({"type": "http.response.body", "body": held, "more_body": False})


def _asked(scope: Scope, receive: Receive, send: Send) -> Asked:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    now = time.time()
    return Asked(
        method=scope["method"], path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"), host=headers.get("host", ""), scheme=scope["scheme"],
        headers=headers, receive=receive, send=send, call=_call_number(now), now=now, at=_iso(now),
        began=time.perf_counter(), respond=scope.get("zampa.respond"),
    )


def _call_number(now: float) -> str:
    """A UUIDv7 as text (RFC 9562): milliseconds, then random bits, which are fetched many calls at a time."""
    if len(_random) < 10:
        _random.extend(os.urandom(8000))
    bits = int.from_bytes(_random[-10:], "big")
    del _random[-10:]
    value = int(now * 1000) << 80 | bits
    text = f"{value & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_random = bytearray()


def _iso(now: float) -> str:
    """As ground.clock.iso; whole seconds are spelled once a second."""
    second = int(now)
    if second != _second[0]:
        _second[:] = [second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.")]
    return f"{_second[1]}{int((now - second) * 1_000_000):06d}Z"


_second: list[int | str] = [0, ""]


def _sent_digest(asked: Asked) -> bytes:
    """SHA-256 of a buffered body; of nothing for one that streams, whose commitment goes into the closed record."""
    return hashlib.sha256(b"" if asked.streamed else asked.body).digest()


def _outcome(text: str) -> Outcome:
    known: dict[str, Outcome] = {
        "answered": "answered", "refused": "refused", "provider_failed": "provider_failed",
        "consumer_gone": "consumer_gone",
    }
    return known.get(text, "failed")
