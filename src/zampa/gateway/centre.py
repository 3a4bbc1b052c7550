"""What a gateway says to its centre: each request signed with the gateway's own key (RFC 9421)."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from urllib.parse import urlsplit

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import PyreqwestError

from zampa.evidence import http_signatures as signatures
from zampa.evidence import suites
from zampa.gateway.enrolment import Keys
from zampa.ground.digests import b64
from zampa.ground.errors import Unavailable

POLL_SECONDS = 20
ROOT = "/api/gateway/v1"


class Centre:
    """The centre at one address. Every method raises Unavailable when it does not answer."""

    def __init__(self, address: str, keys: Keys) -> None:
        self.address = address
        self.keys = keys
        self.key_id = suites.key_id(keys.sign.public)
        self.client = (
            ClientBuilder().http1_only().no_proxy().follow_redirects(False).user_agent("zampa-gateway")
            .connect_timeout(timedelta(seconds=5)).timeout(timedelta(seconds=POLL_SECONDS + 15)).build()
        )

    async def enrol(self, body: bytes) -> bytes:
        """The answer to an enrolment; Unavailable with the status when it was not taken."""
        status, answer = await self.ask("POST", "/enrol", body=body)
        if status not in (200, 201):
            raise Unavailable("gateway.centre.refused", what="enrol", status=status)
        return answer

    async def book(self, have: int) -> bytes | None:
        """The signed book when another one is in force than `have`; waits up to 20 s for one."""
        status, answer = await self.ask("GET", "/book", f"have={have}")
        if status in (204, 304):
            return None
        if status not in (200, 201):
            raise Unavailable("gateway.centre.refused", what="book", status=status)
        return answer

    async def push(self, envelope: bytes) -> bytes:
        status, answer = await self.ask("POST", "/segments", body=envelope)
        if status not in (200, 201):
            raise Unavailable("gateway.centre.refused", what="segments", status=status)
        return answer

    async def covered(self, held: bytes) -> bytes:
        """Hand over the newest checkpoint held here (JSON of Signed, or null); what the centre holds and covers."""
        status, answer = await self.ask("POST", "/covered", body=b'{"checkpoint":' + held + b"}")
        if status not in (200, 201):
            raise Unavailable("gateway.centre.refused", what="covered", status=status)
        return answer

    async def ask(self, method: str, path: str, query: str = "", body: bytes = b"") -> tuple[int, bytes]:
        parts = urlsplit(self.address)
        whole = f"{parts.path}{ROOT}{path}"
        headers = {"content-type": "application/json"} if body else {}
        message = signatures.Message(
            method, parts.netloc, whole, query, parts.scheme,
            {**headers, "content-length": str(len(body))} if body else headers,
        )
        headers |= signatures.sign_request(
            message, body, key_id=self.key_id, algorithm=self.keys.sign.algorithm, tag=signatures.CENTRE_TAG,
            nonce=b64(os.urandom(18)), created=int(time.time()), sign=self.keys.sign.sign,
        )
        url = f"{parts.scheme}://{parts.netloc}{whole}{'?' + query if query else ''}"
        request = self.client.request(method, url).headers(headers)
        try:
            response = await (request.body_bytes(body) if body else request).build().send()
            return response.status, bytes(await response.bytes())
        except (TimeoutError, PyreqwestError) as error:
            raise Unavailable("gateway.centre.unreachable") from error
