"""Pass-through: the provider's own HTTP service, whole or by declared fields, streaming both ways in flat memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError
from pyreqwest.request import RequestBuilder, StreamRequest
from pyreqwest.response import Response

from zampa.gateway.asked import BUFFER_BYTES, Asked, Buffered, Streamed, body_chunks
from zampa.gateway.authenticate import streamed_digest_differs
from zampa.gateway.books import Plan
from zampa.gateway.fields import ByField
from zampa.gateway.refusals import Refusal
from zampa.gateway.upstreams import Upstream, Upstreams

JSON_BYTES = 8 << 20
LINE_BYTES = 1 << 20
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TO_PROVIDER = (
    "accept", "accept-language", "content-type", "if-match", "if-none-match", "idempotency-key", "traceparent",
)
_TO_CONSUMER = (
    "content-language", "content-disposition", "etag", "last-modified", "cache-control", "location", "retry-after",
)
_NO_BODY = frozenset({204, 304})


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
        fields = self.by_field(plan)
        upstream = await self.upstreams.of(plan)
        request = self._request(asked, upstream)
        stream = _Exchange(request.build_streamed())
        try:
            response = await stream.inner.__aenter__()
        except PyreqwestError as error:
            raise _failed(error) from error
        try:
            return await self._answer(asked, plan, fields, response, stream)
        except BaseException:
            await stream.end()
            raise

    def _request(self, asked: Asked, upstream: Upstream) -> RequestBuilder:
        url = upstream.base + asked.route.rest or "/"
        if asked.query:
            url = f"{url}?{asked.query}"
        headers = [(name, asked.headers[name]) for name in _TO_PROVIDER if name in asked.headers]
        headers += upstream.headers
        headers.append(("zampa-call", asked.call))
        request = upstream.client.request(asked.method, url).headers(headers)
        if asked.streamed:
            return request.body_stream(_checked(asked))
        return request.body_bytes(asked.body) if asked.body else request

    async def _answer(
        self, asked: Asked, plan: Plan, fields: ByField | None, response: Response, stream: _Exchange
    ) -> Buffered | Streamed:
        status = response.status
        if 300 <= status < 400 and status != 304:
            raise Refusal("gateway.provider.redirected")
        content_type = response.get_header("content-type") or ""
        headers = [
            (name.encode(), value.encode("latin-1", "replace"))
            for name in _TO_CONSUMER
            if (value := response.get_header(name)) is not None
        ]
        if status >= 500 or (fields is not None and status >= 400):
            raise Refusal("gateway.provider.answered", status=status if status < 500 else 502, provider=status)
        if fields is None:
            encoding = response.get_header("content-encoding")
            if encoding is not None:
                headers.append((b"content-encoding", encoding.encode("latin-1", "replace")))
            return await self._whole(asked, response, stream, headers, content_type)
        if plan.service is not None and plan.service.response == "ndjson":
            lines = _Lines(fields)
            chunks = lines.through(_chunks(response, stream))
            return Streamed(status, chunks, headers, "application/x-ndjson", count=lambda: lines.rows)
        body = b"" if status in _NO_BODY or asked.method == "HEAD" else await _limited(response, JSON_BYTES)
        await stream.end()
        kept = fields.answer(body) if body else b""
        return Buffered(status, kept, [], "application/json" if body else "", rows=1)

    async def _whole(
        self, asked: Asked, response: Response, stream: _Exchange, headers: list[tuple[bytes, bytes]], content_type: str
    ) -> Buffered | Streamed:
        length = response.get_header("content-length") or ""
        known = int(length) if length.isdecimal() else None
        if asked.method == "HEAD" or response.status in _NO_BODY:
            await stream.end()
            return Buffered(response.status, b"", headers, content_type)
        if known is not None and known > BUFFER_BYTES:
            return Streamed(response.status, _chunks(response, stream), headers, content_type, known)
        parts: list[bytes] = []
        size = 0
        try:
            if known is not None:
                body = bytes(await response.body_reader.bytes())
                await stream.end()
                return Buffered(response.status, body, headers, content_type)
            while size <= BUFFER_BYTES:
                chunk = await response.body_reader.read_chunk()
                if chunk is None:
                    await stream.end()
                    return Buffered(response.status, b"".join(parts), headers, content_type)
                parts.append(bytes(chunk))
                size += len(parts[-1])
        except PyreqwestError as error:
            raise _failed(error, "gateway.provider.broke_off") from error
        return Streamed(response.status, _chunks(response, stream, parts), headers, content_type)


class _Exchange:
    """A request on its way; `end` gives the connection back, once."""

    def __init__(self, inner: StreamRequest) -> None:
        self.inner = inner
        self.over = False

    async def end(self) -> None:
        if not self.over:
            self.over = True
            await self.inner.__aexit__(None, None, None)


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


async def _chunks(response: Response, stream: _Exchange, first: list[bytes] | None = None) -> AsyncIterator[bytes]:
    """The body as it comes, the connection given back at the end, however it ends."""
    try:
        for part in first or ():
            yield part
        while True:
            try:
                chunk = await response.body_reader.read_chunk()
            except PyreqwestError as error:
                raise _failed(error, "gateway.provider.broke_off") from error
            if chunk is None:
                return
            yield bytes(chunk)
    finally:
        await stream.end()


async def _limited(response: Response, limit: int) -> bytes:
    length = response.get_header("content-length") or ""
    if length.isdecimal() and int(length) > limit:
        raise Refusal("gateway.provider.too_large", limit=limit)
    try:
        if length.isdecimal():
            return bytes(await response.body_reader.bytes())
        parts: list[bytes] = []
        size = 0
        while (chunk := await response.body_reader.read_chunk()) is not None:
            parts.append(bytes(chunk))
            size += len(parts[-1])
            if size > limit:
                raise Refusal("gateway.provider.too_large", limit=limit)
        return b"".join(parts)
    except PyreqwestError as error:
        raise _failed(error, "gateway.provider.broke_off") from error


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


def _failed(error: PyreqwestError, code: str = "gateway.provider.unreachable") -> Refusal:
    return Refusal("gateway.provider.timeout" if isinstance(error, RequestTimeoutError) else code)
