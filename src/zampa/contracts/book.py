"""The grant book: what one gateway may serve, to whom, until when. Signed, dated, expiring, numbers only rise."""

from __future__ import annotations

from typing import Literal

import msgspec

from zampa.contracts.flowspecs import Filter, GrantedField
from zampa.contracts.schemas import TableSchema

BOOK_FORMAT = 1
BOOK_PURPOSE = "book"  # of the signed envelope a book travels in
Action = Literal["query", "verify", "pass"]


class BookKey(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer's key. `material`: base64url SHA-256 of a bearer key, or the raw public key of a signing key."""

    id: str
    consumer: str
    department: str
    algorithm: Literal["bearer", "ed25519", "ecdsa-p256-sha256", "sm2-sm3"]
    material: str
    not_after: str = ""


class BookService(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's table or HTTP service as this gateway reaches it; `sealed` opens with the gateway's key only.

    The sealed bytes hold the canonical JSON of a contracts.deliveries.Endpoint.
    """

    id: str
    resource: str
    kind: Literal["table", "http"]
    sealed: str
    schema: TableSchema | None = None
    methods: tuple[str, ...] = ("GET",)
    path: str = "/"
    response: Literal["", "json", "ndjson"] = ""


class BookGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as the gateway enforces it. Times are RFC 3339 UTC; `sealed_mask_key` is 32 sealed bytes.

    `fields` empty on a pass-through service means granted whole.
    """

    id: str
    number: str
    consumer: str
    department: str
    resource: str
    resource_code: str
    service: str
    actions: tuple[Action, ...]
    fields: tuple[GrantedField, ...]
    purpose: str
    not_before: str
    not_after: str
    row_filter: Filter | None = None
    quota_per_day: int = 0
    rate_per_minute: int = 0
    sealed_mask_key: str = ""


class GrantBook(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    installation: str
    gateway: str
    number: int
    issued: str
    expires: str
    suite: str
    keys: tuple[BookKey, ...]
    services: tuple[BookService, ...]
    grants: tuple[BookGrant, ...]


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A signed envelope: `payload` is the exact bytes signed (base64url), under `purpose` as a domain tag."""

    purpose: str
    payload: str
    algorithm: str
    key_id: str
    signature: str


def service_context(service: str) -> str:
    """The context under which a service's endpoint is sealed, so that it opens for no other service."""
    return f"book service {service}"


def mask_key_context(grant: str) -> str:
    """The context under which a grant's mask key is sealed."""
    return f"book mask {grant}"
