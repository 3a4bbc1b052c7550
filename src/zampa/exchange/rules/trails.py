"""What makes a trail segment acceptable, and what its records say of each call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from zampa.contracts.calls import TRAIL_FORMAT, Call, CallClosed, CallOpened, Segment, TrailRecord
from zampa.evidence import merkle
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid

MOST_RECORDS = 10_000
_decoder = msgspec.json.Decoder(TrailRecord)  # type: ignore[arg-type, var-annotated]


@dataclass
class Seen:
    """One call as one segment tells it; `*_at` are the places of its records in the segment."""

    call: str
    opened: CallOpened | None = None
    closed: CallClosed | None = None
    opened_at: int = 0
    closed_at: int = 0


def root_of(records: Sequence[str]) -> bytes:
    """The Merkle root over the exact record bytes (RFC 6962 section 2.1)."""
    return merkle.root_of(merkle.leaf_hash(text.encode()) for text in records)


def check_segment(segment: Segment, gateway: str) -> None:
    """NotValid unless it is this gateway's, of a known format, whole, and its root is that of its records."""
    if segment.gateway != gateway:
        raise NotValid("exchange.trail.other_gateway")
    if not 1 <= segment.format <= TRAIL_FORMAT:
        raise NotValid("exchange.trail.format", format=segment.format)
    if segment.count != len(segment.records) or not 1 <= segment.count <= MOST_RECORDS or segment.first < 0:
        raise NotValid("exchange.trail.count", count=segment.count)
    if segment.root.rsplit(":", 1)[-1] != b64(root_of(segment.records)):
        raise NotValid("exchange.trail.root")


def place(segment: Segment, through: int | None) -> str:
    """ "new", or "known" when its numbers were taken in before; Conflict on a gap or an overlap.

    `through`: the last number taken in of this epoch, None for a new epoch, which begins where it says.
    """
    if through is None:
        return "new"
    if segment.first + segment.count - 1 <= through:
        return "known"
    if segment.first != through + 1:
        raise Conflict("exchange.trail.gap", expected=through + 1, first=segment.first)
    return "new"


def calls_of(segment: Segment) -> list[Seen]:
    """The calls of a segment in the order they were first written; NotValid names the record that cannot be read."""
    seen: dict[str, Seen] = {}
    for index, text in enumerate(segment.records):
        try:
            record = _decoder.decode(text)
        except msgspec.DecodeError as error:
            raise NotValid("exchange.trail.record", number=segment.first + index) from error
        opened = record.opened if isinstance(record, Call) else record if isinstance(record, CallOpened) else None
        closed = record.closed if isinstance(record, Call) else record if isinstance(record, CallClosed) else None
        name = (opened or closed).call  # type: ignore[union-attr]
        one = seen.setdefault(name, Seen(name))
        if (opened and one.opened) or (closed and one.closed):
            raise NotValid("exchange.trail.call_twice", number=segment.first + index)
        if opened is not None:
            one.opened, one.opened_at = opened, index
        if closed is not None:
            one.closed, one.closed_at = closed, index
    return list(seen.values())
