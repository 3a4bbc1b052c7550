"""Evidence of one request, delivery or call: a file that `zampa verify` checks without us.

The chain is always the whole story the asker may read: request, decisions, grant, deliveries, and for a call the trail
segment with the call's own path in it. Records not yet covered by a checkpoint are told to wait, never left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.conf import settings

from zampa.contracts.actors import Actor, Subject
from zampa.contracts.book import Signed
from zampa.contracts.calls import Segment
from zampa.contracts.evidence import EVIDENCE_FORMAT
from zampa.evidence import files, merkle
from zampa.evidence.checkpoints import read_checkpoint
from zampa.evidence.envelopes import payload_of
from zampa.exchange.models import CallRow, Grant, TrailSegment
from zampa.exchange.queries import scope
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotFound
from zampa.ledger import keys
from zampa.ledger import queries as ledger
from zampa.ledger.models import Record

_ROLES: dict[str, files.Role] = {
    "exchange:request:granted": "grant",
    "exchange:request:signed": "decision",
    "exchange:request:refused": "decision",
    "exchange:request:returned": "decision",
}
KINDS = ("request", "delivery", "call")


def evidence_file(actor: Actor, kind: str, subject_id: UUID | str) -> tuple[str, bytes]:
    """A name for the file and its bytes; NotFound as the scoped queries say."""
    found = evidence_of(actor, kind, subject_id)
    return f"evidence-{kind}-{found.subject.name or subject_id}.json", files.write(found)


def evidence_of(actor: Actor, kind: str, subject_id: UUID | str) -> files.EvidenceFile:
    """The evidence file of a request, delivery or call that this actor may see.

    Conflict (ledger.record.waiting) while a record of it has no place in the log yet, a second at most.
    """
    checkpoint = ledger.latest_checkpoint()
    if checkpoint is None:
        raise Conflict("ledger.record.waiting")
    if kind == "request":
        request = scope.request(actor, subject_id)
        grant = Grant.objects.filter(request=request).first()
        return _file(actor, checkpoint, _story(actor, request.pk, grant), _subject(request.pk, request.number), ())
    if kind == "delivery":
        delivery = scope.delivery(actor, subject_id)
        grant = delivery.grant
        rows = [*_story(actor, grant.request_id, grant), *ledger.records_about(actor, "exchange.delivery", delivery.pk)]
        return _file(actor, checkpoint, rows, _subject(grant.request_id, delivery.number), ())
    if kind == "call":
        return _of_call(actor, checkpoint, scope.call(actor, subject_id))
    raise NotFound("exchange.evidence.unknown_kind")


def _subject(request_id: UUID, name: str) -> Subject:
    return Subject("exchange.request", str(request_id), name)


def _of_call(actor: Actor, checkpoint: Signed, row: CallRow) -> files.EvidenceFile:
    """The call's records with their paths in their segments; without a grant the segments alone tell of the refusal."""
    grant = Grant.objects.filter(pk=row.grant).first() if row.grant else None
    story = _story(actor, grant.request_id, grant) if grant else []
    places = {(row.opened_segment, row.opened_index), (row.closed_segment, row.closed_index)}
    calls = tuple(_call(segment, index) for segment, index in sorted_places(places))
    held = {segment.record for segment, _ in places if segment is not None}
    segments = list(Record.objects.select_related("position", "body").filter(pk__in=held))
    subject = Subject("exchange.call", str(row.pk), row.call) if grant is None else _subject(grant.request_id, row.call)
    return _file(actor, checkpoint, [*story, *segments], subject, calls)


def sorted_places(places: Iterable[tuple[TrailSegment | None, int]]) -> list[tuple[TrailSegment, int]]:
    known = [(segment, index) for segment, index in places if segment is not None]
    return sorted(known, key=lambda place: (place[0].first, place[1]))


def segment_of(row: TrailSegment) -> Segment:
    """The segment exactly as its gateway signed it."""
    signed = msgspec.json.decode(zlib.decompress(bytes(row.content)), type=Signed)
    return msgspec.json.decode(payload_of(signed), type=Segment)


def _call(row: TrailSegment, index: int) -> files.EvidenceCall:
    records = segment_of(row).records
    leaves = [merkle.leaf_hash(text.encode()) for text in records]
    path = merkle.inclusion(merkle.subtrees_of(leaves), index, len(leaves))
    number = Record.objects.select_related("position").get(pk=row.record).number
    if number is None:
        raise Conflict("ledger.record.waiting")
    return files.EvidenceCall(
        record=records[index],
        index=index,
        count=len(leaves),
        path=tuple(b64(part) for part in path),
        segment=number,
    )


def _story(actor: Actor, request_id: UUID, grant: Grant | None) -> list[Record]:
    rows = list(ledger.records_about(actor, "exchange.request", request_id))
    if grant is not None:
        rows += list(ledger.records_about(actor, "exchange.grant", grant.pk))
    return rows


def _file(
    actor: Actor, checkpoint: Signed, rows: Iterable[Record], subject: Subject, calls: tuple[files.EvidenceCall, ...]
) -> files.EvidenceFile:
    size = read_checkpoint(checkpoint).size
    records = sorted((_record(row, size) for row in rows), key=lambda made: made.number)
    return files.EvidenceFile(
        format=EVIDENCE_FORMAT,
        origin=read_checkpoint(checkpoint).origin or settings.ZAMPA_INSTALLATION,
        made=iso(utc_now()),
        subject=subject,
        records=tuple(records),
        checkpoint=checkpoint,
        calls=calls,
        announcements=ledger.announcements(),
        keys=tuple(key.text for key in keys.anchors()),
    )


def _record(row: Record, size: int) -> files.EvidenceRecord:
    """A record with its body and salt, which its readers may pass on as they may any paper."""
    number = row.number
    if number is None or number >= size:
        raise Conflict("ledger.record.waiting")
    body = getattr(row, "body", None)
    role: files.Role = _ROLES.get(row.event, "other")
    if row.event.startswith("exchange:request:") and role == "other":
        role = "request"
    elif row.event.startswith("exchange:delivery:"):
        role = "delivery"
    elif row.event == "exchange:segment:taken_in":
        role = "segment"
    return files.EvidenceRecord(
        role=role,
        number=number,
        leaf=row.leaf,
        path=ledger.path_of(number, size),
        salt=b64(bytes(body.salt)) if body else "",
        body=body.content if body else "",
    )
