"""Deliveries: started as a run, ended by its result, late when nobody did."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Attachment
from zampa.catalogue.queries_quality import checks_of, row_rules_of
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.deliveries import DeliverySpec, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import TableRef
from zampa.exchange.acts import steps
from zampa.exchange.acts.grants import granted_field, open_delivery
from zampa.exchange.events import Event
from zampa.exchange.models import Delivery, Gateway
from zampa.exchange.queries import scope
from zampa.exchange.rules import access
from zampa.ground.clock import iso, utc_now
from zampa.ground.errors import Conflict, NotValid
from zampa.identity.acts import send_message
from zampa.identity.queries import post_holders
from zampa.ledger.acts import act
from zampa.runs import acts as runs
from zampa.runs.models import Run


@act
def start_delivery(*, by: Actor, delivery_id: UUID | str, now: datetime | None = None) -> Delivery:
    """Start the run of a table or file delivery that waits, or that failed or was stopped and is tried again."""
    now = now or utc_now()
    delivery = scope.delivery(by, delivery_id)
    Delivery.objects.select_for_update().only("pk").get(pk=delivery.pk)
    delivery.refresh_from_db(fields=["state"])
    access.may_deliver(by, requester=str(delivery.requester_id), provider=str(delivery.provider_id)).require()
    if delivery.state not in ("waiting", "failed", "cancelled") or delivery.kind == "api":
        raise Conflict("exchange.delivery.wrong_state", state=delivery.state)
    if not delivery.grant.serves_at(now):
        raise Conflict("exchange.delivery.grant_not_live", number=delivery.grant.number)
    spec = spec_of(delivery, now)
    record = steps.note(Event.DELIVERY_STARTED, by, delivery, {"kind": delivery.kind, "spec": _told(spec)}, now)
    run = runs.start_run(by=by, spec=spec, delivery_id=delivery.pk, cause=record, now=now)
    delivery.state, delivery.run, delivery.started_at = Delivery.State.RUNNING, run.pk, now
    delivery.finished_at, delivery.error_code, delivery.error_params = None, "", {}
    delivery.save(update_fields=["state", "run", "started_at", "finished_at", "error_code", "error_params"])
    return delivery


@act
def repeat_delivery(*, by: Actor, grant_id: UUID | str, kind: str, now: datetime | None = None) -> Delivery:
    """One more delivery of a live grant that allows this kind (the monthly batch), started at once."""
    now = now or utc_now()
    grant = scope.grant(by, grant_id)
    access.may_deliver(by, requester=str(grant.requester_id), provider=str(grant.provider_id)).require()
    if kind not in ("table", "file") or kind not in grant.actions:
        raise NotValid("exchange.delivery.kind_not_granted", kind=kind)
    if grant.deliveries.filter(kind=kind, state__in=["waiting", "running"]).exists():
        raise Conflict("exchange.delivery.under_way")
    delivery = open_delivery(grant, kind, by=by, now=now)
    steps.note(Event.DELIVERY_OPENED, by, delivery, {"kind": kind, "grant": grant.number}, now)
    return start_delivery(by=by, delivery_id=delivery.pk, now=now)


def spec_of(delivery: Delivery, now: datetime) -> DeliverySpec:
    """What the run is told; Conflict when nothing live is attached, or the destination is gone."""
    grant = delivery.grant
    attachment = catalogue.attachment_for_runs(grant.resource_id)
    if attachment is None or attachment.reads_as != "table":
        raise Conflict("exchange.delivery.nothing_attached")
    if delivery.kind == "table" and (grant.destination_id is None or not grant.destination_table):
        raise Conflict("exchange.delivery.no_destination")
    into = TableRef(name=grant.destination_table, schema=grant.destination_schema)
    fields = tuple(granted_field(row) for row in grant.fields.all())
    columns = [one.column for one in fields]
    row_filter = msgspec.convert(grant.row_filter, Filter) if grant.row_filter else None
    return DeliverySpec(
        grant=str(grant.pk),
        resource=str(grant.resource_id),
        resource_name=grant.resource.name,
        provider=str(grant.provider_id),
        requester=str(grant.requester_id),
        source_connection=str(attachment.connection_id),
        source_table=source_table(attachment),
        fields=fields,
        checks=tuple(checks_of(grant.resource_id, columns)),
        rules=tuple(row_rules_of(grant.resource_id, columns)),
        row_filter=row_filter,
        mode="table" if delivery.kind == "table" else "file",
        file_format=cast(Any, grant.file_format) if delivery.kind == "file" else "",
        destination_connection=str(grant.destination_id) if delivery.kind == "table" else "",
        destination_table=into if delivery.kind == "table" else None,
        mark=Mark(requester=grant.requester.name, grant=grant.number, delivery=delivery.number, issued=iso(now)),
        sealed_mask_key=grant.sealed_mask_key,
    )


def source_table(attachment: Attachment) -> TableRef:
    return msgspec.convert(attachment.table_ref, TableRef)


def _told(spec: DeliverySpec) -> dict[str, object]:
    """The spec as a record carries it: what was moved from where to where, no secret and no value."""
    return {
        "fields": [{"name": one.name, "mask": one.mask.kind} for one in spec.fields],
        "checks": [*(check.code for check in spec.checks), *(rule.code for rule in spec.rules)],
        "format": spec.file_format,
        "destination": spec.destination_connection,
        "table": spec.destination_table.name if spec.destination_table else "",
    }


@act
def note_run_finished(*, by: Actor, run: Run, now: datetime | None = None) -> Delivery:
    """The run's end becomes the delivery's: rows, both digests, the clock met; a failure keeps its reason.

    A run that sends mended rows again (`replays`) takes the place of the one before when it is done.
    """
    now = now or utc_now()
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("grant").get(pk=run.delivery)
    done, mended = run.state == "done", run.replays_id is not None
    if mended and (not done or delivery.run == run.pk):
        return delivery  # nothing new stands at the destination, or told twice
    if not mended and (delivery.run != run.pk or delivery.state != Delivery.State.RUNNING):
        return delivery  # told twice
    delivery.run = run.pk
    facts: dict[str, object]
    for name in ("rows_read", "rows_written", "rows_bad", "digest_sent", "digest_stored"):
        setattr(delivery, name, getattr(run, name))
    delivery.error_code, delivery.error_params = run.error_code, run.error_params
    delivery.state = Delivery.State.DONE if done else run.state
    delivery.finished_at = now
    delivery.save()
    if not done:
        facts = {"run": str(run.pk), "state": run.state, "error": run.error_code}
        steps.note(Event.DELIVERY_FAILED, by, delivery, facts, now)
        return delivery
    facts = {"run": str(run.pk), "grant": delivery.grant.number, "kind": delivery.kind}
    facts |= {name: getattr(delivery, name) for name in ("rows_read", "rows_written", "rows_bad")}
    facts |= {"digest_sent": delivery.digest_sent, "digest_stored": delivery.digest_stored}
    record = steps.note(Event.DELIVERY_DONE, by, delivery, facts, now)
    if not mended:
        _met(delivery, now)
    heads = post_holders(delivery.requester_id, "sharing_head", now).values_list("pk", flat=True)
    send_message(
        to_person_ids=heads,
        code="exchange.message.delivered",
        params={"number": delivery.number, "rows": delivery.rows_written},
        subject=steps.delivery_subject(delivery),
        url_name="exchange:delivery",
        url_arg=str(delivery.pk),
        cause=record,
        now=now,
    )
    return delivery


def note_heard(*, by: Actor, gateway_id: UUID, have: int, now: datetime) -> int:
    """A gateway asked for its book and holds number `have`; how many interfaces are thereby delivered.

    Being heard is a measurement and makes no record; a delivery is a change of state and does.
    """
    gateway = Gateway.objects.get(pk=gateway_id)
    Gateway.objects.filter(pk=gateway_id).update(heard_at=now, has_book=have)
    waiting = gateway.grants.filter(in_book__lte=have, deliveries__kind="api", deliveries__state="waiting")
    return note_book_held(by=by, gateway=gateway, number=have, now=now) if waiting.exists() else 0


@act
def note_book_held(*, by: Actor, gateway: Gateway, number: int, now: datetime) -> int:
    """The gateway holds book `number`: every waiting interface of the grants it owns is thereby delivered."""
    rows = Delivery.objects.select_for_update(of=("self",)).filter(
        kind="api", state="waiting", grant__gateway=gateway, grant__state="live", grant__in_book__lte=number
    )
    waiting = list(rows.select_related("grant"))
    for delivery in waiting:
        delivery.state, delivery.started_at, delivery.finished_at = Delivery.State.DONE, now, now
        delivery.save(update_fields=["state", "started_at", "finished_at"])
        facts: dict[str, object] = {"gateway": gateway.name, "book": number, "grant": delivery.grant.number}
        steps.note(Event.DELIVERY_DONE, by, delivery, {**facts, "kind": "api"}, now)
        _met(delivery, now)
    return len(waiting)


def _met(delivery: Delivery, now: datetime) -> None:
    if delivery.first:
        approvals.meet_clock(subject=steps.delivery_subject(delivery), name="delivery", now=now)
    approvals.close_tasks(subject=steps.delivery_subject(delivery), now=now)


def tell_late_deliveries(*, now: datetime | None = None) -> int:
    """Every delivery past its due moment is entered as late, once, and both heads are told (art. 22, 39)."""
    now = now or utc_now()
    late = Delivery.objects.filter(due__lte=now, finished_at=None, late_told_at=None, state__in=["waiting", "running"])
    return sum(_tell_late(by=SYSTEM, delivery_id=pk, now=now) for pk in list(late.values_list("pk", flat=True)))


@act
def _tell_late(*, by: Actor, delivery_id: UUID, now: datetime) -> bool:
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.late_told_at is not None or delivery.due is None:
        return False
    delivery.late_told_at = now
    delivery.save(update_fields=["late_told_at"])
    record = steps.note(Event.DELIVERY_LATE, by, delivery, {"due": iso(delivery.due)}, now)
    heads = [
        person
        for department in (delivery.requester_id, delivery.provider_id)
        for person in post_holders(department, "sharing_head", now).values_list("pk", flat=True)
    ]
    send_message(
        to_person_ids=heads,
        code="exchange.message.late",
        params={"number": delivery.number},
        subject=steps.delivery_subject(delivery),
        url_name="exchange:delivery",
        url_arg=str(delivery.pk),
        cause=record,
        now=now,
    )
    return True
