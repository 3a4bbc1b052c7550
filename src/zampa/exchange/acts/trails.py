"""Trail intake: a gateway's signed segment becomes one ledger record and a row for each call. Idempotent."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from zampa.catalogue.models import Resource
from zampa.census.models import System
from zampa.contracts.actors import Actor, Subject
from zampa.contracts.book import Signed
from zampa.contracts.calls import SEGMENT_PURPOSE, Segment
from zampa.evidence.envelopes import open_signed
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import CallRow, Gateway, Grant, TrailSegment
from zampa.exchange.rules import trails as rules
from zampa.ground.clock import parse_iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid
from zampa.identity.acts import send_message
from zampa.identity.queries import post_holders
from zampa.ledger.acts import act, enter

CLOSED_COLUMNS = ["outcome", "status", "reason", "alarm", "rows", "bytes", "milliseconds"]


@act
def take_segment(*, by: Actor, gateway_id: UUID | str, envelope: bytes, now: datetime | None = None) -> int:
    """Take in one segment (a Signed envelope as JSON); the number of the last record this centre now holds.

    The same segment again changes nothing. NotValid when the signature, the root, the count or a record is wrong;
    Conflict on a gap, or when other bytes claim numbers that were taken in before.
    """
    now = now or utc_now()
    gateway = Gateway.objects.select_for_update(of=("self",)).get(pk=gateway_id)
    try:
        signed = msgspec.json.decode(envelope, type=Signed)
        segment = msgspec.json.decode(open_signed(signed, [gateway.sign_public], purpose=SEGMENT_PURPOSE), type=Segment)
    except msgspec.DecodeError as error:
        raise NotValid("exchange.trail.unreadable") from error
    rules.check_segment(segment, str(gateway.pk))
    last = TrailSegment.objects.filter(gateway=gateway, epoch=segment.epoch).order_by("first").last()
    through = last.first + last.count - 1 if last else None
    if rules.place(segment, through) == "known":
        return _known(gateway, segment, through or 0)
    seen = rules.calls_of(segment)
    stored = _store(gateway, segment, envelope, now)
    calls = _rows(gateway, stored, seen)
    stored.record = _enter(by, gateway, segment, calls, now)
    stored.save(force_insert=True)
    _write(gateway, calls, seen, stored)
    gateway.epoch, gateway.accepted_through = segment.epoch, segment.first + segment.count - 1
    gateway.trail_at = now
    gateway.save(update_fields=["epoch", "accepted_through", "trail_at"])
    _alarm(calls, stored.record, now)
    return gateway.accepted_through


def _known(gateway: Gateway, segment: Segment, through: int) -> int:
    """Numbers taken in before: the same bytes are welcome, other bytes are a rewritten trail."""
    before = TrailSegment.objects.filter(gateway=gateway, epoch=segment.epoch, first=segment.first).first()
    if before is None or before.root != segment.root:
        raise Conflict("exchange.trail.rewritten", first=segment.first)
    return through


def _store(gateway: Gateway, segment: Segment, envelope: bytes, now: datetime) -> TrailSegment:
    try:
        opened, closed = parse_iso(segment.opened), parse_iso(segment.closed)
    except ValueError as error:
        raise NotValid("exchange.trail.unreadable") from error
    return TrailSegment(
        gateway=gateway,
        epoch=segment.epoch,
        first=segment.first,
        count=segment.count,
        root=segment.root,
        opened=opened,
        closed=closed,
        received_at=now,
        content=zlib.compress(envelope, 6),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _rows(gateway: Gateway, stored: TrailSegment, seen: Sequence[rules.Seen]) -> dict[str, CallRow]:
    """A row for each call of the segment: those opened before are read back, the others are made."""
    later = [one.call for one in seen if one.opened is None]
    rows = {row.call: row for row in CallRow.objects.filter(gateway=gateway, call__in=later)}
    for one in seen:
        if one.opened is None:
            if one.call not in rows:
                raise NotValid("exchange.trail.closed_only", call=one.call[:64])
            continue
        opened = one.opened
        rows[one.call] = CallRow(
            gateway=gateway,
            call=one.call,
            at=parse_iso(opened.at),
            grant=_uuid(opened.grant),
            resource=_uuid(opened.resource),
            consumer=opened.consumer[:64],
            key=opened.key[:64],
            action=opened.action[:8],
            opened_index=one.opened_at,
            opened_segment=stored,
        )
    for one in seen:
        if one.closed is not None:
            row = rows[one.call]
            for name in CLOSED_COLUMNS:
                setattr(row, name, getattr(one.closed, name))
            row.closed_index, row.closed_segment = one.closed_at, stored
    _name_parties([row for row in rows.values() if row.requester is None and row.provider is None])
    return rows


def _name_parties(rows: Sequence[CallRow]) -> None:
    """Whose calls they are: by the grant; refused before one was known, by the system and the resource named."""
    columns = ("number", "requester_id", "provider_id", "provider__region_id", "resource_id")
    found = {row.grant for row in rows if row.grant}
    grants = {key: rest for key, *rest in Grant.objects.filter(pk__in=found).values_list("pk", *columns)}
    asked = {row.resource for row in rows if row.resource and row.grant not in grants}
    providers = dict(_pairs(Resource.objects.filter(pk__in=asked), "provider_id", "provider__region_id"))
    consumers = {key for row in rows if row.grant not in grants and (key := _uuid(row.consumer))}
    owners = dict(System.objects.filter(pk__in=consumers).values_list("pk", "department_id"))
    for row in rows:
        if row.grant in grants:
            number, row.requester, row.provider, row.provider_region, row.resource = grants[row.grant]
            row.grant_number = number
            continue
        consumer = _uuid(row.consumer)
        row.requester = owners.get(consumer) if consumer else None
        if row.resource in providers:
            row.provider, row.provider_region = providers[row.resource]


def _pairs(rows: object, *columns: str) -> list[tuple[UUID, tuple[UUID, str]]]:
    return [(key, (first, second)) for key, first, second in rows.values_list("pk", *columns)]  # type: ignore[attr-defined]


def _enter(by: Actor, gateway: Gateway, segment: Segment, calls: dict[str, CallRow], now: datetime) -> UUID:
    """The one record of a segment: its root, count and numbers. The parties of its calls may read it, and none of them
    learns from it who else called: a call's own record, with its path to the root, is shown to its parties alone."""
    rows = calls.values()
    parties = {str(party) for row in rows for party in (row.requester, row.provider) if party}
    return enter(
        event=Event.SEGMENT_TAKEN_IN,
        by=by,
        subject=steps.gateway_subject(gateway),
        parties=sorted(parties),
        regions=sorted({row.provider_region for row in rows if row.provider_region}),
        told=False,
        facts={
            "gateway": str(gateway.pk),
            "epoch": segment.epoch,
            "first": segment.first,
            "count": segment.count,
            "root": "sha256:" + b64(rules.root_of(segment.records)),
            "opened": segment.opened,
            "closed": segment.closed,
        },
        at=now,
    )


