"""A legal hold: while it stands nothing of a request, its grant, deliveries and calls ends by retention."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.contracts.actors import Actor
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Request
from zampa.exchange.queries import scope
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act


@act
def hold_request(*, by: Actor, request_id: UUID | str, reason: str, now: datetime | None = None) -> Request:
    """Lay a hold, with its reason (a case, an audit); Conflict when one stands."""
    now = now or utc_now()
    request = _locked(by, request_id, reason)
    if request.held_at is not None:
        raise Conflict("exchange.request.held_already")
    request.held_at, request.held_by_name, request.held_reason = now, by.name, reason.strip()
    request.save(update_fields=["held_at", "held_by_name", "held_reason"])
    steps.note(Event.REQUEST_HELD, by, request, {"reason": reason.strip()}, now)
    return request


@act
def release_request(*, by: Actor, request_id: UUID | str, reason: str, now: datetime | None = None) -> Request:
    """Lift it, with the reason; what is over its time goes with the next retention."""
    now = now or utc_now()
    request = _locked(by, request_id, reason)
    if request.held_at is None:
        raise Conflict("exchange.request.not_held")
    request.held_at, request.held_by_name, request.held_reason = None, "", ""
    request.save(update_fields=["held_at", "held_by_name", "held_reason"])
    steps.note(Event.REQUEST_RELEASED, by, request, {"reason": reason.strip()}, now)
    return request


def _locked(by: Actor, request_id: UUID | str, reason: str) -> Request:
    request = scope.request(by, request_id)
    access.may_hold(by, request.provider.region_id).require()
    if len(reason.strip()) < 2:
        code = "exchange.request.hold_reason"
        raise NotValid(code, faults=[Fault("reason", code)])
    Request.objects.select_for_update().only("pk").get(pk=request.pk)
    request.refresh_from_db(fields=["held_at"])
    return request
