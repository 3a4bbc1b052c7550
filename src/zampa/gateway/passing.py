"""Pass-through: the provider's own HTTP service, whole or by declared fields, streaming both ways in flat memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from zampa.gateway.asked import BUFFER_BYTES, Asked, Buffered, Streamed, body_chunks
from zampa.gateway.authenticate import streamed_digest_differs
from zampa.gateway.books import Plan
from zampa.gateway.fields import ByField
from zampa.gateway.links import NO_BODY, Link, LinkFailed
from zampa.gateway.refusals import Refusal
from zampa.gateway.upstreams import SAFE, Upstream, Upstreams

JSON_BYTES = 8 << 20
LINE_BYTES = 1 << 20
_TO_PROVIDER = (
    "accept", "accept-language", "content-type", "if-match", "if-none-match", "idempotency-key", "traceparent",
)
_TO_CONSUMER = (
    b"content-language", b"content-disposition", b"etag", b"last-modified", b"cache-control", b"location",
    b"retry-after",
)


class Passing:
    """Serves pass-through calls; field plans are compiled once per plan."""

    def __init__(self, upstreams: Upstreams) -> None:
        self.upstreams = upstreams
        self._plans: dict[str, tuple[Plan, ByField | None]] = {}

    def by_field(self, plan: Plan) -> ByField | None:
        """None when the grant gives the service whole."""
        held = self._plans.get(plan.grant.id)
        if held is None or held[0] is not plan:
            made = ByField(plan.grant.fields, plan.mask_key) if plan.grant.fields else None
            held = self._plans[plan.grant.id] = (plan, made)
        return held[1]

    def check(self, asked: Asked) -> None:
        """Refusal when the service does not take the method, or the grant asks what a pass-through cannot do."""
        plan = asked.grant_plan()
        service = plan.service
        assert service is not None
        if service.kind != "http" or plan.grant.row_filter is not None:
            raise Refusal("gateway.grant.no_service")
        if plan.grant.fields and service.response not in ("json", "ndjson"):
            raise Refusal("gateway.grant.no_service")
        if asked.method not in service.methods:
            raise Refusal("gateway.request.method", allowed=" ".join(service.methods))

    async def call(self, asked: Asked) -> Buffered | Streamed:
        """Ask the provider and give what may leave."""
        plan = asked.grant_plan()
        upstream = self.upstreams.ready(plan) or await self.upstreams.of(plan)
        head, body = _request(asked, upstream)
        try:
            link = await upstream.ask(asked.method, head, body)
        except LinkFailed as error:
            raise _failed(error) from error
        exchange = _Exchange(link, upstream)
        answer: Buffered | Streamed | None = None
        try:
            answer = await self._answer(asked, plan, link, exchange)
            return answer
        except LinkFailed as error:
            raise _failed(error, "gateway.provider.broke_off") from error
        finally:
            if not isinstance(answer, Streamed):
                exchange.end()

    async def _answer(self, asked: Asked, plan: Plan, link: Link, exchange: _Exchange) -> Buffered | Streamed:
        status, fields = link.status, self.by_field(plan)
        if 300 <= status < 400 and status != 304:
            raise Refusal("gateway.provider.redirected")
        if status >= 500 or (fields is not None and status >= 400):
            raise Refusal("gateway.provider.answered", status=status if status < 500 else 502, provider=status)
        headers = [(name, link.headers[name]) for name in _TO_CONSUMER if name in link.headers]
        if fields is None:
            return await self._whole(asked, link, exchange, headers)
        if plan.service is not None and plan.service.response == "ndjson":
            lines = _Lines(fields)
            chunks = lines.through(_chunks(link))
            return Streamed(
                status, chunks, headers, "application/x-ndjson", count=lambda: lines.rows, end=exchange.end
            )
        body = b"" if status in NO_BODY or asked.method == "HEAD" else await _limited(link, JSON_BYTES)
        kept = fields.answer(body) if body else b""
        return Buffered(status, kept, [], "application/json" if body else "", rows=1)

    async def _whole(
        self, asked: Asked, link: Link, exchange: _Exchange, headers: list[tuple[bytes, bytes]]
    ) -> Buffered | Streamed:
        content_type, length = link.get(b"content-type"), link.get(b"content-length")
        if b"content-encoding" in link.headers:
            headers.append((b"content-encoding", link.headers[b"content-encoding"]))
        if asked.method == "HEAD" or link.status in NO_BODY:
            return Buffered(link.status, b"", headers, content_type)
        body = link.whole()
        if body is not None and len(body) <= BUFFER_BYTES:
            return Buffered(link.status, body, headers, content_type)
        known = int(length) if length.isdecimal() else None
        parts = [] if body is None else [body]
        size = sum(map(len, parts))
        while known is None or known <= BUFFER_BYTES:
            if size > BUFFER_BYTES:
                break
            part = await link.chunk()
            if part is None:
                return Buffered(link.status, b"".join(parts), headers, content_type)
            parts.append(part)
            size += len(part)
        return Streamed(link.status, _chunks(link, parts), headers, content_type, known, end=exchange.end)


def _request(asked: Asked, upstream: Upstream) -> tuple[bytes, bytes | AsyncIterator[bytes]]:
    """The head of the request to the provider, and its body."""
    path = upstream.path + asked.route.rest or "/"
    query = f"?{asked.query}" if asked.query else ""
    lines = "".join([f"{name}: {asked.headers[name]}\r\n" for name in _TO_PROVIDER if name in asked.headers])
    if asked.streamed:
        length = asked.headers.get("content-length")
        lines += f"content-length: {length}\r\n" if length else "transfer-encoding: chunked\r\n"
    elif asked.body or asked.method not in SAFE:
        lines += f"content-length: {len(asked.body)}\r\n"
    start = f"{asked.method} {path}{query} HTTP/1.1\r\n{lines}zampa-call: {asked.call}\r\n"
    return start.encode("latin-1") + upstream.fixed + b"\r\n", _checked(asked) if asked.streamed else asked.body


class _Exchange:
    """A link in use by one call; `end` gives it back, once."""

    __slots__ = ("link", "upstream")

    def __init__(self, link: Link, upstream: Upstream) -> None:
        self.link: Link | None = link
        self.upstream = upstream

    def end(self) -> None:
        link, self.link = self.link, None
        if link is not None:
            self.upstream.release(link)


class _Lines:
    """NDJSON line by line through the fields of a grant."""

    def __init__(self, fields: ByField) -> None:
        self.fields = fields
        self.rows = 0

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        rest = b""
        try:
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LINE_BYTES:
                    raise Refusal("gateway.provider.too_large", limit=LINE_BYTES)
                kept = self._kept(lines)
                if kept:
                    yield kept
            kept = self._kept([rest])
            if kept:
                yield kept
        finally:
            await chunks.aclose()  # type: ignore[attr-defined]

    def _kept(self, lines: list[bytes]) -> bytes:
        found = [self.fields.answer(line) for line in lines if line.strip()]
        self.rows += len(found)
        return b"".join(line + b"\n" for line in found)


async def _chunks(link: Link, first: list[bytes] | None = None) -> AsyncIterator[bytes]:
    """The body as it comes."""
    try:
        for part in first or ():
            yield part
        while (chunk := await link.chunk()) is not None:
            yield chunk
    except LinkFailed as error:
        raise _failed(error, "gateway.provider.broke_off") from error


async def _limited(link: Link, limit: int) -> bytes:
    body = link.whole()
    if body is not None and len(body) <= limit:
        return body
    length = link.get(b"content-length")
    if body is not None or (length.isdecimal() and int(length) > limit):
        raise Refusal("gateway.provider.too_large", limit=limit)
    parts: list[bytes] = []
    size = 0
    while (chunk := await link.chunk()) is not None:
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise Refusal("gateway.provider.too_large", limit=limit)
    return b"".join(parts)


async def _checked(asked: Asked) -> AsyncIterator[bytes]:
    """A long request body on its way; broken off before its last byte when it is not what its digest said."""
    held = b""
    async for chunk in body_chunks(asked):
        if held:
            yield held
        held = chunk
    if streamed_digest_differs(asked):
        raise Refusal("gateway.request.digest")
    yield held


def _failed(error: LinkFailed, code: str = "gateway.provider.unreachable") -> Refusal:
    return Refusal("gateway.provider.timeout" if error.why == "timeout" else code)
