"""The requester's half: draft, papers, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Item, Resource
from zampa.census import queries as census
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Filter
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Request, RequestItem, Way
from zampa.exchange.rules import access
from zampa.exchange.rules import requests as rules
from zampa.flows.filters import validate_shape
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a clerk fills in. `items`: item id -> purpose. Nothing needs to be whole before it is submitted."""

    items: Mapping[str, str]
    basis: str = ""
    scenario: str = ""
    scope: str = ""
    ways: Sequence[str] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    calls_per_day: int = 0
    calls_per_minute: int = 0
    system_id: UUID | str | None = None
    row_filter: Filter | None = None
    destination_id: UUID | str | None = None
    destination_schema: str = ""
    destination_table: str = ""
    file_format: str = ""


@act
def draft_request(*, by: Actor, resource_id: UUID | str, ask: Ask, now: datetime | None = None) -> Request:
    """A new draft of the actor's own department on a published entry; NotFound, NotValid, NotAllowed, Conflict."""
    now = now or utc_now()
    access.may_draft(by, by.department).require()
    resource = catalogue.published_resource(by, resource_id)
    if str(resource.provider_id) == by.department:
        raise Conflict("exchange.request.own_resource")
    request = Request(
        number=steps.next_number("R", now),
        requester_id=by.department,
        provider_id=resource.provider_id,
        resource=resource,
        resource_version=resource.version,
        sharing=resource.sharing,
        drafted_by=by.id,
        drafted_by_name=by.name,
        created_at=now,
    )
    items = _fill(request, by, resource, ask)
    request.save(force_insert=True)
    RequestItem.objects.bulk_create(items)
    facts: dict[str, object] = {"resource": str(resource.pk), "code": resource.code, "items": [i.name for i in items]}
    steps.note(Event.REQUEST_DRAFTED, by, request, facts, now)
    return request


@act
def edit_request(*, by: Actor, request_id: UUID | str, ask: Ask, now: datetime | None = None) -> Request:
    """Change a draft, or a request that was returned for missing papers."""
    now = now or utc_now()
    request, _ = steps.locked(by, request_id, "edit")
    access.may_draft(by, str(request.requester_id)).require()
    items = _fill(request, by, request.resource, ask)
    request.resource_version = request.resource.version
    request.save()
    request.items.all().delete()
    RequestItem.objects.bulk_create(items)
    steps.note(Event.REQUEST_EDITED, by, request, {"items": [i.name for i in items]}, now)
    return request


def _fill(request: Request, by: Actor, resource: Resource, ask: Ask) -> list[RequestItem]:
    """Set what was asked on `request`; the items as rows, not yet stored. Own connections and systems only."""
    unknown = [way for way in ask.ways if way not in Way.values]
    if unknown:
        raise NotValid("exchange.request.unknown_way", faults=[Fault("ways", "exchange.request.unknown_way")])
    for name in ("basis", "scenario", "scope", "starts_on", "ends_on", "calls_per_day", "calls_per_minute"):
        setattr(request, name, getattr(ask, name))
    for name in ("destination_schema", "destination_table", "file_format"):
        setattr(request, name, getattr(ask, name))
    request.ways = [way for way in Way.values if way in ask.ways]
    request.system = census.system(by, ask.system_id) if ask.system_id else None
    request.destination = census.connection(by, ask.destination_id) if ask.destination_id else None
    rows = {str(item.pk): item for item in Item.objects.filter(resource=resource)}
    foreign = [item for item in ask.items if item not in rows]
    if foreign:
        raise NotValid("exchange.request.unknown_item", faults=[Fault("items", "exchange.request.unknown_item")])
    chosen = [item for key, item in rows.items() if key in ask.items]
    request.sharing = rules.sharing_of(resource.sharing, [item.sharing for item in chosen])
    request.row_filter = None
    if ask.row_filter is not None:
        validate_shape(ask.row_filter, {item.name: item.type for item in rows.values()})
        request.row_filter = msgspec.to_builtins(ask.row_filter)
    return [_row(request, item, ask.items[str(item.pk)]) for item in chosen]


def _row(request: Request, item: Item, purpose: str) -> RequestItem:
    return RequestItem(
        request=request,
        item=item.pk,
        position=item.position,
        name=item.name,
        column=item.column,
        type=item.type,
        length=item.length,
        key=item.key,
        sensitivity=item.sensitivity,
        sharing=item.sharing,
        path=item.path,
        purpose=purpose.strip(),
    )


@act
def submit_request(*, by: Actor, request_id: UUID | str, now: datetime | None = None) -> Request:
    """Hand it to one's own office head. NotValid names everything missing at once."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "submit")
    access.may_draft(by, str(request.requester_id)).require()
    faults = rules.faults_of(_asked(request), local_date(now))
    if not catalogue.published(by).filter(pk=request.resource_id).exists():
        faults.append(Fault("", "exchange.request.resource_gone"))
    if faults:
        raise NotValid("exchange.request.incomplete", faults=faults, count=len(faults))
    subject = steps.request_subject(request)
    request.state, request.submitted_at = state, now
    request.save(update_fields=["state", "submitted_at"])
    approvals.close_tasks(subject=subject, now=now)
    approvals.open_task(
        kind=steps.SIGN,
        department_id=request.requester_id,
        post="sharing_head",
        subject=steps.request_task(request),
        url_name="exchange:request",
        url_arg=str(request.pk),
        now=now,
    )
    steps.note(Event.REQUEST_SUBMITTED, by, request, elements(request), now)
    return request


@act
def withdraw_request(*, by: Actor, request_id: UUID | str, reason: str = "", now: datetime | None = None) -> Request:
    """The requester takes it back, whatever stage before the decision; the clock ends."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "withdraw")
    access.may_draft(by, str(request.requester_id)).require()
    request.state, request.reason = state, reason
    request.save(update_fields=["state", "reason"])
    subject = steps.request_subject(request)
    approvals.close_tasks(subject=subject, now=now)
    if request.signed_at is not None:
        approvals.meet_clock(subject=subject, name=rules.clock_of(request.sharing), now=now)
    steps.note(Event.REQUEST_WITHDRAWN, by, request, {"reason": reason}, now)
    return request


def elements(request: Request) -> dict[str, object]:
    """The five elements as a record carries them; what was asked for, never a value of anybody's data."""
    return {
        "basis": request.basis,
        "scenario": request.scenario,
        "scope": request.scope,
        "ways": list(request.ways),
        "starts_on": request.starts_on.isoformat() if request.starts_on else "",
        "ends_on": request.ends_on.isoformat() if request.ends_on else "",
        "items": [{"name": item.name, "purpose": item.purpose} for item in request.items.all()],
        "papers": list(request.papers.values_list("digest", flat=True)),
    }


def _asked(request: Request) -> rules.Asked:
    attachment = catalogue.live_attachment(request.resource_id)
    items = [
        rules.AskedItem(f"purpose_{row.item}", row.name, row.purpose, row.key, row.sharing)
        for row in request.items.all()
    ]
    return rules.Asked(
        basis=request.basis,
        scenario=request.scenario,
        scope=request.scope,
        ways=tuple(request.ways),
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        items=tuple(items),
        calls_per_day=request.calls_per_day,
        has_system=request.system_id is not None,
        has_destination=request.destination_id is not None,
        destination_table=request.destination_table,
        file_format=request.file_format,
        source=attachment.reads_as if attachment else "",
    )
