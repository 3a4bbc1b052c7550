"""One GET, bounded: the checked address, no redirects, no proxy, no unpacking, a size limit and a time limit.

Options of the connection: `auth` bearer (the default when there is a secret), basic or header; `secret_header` its
name; `header:NAME` for headers that are no secret.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import BuilderError, ConnectError, PyreqwestError, RequestTimeoutError

from zampa.connectors.addresses import AddressPolicy, resolve_url
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import NotAllowed, NotFound, NotValid, Unavailable, ZampaError

MAX_ANSWER = 64 << 20
SECONDS = timedelta(seconds=60)
CONNECT = timedelta(seconds=8)
_PATH = re.compile(r"[^\s?#%\\\x00-\x20]*")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


def address_of(endpoint: Endpoint, ref: TableRef) -> str:
    """The address of a table: a plain path below the connection's, so that nobody climbs out of it."""
    path = ref.name.strip("/")
    if not _PATH.fullmatch(path) or any(part in ("", ".", "..") for part in path.split("/") if path):
        raise NotValid("connectors.name_not_allowed", name=ref.name, limit=1024)
    return endpoint.url.rstrip("/") + ("/" + path if path else "")


@contextmanager
def client(endpoint: Endpoint, policy: AddressPolicy) -> Iterator[SyncClient]:
    """A client that can only reach the one address that was checked."""
    host, address, port = resolve_url(endpoint.url, policy)
    builder = (
        SyncClientBuilder().follow_redirects(False).no_proxy().http1_only().timeout(SECONDS).connect_timeout(CONNECT)
        .gzip(False).brotli(False).zstd(False).deflate(False).resolve(host, address, port)
    )
    with builder.build() as made:
        yield made


def get(made: SyncClient, endpoint: Endpoint, url: str, query: dict[str, str]) -> bytes:
    """The body of a 200 answer; every other answer is one of the five errors."""
    host = endpoint.url.split("//", 1)[-1].split("/", 1)[0]
    try:
        request = made.get(url).header("accept", "application/json")
        for name, value in _headers(endpoint).items():
            request = request.header(name, value, is_sensitive=True)
        if query:
            request = request.query(query)
        with request.build_streamed() as answer:
            _refuse(answer.status, host, url)
            held = bytearray()
            while block := answer.body_reader.read_chunk():
                held += bytes(block)
                if len(held) > MAX_ANSWER:
                    raise NotValid("connectors.too_large", what="answer", limit=MAX_ANSWER)
            return bytes(held)
    except ZampaError:
        raise
    except BuilderError:
        raise NotValid("connectors.bad_endpoint", host=host, port=0) from None
    except ConnectError:
        raise Unavailable("connectors.unreachable", host=host, port=0, why="connect") from None
    except RequestTimeoutError:
        raise Unavailable("connectors.timeout", host=host) from None
    except PyreqwestError:
        raise Unavailable("connectors.broken_off", host=host, state="") from None


def _refuse(status: int, host: str, url: str) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise NotAllowed("connectors.bad_password", host=host, user="")
    if status in (404, 410):
        raise NotFound("connectors.no_such_table", table=url.split("//", 1)[-1].partition("/")[2])
    if 300 <= status < 400:
        raise NotValid("connectors.redirected", host=host, status=status)
    if status in (429, 503):
        raise Unavailable("connectors.busy_server", host=host)
    if status >= 500:
        raise Unavailable("connectors.broken_off", host=host, state=str(status))
    raise NotValid("connectors.engine_refused", host=host, state=str(status), table="")


def _headers(endpoint: Endpoint) -> dict[str, str]:
    found = {name[7:]: value for name, value in endpoint.options.items() if name.startswith("header:")}
    if endpoint.secret:
        how = endpoint.options.get("auth", "header" if "secret_header" in endpoint.options else "bearer")
        if how == "basic":
            pair = base64.b64encode(f"{endpoint.user}:{endpoint.secret}".encode()).decode()
            found["authorization"] = f"Basic {pair}"
        elif how == "header":
            found[endpoint.options.get("secret_header", "x-api-key")] = endpoint.secret
        else:
            found["authorization"] = f"Bearer {endpoint.secret}"
    if not all(_HEADER.fullmatch(name) and value.isascii() and value.isprintable() for name, value in found.items()):
        raise NotValid("connectors.bad_endpoint", host="header", port=0)
    return found
