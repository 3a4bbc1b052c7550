"""Issuing a grant from a decided request: the one place where a right to data comes into being."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import cast
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.catalogue import acts as catalogue_acts
from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Item, StandingDecision
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.flowspecs import Filter, GrantedField, Mask
from zampa.contracts.schemas import DataType
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.keys import seal_mask_key
from zampa.exchange.models import Delivery, Grant, GrantField, Request, RequestItem
from zampa.exchange.rules import grants as rules
from zampa.flows.filters import renamed, validate_shape
from zampa.flows.masks import hides, validate_mask
from zampa.ground.clock import SHANGHAI, local_date
from zampa.ground.errors import Fault, NotValid

PROFILE = "2025-809"


def issue_grant(
    request: Request,
    decisions: Sequence[rules.ItemDecision],
    terms: rules.GrantTerms,
    row_filter: Filter | None,
    *,
    granted_by: str,
    now: datetime,
) -> Grant:
    """The grant row and its fields; NotValid with every fault at once, and then nothing is written."""
    fields = _fields(request, decisions)
    faults = _faults(request, decisions, terms, row_filter, now)
    if faults:
        raise NotValid("exchange.grant.not_valid", faults=faults, count=len(faults))
    grant = Grant(
        number=steps.next_number("G", now),
        request=request,
        requester_id=request.requester_id,
        provider_id=request.provider_id,
        resource_id=request.resource_id,
        system_id=request.system_id,
        actions=list(request.ways),
        purpose=f"{request.scenario} ({request.basis})",
        row_filter=_stored_filter(request, row_filter, fields),
        quota_per_day=terms.quota_per_day,
        rate_per_minute=terms.rate_per_minute,
        starts_at=max(now, datetime.combine(terms.starts_on, time(), SHANGHAI)),
        ends_at=datetime.combine(terms.ends_on + timedelta(days=1), time(), SHANGHAI),
        destination_id=request.destination_id,
        destination_schema=request.destination_schema,
        destination_table=request.destination_table,
        file_format=request.file_format,
        granted_by_name=granted_by,
        created_at=now,
    )
    grant.sealed_mask_key = seal_mask_key(grant.pk, os.urandom(32))
    grant.save(force_insert=True)
    for field in fields:
        field.grant = grant
    GrantField.objects.bulk_create(fields)
    return grant


def _fields(request: Request, decisions: Sequence[rules.ItemDecision]) -> list[GrantField]:
    yes = {one.item: one.mask for one in decisions if one.verdict == "yes"}
    return [
        GrantField(
            item=row.item,
            position=row.position,
            name=row.name,
            column=row.column,
            type=row.type,
            key=row.key,
            mask=msgspec.to_builtins(yes[str(row.pk)]),
            path=row.path,
        )
        for row in request.items.all()
        if str(row.pk) in yes
    ]


def granted_field(row: GrantField | RequestItem) -> GrantedField:
    """A stored field as both planes speak of it."""
    mask = msgspec.convert(row.mask or {}, Mask)
    return GrantedField(name=row.name, column=row.column, type=row.type, mask=mask, key=row.key, path=row.path)


def _faults(
    request: Request,
    decisions: Sequence[rules.ItemDecision],
    terms: rules.GrantTerms,
    row_filter: Filter | None,
    now: datetime,
) -> list[Fault]:
    offered = _offered(request)
    faults = rules.decision_faults(offered, decisions)
    faults += rules.term_faults(offered, terms, local_date(now))
    faults += rules.source_faults(offered, decisions, row_filter is not None)
    rows = {str(row.pk): row for row in request.items.all()}
    for one in decisions:
        if one.verdict == "yes" and one.item in rows:
            try:
                validate_mask(one.mask, cast(DataType, rows[one.item].type))
            except NotValid as error:
                faults.append(Fault(f"mask_{one.item}", error.code, error.params))
    if row_filter is not None:
        types = dict(Item.objects.filter(resource_id=request.resource_id).values_list("name", "type"))
        try:
            validate_shape(row_filter, types)
        except NotValid as error:
            faults += [Fault("row_filter", fault.code, fault.params) for fault in error.faults]
    return faults


def _stored_filter(request: Request, row_filter: Filter | None, fields: Sequence[GrantField]) -> object:
    """The filter as a grant keeps it: the provider may filter by any item; one that is not granted is named by its
    column, since no delivered name stands for it."""
    if row_filter is None:
        return None
    names = dict(Item.objects.filter(resource_id=request.resource_id).values_list("name", "column"))
    names |= {field.name: field.name for field in fields}
    return msgspec.to_builtins(renamed(row_filter, names))


def _offered(request: Request) -> rules.Offered:
    attachment = catalogue.live_attachment(request.resource_id)
    items = list(request.items.all())
    return rules.Offered(
        items=tuple((str(row.pk), row.name, row.key) for row in items),
        ways=tuple(request.ways),
        ends_on=request.ends_on or local_date(request.created_at),
        calls_per_day=request.calls_per_day,
        source=attachment.reads_as if attachment else "",
        response=attachment.response if attachment else "",
        paths=frozenset(str(row.pk) for row in items if row.path),
        all_items=Item.objects.filter(resource_id=request.resource_id).count(),
    )


def grant_by_standing_decision(*, request: Request, standing: StandingDecision, cause: UUID, now: datetime) -> Grant:
    """Unconditional sharing: the yes follows at once from what the provider's head signed at publication.

    The record's actor is the machinery; it names the standing decision and who signed it, and the signature of the
    requester's head as its cause. Nobody decides twice: no review is made here.
    """
    decisions = [rules.ItemDecision(str(row.pk), "yes") for row in request.items.all()]
    starts, ends = request.starts_on or local_date(now), request.ends_on or local_date(now)
    terms = rules.GrantTerms(starts, ends, request.calls_per_day, request.calls_per_minute)
    by_name = standing.signed_by_name
    grant = issue_grant(request, decisions, terms, None, granted_by=by_name, now=now)
    request.items.update(decision=RequestItem.Decision.YES)
    request.state, request.by_standing_decision = Request.State.GRANTED, True
    request.decided_at, request.decided_by_name = now, by_name
    request.save(update_fields=["state", "by_standing_decision", "decided_at", "decided_by_name"])
    subject = steps.request_subject(request)
    approvals.meet_clock(subject=subject, name="reply_unconditional", now=now)
    approvals.close_tasks(subject=subject, now=now)
    facts = {**grant_facts(grant, ""), "standing_decision": str(standing.pk), "standing_by": by_name}
    record = steps.note(Event.REQUEST_GRANTED, SYSTEM, request, facts, now, cause)
    open_first_deliveries(grant, by=SYSTEM, cause=record, now=now)
    return grant


def grant_facts(grant: Grant, opinion: str) -> dict[str, object]:
    """A grant as its record carries it: everything that binds, nothing secret."""
    return {
        "grant": str(grant.pk),
        "number": grant.number,
        "resource": str(grant.resource_id),
        "consumer": str(grant.system_id or ""),
        "actions": list(grant.actions),
        "fields": [{"name": row.name, "mask": row.mask} for row in grant.fields.all()],
        "row_filter": grant.row_filter,
        "quota_per_day": grant.quota_per_day,
        "rate_per_minute": grant.rate_per_minute,
        "starts": grant.starts_at.isoformat(),
        "ends": grant.ends_at.isoformat(),
        "opinion": opinion,
    }


def open_first_deliveries(grant: Grant, *, by: Actor, cause: UUID, now: datetime) -> None:
    """What the yes promises: one delivery a kind, each under the delivery clock (art. 22), and the dependant noted."""
    for kind in rules.delivery_kinds(grant.actions):
        delivery = open_delivery(grant, kind, by=by, now=now, first=True)
        clock = approvals.start_clock(
            subject=steps.delivery_subject(delivery),
            name="delivery",
            profile=PROFILE,
            department_id=grant.provider_id,
            received=now,
            tell_department_id=grant.requester_id,
        )
        delivery.due = clock.due
        delivery.save(update_fields=["due"])
        if kind != "api":
            approvals.open_task(
                kind=steps.DELIVER,
                department_id=grant.provider_id,
                post="editor",
                subject=steps.delivery_task(delivery),
                url_name="exchange:delivery",
                url_arg=str(delivery.pk),
                clock=clock,
                now=now,
            )
    catalogue_acts.note_dependant(
        resource_id=grant.resource_id,
        kind="exchange.grant",
        dependant_id=str(grant.pk),
        name=grant.number,
        department_id=grant.requester_id,
        items=[str(row.item) for row in grant.fields.all()],
        plain=[str(row.item) for row in grant.fields.all() if not (hides(granted_field(row).mask) or grant.row_filter)],
        cause=cause,
        now=now,
    )


def open_delivery(grant: Grant, kind: str, *, by: Actor, now: datetime, first: bool = False) -> Delivery:
    """A delivery row in waiting; no record of its own, the calling act has one."""
    return Delivery.objects.create(
        number=steps.next_number("D", now),
        grant=grant,
        requester_id=grant.requester_id,
        provider_id=grant.provider_id,
        kind=kind,
        first=first,
        created_at=now,
        created_by_name=by.name,
    )
