"""The way to a provider's HTTP service: one checked address, no redirects, no proxies, kept links.

A name is resolved here and links go to the address that was checked; otherwise a second look-up by a client could lead
elsewhere. The name is looked up again every half minute, so a provider may move.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from zampa.connectors.addresses import AddressPolicy, resolve_url
from zampa.contracts.deliveries import Endpoint
from zampa.gateway.books import Plan
from zampa.gateway.links import Link, LinkFailed, secure
from zampa.gateway.refusals import Refusal
from zampa.ground.errors import NotAllowed, ZampaError

LOOK_AGAIN = 30.0
CONNECT_SECONDS = 5.0
IDLE_SECONDS = 15.0  # shorter than most servers keep theirs: a link is rarely closed under our hands
IDLE_LINKS = 128
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class Upstream:
    """Links to one address. `path` has no slash at its end; `fixed` are the header lines of every request."""

    def __init__(self, host: str, address: str, port: int, context: ssl.SSLContext | None, seconds: float) -> None:
        self.host = host
        self.address = address
        self.port = port
        self.context = context
        self.seconds = seconds
        self.path = ""
        self.fixed = b""
        self.until = 0.0
        self.idle: list[tuple[float, Link]] = []
        self.busy: set[Link] = set()

    async def ask(self, method: str, head: bytes, body: bytes | AsyncIterator[bytes] = b"") -> Link:
        """The answer's head on its link, which `release` takes back. LinkFailed."""
        while True:
            link, fresh = self._kept(), False
            if link is None:
                link, fresh = await self._connect(), True
            self.busy.add(link)
            try:
                await link.ask(method, head, body)
                return link
            except BaseException:
                self.release(link)
                # A kept link that the provider closed meanwhile has carried nothing: ask once more, if asking twice
                # could not do anything twice.
                if fresh or link.touched or method not in SAFE or link.failed is None or link.failed.why == "timeout":
                    raise

    def release(self, link: Link) -> None:
        """Keep the link when its answer ended whole, else end it."""
        self.busy.discard(link)
        if link.reusable and len(self.idle) < IDLE_LINKS:
            self.idle.append((link.loop.time() + IDLE_SECONDS, link))
        else:
            link.give_up("released")

    def _kept(self) -> Link | None:
        now = 0.0
        while self.idle:
            until, link = self.idle.pop()
            now = now or link.loop.time()
            if not link.lost and now < until:
                return link
            link.give_up("released")
        return None

    async def _connect(self) -> Link:
        loop = asyncio.get_running_loop()
        name = self.host if self.context is not None else None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, link = await loop.create_connection(
                    lambda: Link(loop, self.seconds), self.address, self.port, ssl=self.context, server_hostname=name
                )
        except TimeoutError as error:
            raise LinkFailed("timeout") from error
        except OSError as error:  # refused, no route, a certificate that is not theirs
            raise LinkFailed("unreachable") from error
        return link

    def sweep(self, now: float) -> None:
        """Give up silent providers and links kept too long."""
        for link in [link for link in self.busy if link.deadline < now and link.silent]:
            link.give_up("timeout")
        over = [link for until, link in self.idle if until <= now or link.lost]
        self.idle = [(until, link) for until, link in self.idle if until > now and not link.lost]
        for link in over:
            link.give_up("released")


class Upstreams:
    """Ways by service. `seconds`: how long a provider may stay silent."""

    def __init__(self, policy: AddressPolicy, seconds: int) -> None:
        self.policy = policy
        self.seconds = seconds
        self.known: dict[tuple[str, str], Upstream] = {}
        self._context: ssl.SSLContext | None = None
        self._sweeping = False

    def ready(self, plan: Plan) -> Upstream | None:
        """The way to a plan's service when it was looked up lately."""
        assert plan.service is not None
        found = self.known.get((plan.service.id, plan.service.sealed))
        return found if found is not None and time.monotonic() < found.until else None

    async def of(self, plan: Plan) -> Upstream:
        """The way to a plan's service; Refusal when its address is not allowed or not found."""
        loop = asyncio.get_running_loop()
        found = self.ready(plan)
        if found is not None:
            return found
        assert plan.service is not None
        name = (plan.service.id, plan.service.sealed)
        endpoint = plan.endpoint
        try:
            host, address, port = await asyncio.to_thread(resolve_url, endpoint.url, self.policy)
        except NotAllowed as error:
            raise Refusal("gateway.provider.address") from error
        except ZampaError as error:
            raise Refusal("gateway.provider.unreachable") from error
        until = time.monotonic() + LOOK_AGAIN
        found = self.known.get(name)
        if found is None or found.address != address:
            found = self.known[name] = self._made(endpoint, plan, host, address, port)
        found.until = until
        if not self._sweeping:
            self._sweeping = True
            self._sweep(loop)
        return found

    def _made(self, endpoint: Endpoint, plan: Plan, host: str, address: str, port: int) -> Upstream:
        assert plan.service is not None
        parts = urlsplit(endpoint.url)
        if parts.scheme == "https" and self._context is None:
            self._context = secure()
        made = Upstream(host, address, port, self._context if parts.scheme == "https" else None, self.seconds)
        made.path = (parts.path.rstrip("/") + "/" + plan.service.path.lstrip("/")).rstrip("/")
        ours = [("host", parts.netloc), ("user-agent", "zampa-gateway")]
        headers = [*ours, *provider_headers(endpoint)]
        if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in headers):
            raise Refusal("gateway.grant.no_service")
        made.fixed = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
        return made

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for upstream in self.known.values():
            upstream.sweep(now)
        loop.call_later(1.0, self._sweep, loop)


def provider_headers(endpoint: Endpoint) -> list[tuple[str, str]]:
    """What the provider wants to see, by connectors.http's options: `header:NAME`, the secret as `auth` says."""
    options = endpoint.options
    headers = [(name[7:], value) for name, value in options.items() if name.startswith("header:")]
    if not endpoint.secret:
        return headers
    how = options.get("auth", "header" if "secret_header" in options else "bearer")
    if how == "basic":
        pair = base64.b64encode(f"{endpoint.user}:{endpoint.secret}".encode()).decode()
        return [*headers, ("authorization", f"Basic {pair}")]
    if how == "header":
        return [*headers, (options.get("secret_header", "x-api-key"), endpoint.secret)]
    return [*headers, ("authorization", f"Bearer {endpoint.secret}")]
