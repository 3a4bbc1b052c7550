"""What a gateway says of itself: healthy, ready, its numbers; and the signed closed record of a streamed answer."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from zampa.contracts.book import BookKey
from zampa.contracts.calls import CLOSED_PURPOSE, CallClosed, CallOpened
from zampa.evidence import envelopes
from zampa.gateway.asked import Asked, Buffered
from zampa.gateway.enrolment import Keys
from zampa.gateway.metrics import Metrics
from zampa.gateway.refusals import Refusal
from zampa.gateway.sending import send_whole
from zampa.gateway.trail import Trail, decode_record

if TYPE_CHECKING:
    from zampa.gateway.app import Gateway

KEPT_CLOSED = 20_000


class House:
    """`trail` answers for closed records that are no longer in memory."""

    def __init__(self, keys: Keys, trail: Trail, metrics: Metrics) -> None:
        self.keys = keys
        self.trail = trail
        self.metrics = metrics
        self.closed: OrderedDict[str, tuple[str, CallClosed | None]] = OrderedDict()

    async def tell(self, asked: Asked, gateway: Gateway) -> None:
        """Health, readiness, metrics: unsigned, not in the trail."""
        if asked.method not in ("GET", "HEAD"):
            raise Refusal("gateway.request.method", allowed="GET HEAD")
        if asked.route.kind == "metrics":
            self._measure(gateway)
            await send_whole(asked, 200, self.metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
            return
        wrong = [] if asked.route.kind == "healthz" else self.not_ready(gateway, asked.now)
        body = {"status": "not_ready" if wrong else "ok", "gateway": gateway.books.enrolment.gateway}
        told = msgspec.json.encode({**body, "book": gateway.books.number, "wrong": wrong})
        await send_whole(asked, 503 if wrong else 200, told, "application/json")

    def not_ready(self, gateway: Gateway, now: float) -> list[str]:
        """Codes of what keeps this gateway from serving."""
        book = gateway.books.current
        wrong = []
        if book is None:
            wrong.append("gateway.book.none")
        elif now >= book.expires:
            wrong.append("gateway.book.expired")
        if gateway.trail.failed:
            wrong.append("gateway.trail.not_durable")
        return wrong

    def _measure(self, gateway: Gateway) -> None:
        metrics, book = self.metrics, gateway.books.current
        metrics.open.set(gateway.open)
        metrics.book.set(book.number if book else 0)
        metrics.book_expires.set(book.expires if book else 0)
        metrics.torn.set(gateway.trail.cut)

    def keep_closed(self, asked: Asked, closed: CallClosed) -> None:
        """Remember a streamed answer's closed record for its consumer to fetch."""
        self.closed[asked.call] = (asked.key.consumer if asked.key else "", closed)
        if len(self.closed) > KEPT_CLOSED:
            self.closed.popitem(last=False)

    async def closed_record(self, asked: Asked, key: BookKey) -> Buffered:
        """The closed record in a signed envelope, for the consumer whose call it was and for nobody else."""
        if asked.method != "GET":
            raise Refusal("gateway.request.method", allowed="GET")
        consumer, closed = self.closed.get(asked.route.target, ("", None))
        if closed is None:
            consumer, closed = await asyncio.to_thread(self._searched, asked.route.target)
        if closed is None or consumer != key.consumer:
            raise Refusal("gateway.request.no_such_address")
        signed = envelopes.sign(CLOSED_PURPOSE, msgspec.json.encode(closed), self.keys.sign)
        return Buffered(200, msgspec.json.encode(signed), [], "application/json")

    def _searched(self, call: str) -> tuple[str, CallClosed | None]:
        """Look through the trail from the call's own time on (a call's number begins with its milliseconds)."""
        try:
            moment = int(call.replace("-", "")[:12], 16) / 1000
        except ValueError:
            return "", None
        consumer = ""
        needle = call.encode()
        for place in self.trail.since(moment - 1):
            if needle not in place.payload:
                continue
            record = decode_record(place.payload)
            if isinstance(record, CallOpened) and record.call == call:
                consumer = record.consumer
            elif isinstance(record, CallClosed) and record.call == call:
                return consumer, record
        return "", None