def _write(gateway: Gateway, calls: dict[str, CallRow], seen: Sequence[rules.Seen], stored: TrailSegment) -> None:
    fresh = [calls[one.call] for one in seen if one.opened is not None]
    again = [one.call for one in seen if one.opened is not None]
    if CallRow.objects.filter(gateway=gateway, call__in=again).exists():
        raise NotValid("exchange.trail.call_twice", number=stored.first)
    CallRow.objects.bulk_create(fresh, batch_size=1000)
    later = [calls[one.call] for one in seen if one.opened is None]
    if later:
        CallRow.objects.bulk_update(later, [*CLOSED_COLUMNS, "closed_segment", "closed_index"], batch_size=500)


def _alarm(calls: dict[str, CallRow], cause: UUID, now: datetime) -> None:
    """A call that made the gateway look (a run of verify misses): both heads are told once a grant and segment."""
    told: dict[tuple[str, str], CallRow] = {}
    for row in calls.values():
        if row.alarm and row.grant:
            told.setdefault((str(row.grant), row.alarm), row)
    for (grant, code), row in told.items():
        heads = {
            person
            for department in (row.requester, row.provider)
            if department
            for person in post_holders(department, "sharing_head", now).values_list("pk", flat=True)
        }
        send_message(
            to_person_ids=heads,
            code="exchange.message.alarm",
            params={"number": row.grant_number, "alarm": code},
            subject=Subject("exchange.grant", grant, row.grant_number),
            url_name="exchange:grant",
            url_arg=grant,
            cause=cause,
            now=now,
        )
