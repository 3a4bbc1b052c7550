"""How a grant ends or pauses: suspended and resumed, revoked with its reason, expired by its date."""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.catalogue import acts as catalogue_acts
from zampa.contracts.actors import SYSTEM, Actor
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Delivery, Grant
from zampa.exchange.queries import scope
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity.acts import send_message
from zampa.identity.queries import post_holders
from zampa.ledger.acts import act
from zampa.runs import acts as runs


@act
def revoke_grant(*, by: Actor, grant_id: UUID | str, reason: str, now: datetime | None = None) -> Grant:
    """End it for good (Order 809 art. 27). The next book, at most 2 s away, no longer names it."""
    now = now or utc_now()
    grant = _locked(by, grant_id, {"live", "suspended"}, reason)
    _end(grant, Grant.State.REVOKED, by, reason, now)
    record = steps.note(Event.GRANT_REVOKED, by, grant, {"reason": reason}, now)
    _tell(grant, "exchange.message.revoked", reason, record, now)
    return grant


@act
def suspend_grant(*, by: Actor, grant_id: UUID | str, reason: str, now: datetime | None = None) -> Grant:
    """Stop it until the matter is settled (art. 27: suspend, order a fix, may terminate)."""
    now = now or utc_now()
    grant = _locked(by, grant_id, {"live"}, reason)
    grant.state, grant.end_reason = Grant.State.SUSPENDED, reason
    grant.save(update_fields=["state", "end_reason"])
    runs.note_grant(grant_id=grant.pk, live=False)
    record = steps.note(Event.GRANT_SUSPENDED, by, grant, {"reason": reason}, now)
    _tell(grant, "exchange.message.suspended", reason, record, now)
    return grant


@act
def resume_grant(*, by: Actor, grant_id: UUID | str, reason: str, now: datetime | None = None) -> Grant:
    now = now or utc_now()
    grant = _locked(by, grant_id, {"suspended"}, reason)
    grant.state, grant.end_reason = Grant.State.LIVE, ""
    grant.save(update_fields=["state", "end_reason"])
    runs.note_grant(grant_id=grant.pk, live=True)
    steps.note(Event.GRANT_RESUMED, by, grant, {"reason": reason}, now)
    return grant


def expire_grants(*, now: datetime | None = None) -> int:
    """Every grant past its end becomes expired, each with its record; gateways stop by the date in their book."""
    now = now or utc_now()
    over = Grant.objects.filter(state__in=["live", "suspended"], ends_at__lte=now).values_list("pk", flat=True)
    return sum(_expire_grant(by=SYSTEM, grant_id=grant_id, now=now) for grant_id in list(over))


@act
def _expire_grant(*, by: Actor, grant_id: UUID, now: datetime) -> bool:
    grant = Grant.objects.select_for_update().get(pk=grant_id)
    if grant.state not in ("live", "suspended"):
        return False
    _end(grant, Grant.State.EXPIRED, by, "", now)
    steps.note(Event.GRANT_EXPIRED, by, grant, {"ends": grant.ends_at.isoformat()}, now)
    return True


def _locked(by: Actor, grant_id: UUID | str, states: set[str], reason: str) -> Grant:
    grant = scope.grant(by, grant_id)
    region = grant.provider.region_id
    access.may_end_grant(by, provider=str(grant.provider_id), provider_region=region).require()
    if len(reason.strip()) < 2:
        raise NotValid("exchange.grant.reason", faults=[Fault("reason", "exchange.grant.reason")])
    Grant.objects.select_for_update().only("pk").get(pk=grant.pk)
    grant.refresh_from_db(fields=["state"])
    if grant.state not in states:
        raise Conflict("exchange.grant.wrong_state", state=grant.state)
    return grant


def _end(grant: Grant, state: str, by: Actor, reason: str, now: datetime) -> None:
    grant.state, grant.end_reason = state, reason
    grant.ended_at, grant.ended_by_name = now, by.name
    grant.save(update_fields=["state", "end_reason", "ended_at", "ended_by_name"])
    runs.note_grant(grant_id=grant.pk, live=False)
    for delivery in grant.deliveries.filter(state=Delivery.State.WAITING):
        delivery.state, delivery.finished_at = Delivery.State.CANCELLED, now
        delivery.save(update_fields=["state", "finished_at"])
        approvals.meet_clock(subject=steps.delivery_subject(delivery), name="delivery", now=now)
        approvals.close_tasks(subject=steps.delivery_subject(delivery), now=now)
    for delivery in grant.deliveries.filter(state=Delivery.State.RUNNING, run__isnull=False):
        with contextlib.suppress(Conflict):  # the run is over already: its end is on the way
            runs.cancel_run(by=SYSTEM, run_id=str(delivery.run), now=now)
    catalogue_acts.note_dependant_gone(kind="exchange.grant", dependant_id=str(grant.pk), now=now)


def _tell(grant: Grant, code: str, reason: str, cause: UUID, now: datetime) -> None:
    heads = post_holders(grant.requester_id, "sharing_head", now).values_list("pk", flat=True)
    send_message(
        to_person_ids=heads,
        code=code,
        params={"number": grant.number, "reason": reason},
        subject=steps.grant_subject(grant),
        url_name="exchange:grant",
        url_arg=str(grant.pk),
        cause=cause,
        now=now,
    )
