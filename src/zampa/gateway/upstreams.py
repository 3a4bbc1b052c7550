"""The way to a provider's HTTP service: one checked address, no redirects, no proxies, kept connections.

A name is resolved here and the client is pinned to the address that was checked; otherwise a second look-up by the
client could lead elsewhere. The name is looked up again every half minute, so a provider may move.
"""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from pyreqwest.client import Client, ClientBuilder

from zampa.connectors.addresses import AddressPolicy, resolve_url
from zampa.contracts.deliveries import Endpoint
from zampa.gateway.books import Plan
from zampa.gateway.refusals import Refusal
from zampa.ground.errors import NotAllowed, ZampaError

LOOK_AGAIN = 30.0


@dataclass(slots=True)
class Upstream:
    """A client pinned to one address; `base` has no slash at its end."""

    client: Client
    base: str
    headers: list[tuple[str, str]]
    address: str
    until: float


class Upstreams:
    """Clients by service. `seconds`: how long a provider may stay silent."""

    def __init__(self, policy: AddressPolicy, seconds: int) -> None:
        self.policy = policy
        self.seconds = seconds
        self.known: dict[tuple[str, str], Upstream] = {}

    async def of(self, plan: Plan) -> Upstream:
        """The client for a plan's service; Refusal when its address is not allowed or not found."""
        assert plan.service is not None
        name = (plan.service.id, plan.service.sealed)
        found = self.known.get(name)
        now = time.monotonic()
        if found is not None and now < found.until:
            return found
        endpoint = plan.endpoint
        try:
            host, address, port = await asyncio.to_thread(resolve_url, endpoint.url, self.policy)
        except NotAllowed as error:
            raise Refusal("gateway.provider.address") from error
        except ZampaError as error:
            raise Refusal("gateway.provider.unreachable") from error
        if found is not None and found.address == address:
            found.until = now + LOOK_AGAIN
            return found
        made = self._made(endpoint, plan, host, address, port)
        self.known[name] = made
        return made

    def _made(self, endpoint: Endpoint, plan: Plan, host: str, address: str, port: int) -> Upstream:
        assert plan.service is not None
        builder = (
            ClientBuilder().http1_only().no_proxy().follow_redirects(False).referer(False).gzip(False).brotli(False)
            .zstd(False).deflate(False).user_agent("zampa-gateway").connect_timeout(timedelta(seconds=5))
            .read_timeout(timedelta(seconds=self.seconds)).resolve(host, address, port)
        )
        parts = urlsplit(endpoint.url)
        path = (parts.path.rstrip("/") + "/" + plan.service.path.lstrip("/")).rstrip("/")
        return Upstream(
            builder.build(), f"{parts.scheme}://{parts.netloc}{path}", provider_headers(endpoint), address,
            time.monotonic() + LOOK_AGAIN,
        )


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
