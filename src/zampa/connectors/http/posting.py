"""Posting JSON to one address outside, through the same door as every source: the checked address, no redirects, no
proxy, a short time limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from pyreqwest.client import SyncClientBuilder
from pyreqwest.exceptions import BuilderError, PyreqwestError

from zampa.connectors.addresses import AddressPolicy, resolve_url
from zampa.ground.errors import NotValid, Unavailable

SECONDS = timedelta(seconds=10)
CONNECT = timedelta(seconds=5)


def post_all(url: str, bodies: Iterable[tuple[object, bytes]], policy: AddressPolicy) -> Iterator[object]:
    """Post each body in turn and yield its key once it was taken (200 to 299).

    NotAllowed for an address that may not be reached, NotValid for one that cannot be, Unavailable when the receiver
    does not take one; what came before it was taken.
    """
    host, address, port = resolve_url(url, policy)
    builder = (
        SyncClientBuilder().follow_redirects(False).no_proxy().http1_only().timeout(SECONDS).connect_timeout(CONNECT)
        .resolve(host, address, port)
    )  # fmt: skip
    with builder.build() as made:
        for key, body in bodies:
            try:
                answer = made.post(url).header("content-type", "application/json").body_bytes(body).build().send()
            except BuilderError:
                raise NotValid("connectors.bad_endpoint", host=host, port=port) from None
            except PyreqwestError:
                raise Unavailable("connectors.unreachable", host=host, port=port, why="connect") from None
            if not 200 <= answer.status < 300:
                raise Unavailable("connectors.busy_server", host=host)
            yield key
