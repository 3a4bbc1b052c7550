"""What a gateway writes of a call. No value of a query or an answer stands here, only salted commitments."""

from __future__ import annotations

from typing import Literal

import msgspec

TRAIL_FORMAT = 1
SEGMENT_PURPOSE = "segment"  # of the signed envelope a segment travels in
CLOSED_PURPOSE = "call"  # of the signed closed record of a streamed answer
Outcome = Literal["answered", "refused", "provider_failed", "consumer_gone", "failed"]


class CallOpened(msgspec.Struct, frozen=True, kw_only=True, tag="opened", omit_defaults=True):
    """Durable before the first byte leaves. Empty `grant` or `consumer`: refused before one was known."""

    call: str
    at: str
    consumer: str = ""
    key: str = ""
    grant: str = ""
    resource: str = ""
    action: str = ""
    nonce: str = ""
    request: str = ""  # commitment to method, path, query and body
    book: int = 0
    probe: str = ""  # verify call: keyed digests of key and value set, under a key of the day that never leaves


class CallClosed(msgspec.Struct, frozen=True, kw_only=True, tag="closed", omit_defaults=True):
    """Durable before the last byte leaves."""

    call: str
    at: str
    outcome: Outcome
    status: int
    reason: str = ""
    rows: int = 0
    bytes: int = 0
    answer: str = ""  # commitment to the answer's body
    milliseconds: int = 0
    sent: str = ""  # commitment to a request body that was streamed
    alarm: str = ""  # a code, when this call made somebody look: "gateway.verify.miss_run"


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call", omit_defaults=True):
    """Both records in one, for an answer that is buffered (up to 1 MiB)."""

    opened: CallOpened
    closed: CallClosed


TrailRecord = CallOpened | CallClosed | Call


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """At most one second or 10,000 records of a trail: a Merkle tree (RFC 6962) whose root is one ledger record.

    `records` are the exact record bytes as text; leaf i is the hash of records[i]. `first` is the trail
    number of the first record; numbers have no gaps within an epoch.
    """

    format: int
    gateway: str
    epoch: str
    first: int
    count: int
    root: str
    opened: str
    closed: str
    records: tuple[str, ...]
