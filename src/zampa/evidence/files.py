"""The evidence file: one story out of the ledger, to be checked by a court, an auditor or the other party without us.

It holds the records of one chain (request, decisions, grant, deliveries, trail segments), each with the exact leaf that
was hashed, what it says and the salt of the commitment to it, and its path to one signed checkpoint; calls with
their path inside a trail segment; and the checkpoints that announced later signing keys.

Format 0, read but no longer written, had no `announcements`; a reader of format N reads N-1.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from zampa.contracts.actors import Subject
from zampa.contracts.book import Signed
from zampa.contracts.evidence import EVIDENCE_FORMAT
from zampa.evidence.logs import check_format
from zampa.ground.errors import NotValid

Role = Literal["request", "decision", "grant", "delivery", "segment", "other"]


class EvidenceRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record: `leaf` is the hashed text, `path` leads from place `number` to the file's checkpoint (RFC 6962 2.1.1).
    Without `body` (deleted, or not for the one who asked) the record proves that and when, not what."""

    role: Role
    number: int
    leaf: str
    path: tuple[str, ...]
    salt: str = ""
    body: str = ""


class EvidenceCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call: the exact trail record (contracts.calls), its place in the segment's tree of `count` records, the path
    there, and `segment`, the number of the ledger record that carries the segment's root."""

    record: str
    index: int
    count: int
    path: tuple[str, ...]
    segment: int


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="evidence"):
    """`keys`: public keys as the installation itself says; a reader believes its own anchors only."""

    format: int
    origin: str
    made: str
    subject: Subject
    records: tuple[EvidenceRecord, ...]
    checkpoint: Signed
    calls: tuple[EvidenceCall, ...] = ()
    announcements: tuple[Signed, ...] = ()
    keys: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(EvidenceFile)


def write(file: EvidenceFile) -> bytes:
    """The file's bytes: JSON with one member a line, since people look at it too."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def read(data: bytes) -> EvidenceFile:
    """The inverse; NotValid when it is no evidence file or of a format this program cannot read."""
    try:
        file = _decoder.decode(data)
    except ValueError as error:
        raise NotValid("evidence.log.not_a_log") from error
    check_format(file.format, EVIDENCE_FORMAT)
    return file
