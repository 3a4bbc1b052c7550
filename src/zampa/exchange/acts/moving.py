"""A live grant goes to another gateway: taken out of the one book before it enters the other, so that no quota counts
twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from zampa.contracts.actors import Actor
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Gateway, Grant
from zampa.exchange.queries import scope
from zampa.exchange.rules import access
from zampa.exchange.rules.gateways import may_serve
from zampa.exchange.rules.requests import SERVICE_WAYS
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity.queries import one
from zampa.ledger.acts import act


def gateways_for(grant: Grant) -> QuerySet[Gateway]:
    """The gateways in use that may serve it and do not yet: the provider's own and those of the centre."""
    rows = Gateway.objects.filter(Q(department=grant.provider_id) | Q(department=None), state=Gateway.State.LIVE)
    return (rows.exclude(pk=grant.gateway_id) if grant.gateway_id else rows).order_by("name")


@act
def move_grant(
    *, by: Actor, grant_id: UUID | str, gateway_id: UUID | str, reason: str, now: datetime | None = None
) -> Grant:
    """Serve it at `gateway_id` from now on; Conflict when it is over, served there already, or goes by no gateway.

    The gateway it leaves drops it with its next book (at most 2 s away while it hears the centre). The new one serves
    it once that book is held, at the latest when the last book that named it there has run out. The day's quota
    begins anew at the new gateway.
    """
    now = now or utc_now()
    grant = scope.grant(by, grant_id)
    provider = str(grant.provider_id)
    access.may_end_grant(by, provider=provider, provider_region=grant.provider.region_id).require()
    if len(reason.strip()) < 2:
        raise NotValid("exchange.grant.move_reason", faults=[Fault("reason", "exchange.grant.move_reason")])
    grant = Grant.objects.select_related("gateway", "provider").select_for_update(of=("self",)).get(pk=grant.pk)
    target = _target(grant, gateway_id)
    before = grant.gateway
    if before is not None:
        Gateway.objects.select_for_update().get(pk=before.pk)  # no book of the old one is made meanwhile
        last = before.books.order_by("number").last()
        if grant.in_book is not None and last is not None:
            grant.left, grant.left_book, grant.free_at = before, last.number, last.expires_at
    grant.gateway, grant.in_book = target, None
    grant.save(update_fields=["gateway", "in_book", "left", "left_book", "free_at"])
    facts: dict[str, object] = {"from": before.name if before else "", "to": target.name, "reason": reason.strip()}
    steps.note(Event.GRANT_MOVED, by, grant, facts, now)
    return grant


def _target(grant: Grant, gateway_id: UUID | str) -> Gateway:
    if grant.state not in ("live", "suspended"):
        raise Conflict("exchange.grant.wrong_state", state=grant.state)
    if not SERVICE_WAYS & set(grant.actions):
        raise Conflict("exchange.grant.no_service")
    if str(grant.gateway_id) == str(gateway_id):
        raise Conflict("exchange.grant.same_gateway")
    found = one(Gateway.objects.filter(state=Gateway.State.LIVE), gateway_id, "exchange.gateway.not_found")
    if not may_serve(str(found.department_id or ""), str(grant.provider_id)):
        raise NotValid("exchange.grant.other_gateway", faults=[Fault("gateway_id", "exchange.grant.other_gateway")])
    return found
