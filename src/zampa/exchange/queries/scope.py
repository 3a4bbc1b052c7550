"""What an actor sees at all. Every other query of this room starts from one of these; a foreign id is NotFound."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from zampa.contracts.actors import Actor
from zampa.exchange.models import CallRow, Delivery, Gateway, Grant, Request
from zampa.exchange.rules import access
from zampa.identity.queries import one


def _everything(actor: Actor) -> bool:
    return actor.kind == "system" or actor.holds("audit_admin")


def _parties(actor: Actor) -> Q:
    mine = Q(pk=None)
    if actor.department:
        mine |= Q(requester_id=actor.department) | Q(provider_id=actor.department)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider__region_id__in=actor.governs)
    return mine


def requests(actor: Actor) -> QuerySet[Request]:
    """The requester's own from the draft on; others once the requester's head has signed."""
    rows = Request.objects.select_related("requester", "provider", "resource", "system")
    if _everything(actor):
        return rows
    mine = Q(requester_id=actor.department) if actor.department else Q(pk=None)
    return rows.filter(mine | (_parties(actor) & Q(signed_at__isnull=False)))


def request(actor: Actor, request_id: UUID | str) -> Request:
    return one(requests(actor), request_id, "exchange.request.not_found")


def grants(actor: Actor) -> QuerySet[Grant]:
    rows = Grant.objects.select_related("requester", "provider", "resource", "system", "gateway", "request")
    return rows if _everything(actor) else rows.filter(_parties(actor))


def grant(actor: Actor, grant_id: UUID | str) -> Grant:
    return one(grants(actor), grant_id, "exchange.grant.not_found")


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    rows = Delivery.objects.select_related("requester", "provider", "grant", "grant__resource")
    return rows if _everything(actor) else rows.filter(_parties(actor))


def delivery(actor: Actor, delivery_id: UUID | str) -> Delivery:
    return one(deliveries(actor), delivery_id, "exchange.delivery.not_found")


def calls(actor: Actor) -> QuerySet[CallRow]:
    """Calls of one's own systems and of one's own resources, refused ones too."""
    rows = CallRow.objects.select_related("gateway")
    if _everything(actor):
        return rows
    mine = Q(pk=None)
    if actor.department:
        mine |= Q(requester=actor.department) | Q(provider=actor.department)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider_region__in=actor.governs)
    return rows.filter(mine)


def call(actor: Actor, call_id: UUID | str) -> CallRow:
    return one(calls(actor), call_id, "exchange.call.not_found")


def gateways(actor: Actor) -> QuerySet[Gateway]:
    """Administrators and authorities see all; a department those that serve it."""
    rows = Gateway.objects.select_related("department")
    if access.may_see_gateways(actor).allowed:
        return rows
    return rows.filter(department_id=actor.department) if actor.department else rows.none()


def gateway(actor: Actor, gateway_id: UUID | str) -> Gateway:
    return one(gateways(actor), gateway_id, "exchange.gateway.not_found")
