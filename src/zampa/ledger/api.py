"""The ledger as JSON. Checkpoints, leaf hashes, proofs are public: who may not read a record may still check it."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Schema

from zampa.contracts.actors import Actor
from zampa.contracts.book import Signed
from zampa.evidence.live import PAGE
from zampa.ground.errors import NotFound, NotValid
from zampa.ledger import exports, keys, models, queries

router = Router(tags=["ledger"])
MOST = 200


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class Envelope(Schema):
    purpose: str
    payload: str
    algorithm: str
    key_id: str
    signature: str


class StateOut(Schema):
    """The newest signed state, and what trust in its key needs: announcements, epochs, the keys that signed."""

    checkpoint: Envelope | None
    announcements: list[Envelope]
    epochs: list[Envelope]
    keys: list[str]


class LeavesOut(Schema):
    start: int
    count: int
    hashes: str
    twins: str


class ProofOut(Schema):
    """`path` leads from H(0x00 || leaf) at `index` to the root of `size`; `leaf` is told to readers only."""

    id: UUID
    index: int
    size: int
    hash: str
    path: list[str]
    twin_path: list[str]
    checkpoint: Envelope


class ConsistencyOut(Schema):
    old: int
    new: int
    path: list[str]


class RecordOut(Schema):
    id: UUID
    number: int | None
    at: datetime
    event: str
    actor_kind: str
    actor: str
    actor_name: str
    subject_kind: str
    subject: str
    subject_name: str
    cause: UUID | None
    facts: dict[str, Any] | None
    leaf: str
    salt: str


class RecordsOut(Schema):
    records: list[RecordOut]
    before: UUID | None


class RecordFilter(Schema):
    event: str = ""
    actor: str = ""
    subject_kind: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    count: int = 50


@router.get("/checkpoint", response=StateOut, auth=None)
def checkpoint(request: HttpRequest) -> dict[str, object]:
    newest = queries.latest_checkpoint()
    return {
        "checkpoint": _envelope(newest) if newest else None,
        "announcements": [_envelope(signed) for signed in queries.announcements()],
        "epochs": [_envelope(signed) for signed in queries.epochs()],
        "keys": [key.text for key in keys.anchors()],
    }


@router.get("/checkpoints", response=list[Envelope], auth=None)
def checkpoints(request: HttpRequest, size: int = 0, count: int = 50) -> list[dict[str, str]]:
    """Checkpoints over at least `size` records, oldest first."""
    rows = models.Checkpoint.objects.filter(size__gte=size).order_by("id")[: max(1, min(count, MOST))]
    return [_envelope(queries.signed_of(row)) for row in rows]


@router.get("/leaves", response=LeavesOut, auth=None)
def leaves(request: HttpRequest, start: int = 0, count: int = PAGE) -> dict[str, object]:
    """Leaf hashes from `start` on, 32 bytes each, and their SM3 twins, in base64."""
    if start < 0 or count < 1:
        raise NotValid("evidence.merkle.outside", index=start, size=queries.log_size())
    end = min(start + min(count, PAGE), queries.log_size())
    pairs = list(exports.leaf_hashes(start, end)) if start < end else []
    return {
        "start": start,
        "count": len(pairs),
        "hashes": base64.b64encode(b"".join(main for main, _ in pairs)).decode(),
        "twins": base64.b64encode(b"".join(twin for _, twin in pairs)).decode(),
    }


@router.get("/proof/{id}", response=ProofOut, auth=None)
def proof(request: HttpRequest, id: UUID, size: int | None = None) -> dict[str, object]:
    """The inclusion proof of a record, by its id, to the newest checkpoint or to the one over `size` records."""
    located = queries.proof_of(id, size=size)
    hash_ = next(iter(exports.leaf_hashes(located.number, located.number + 1)))[0]
    return {
        "id": id,
        "index": located.number,
        "size": located.proof.size,
        "hash": base64.b64encode(hash_).decode(),
        "path": list(located.proof.path),
        "twin_path": list(queries.path_of(located.number, located.proof.size, "sm3")),
        "checkpoint": _envelope(located.checkpoint),
    }


@router.get("/consistency", response=ConsistencyOut, auth=None)
def consistency(request: HttpRequest, old: int, new: int) -> dict[str, object]:
    """The proof that the first `old` records stand unchanged at the beginning of the first `new`."""
    return {"old": old, "new": new, "path": list(queries.consistency(old, new))}


@router.get("/records", response=RecordsOut)
def records(request: Asked, filters: Query[RecordFilter]) -> dict[str, object]:
    """The records that the caller may read, newest first; `before` of the answer asks for the next page."""
    found = queries.readable(request.actor)
    for name in ("event", "actor", "subject_kind", "subject"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    if filters.since:
        found = found.filter(at__gte=filters.since)
    if filters.until:
        found = found.filter(at__lt=filters.until)
    if filters.before:
        found = found.filter(id__lt=filters.before)
    count = max(1, min(filters.count, MOST))
    rows = list(found.order_by("-id")[: count + 1])
    more = len(rows) > count
    told = [_told(request.actor, row) for row in rows[:count]]
    return {"records": told, "before": rows[count - 1].id if more else None}


@router.get("/records/{id}", response=RecordOut)
def record(request: Asked, id: UUID) -> dict[str, object]:
    """One record with its exact leaf and the salt of its commitment, for those who may read it."""
    return _told(request.actor, queries.record(request.actor, id))


@router.get("/records/number/{number}", response=RecordOut)
def record_at(request: Asked, number: int) -> dict[str, object]:
    """The record at a place of the log."""
    found = queries.readable(request.actor).filter(position__number=number).first()
    if found is None:
        raise NotFound("ledger.record.unknown")
    return _told(request.actor, found)


def _told(actor: Actor, row: models.Record) -> dict[str, object]:
    body = queries.body_of(actor, row)
    held = getattr(row, "body", None)
    return {
        "id": row.id, "number": row.number, "at": row.at, "event": row.event, "actor_kind": row.actor_kind,
        "actor": row.actor, "subject_kind": row.subject_kind, "subject": row.subject, "cause": row.cause,
        "actor_name": body.actor_name if body else "", "subject_name": body.subject_name if body else "",
        "facts": body.facts if body else None, "leaf": row.leaf,
        "salt": base64.b64encode(bytes(held.salt)).decode() if held else "",
    }  # fmt: skip


def _envelope(signed: Signed) -> dict[str, str]:
    told: dict[str, str] = msgspec.to_builtins(signed)
    return told
