"""What every act on a request does alike: find it in its state and lock it, name it, name its readers, number it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from zampa.approvals import queries as approvals
from zampa.approvals.models import Clock
from zampa.contracts.actors import Actor, Subject
from zampa.exchange.events import Event
from zampa.exchange.models import Delivery, Gateway, Grant, Request
from zampa.exchange.queries import scope
from zampa.exchange.rules.requests import clock_of, next_state, spell_number
from zampa.ground.clock import local_date
from zampa.ledger.acts import enter

SIGN = "exchange.sign"
DECIDE = "exchange.decide"
MEND = "exchange.mend"
DELIVER = "exchange.deliver"


def request_subject(request: Request) -> Subject:
    return Subject("exchange.request", str(request.pk), request.number)


def request_task(request: Request) -> Subject:
    """The request as an inbox names it: who asks whom for what. Records keep the number as its name."""
    asked = f"{request.requester.name} 申请 {request.provider.name}「{request.resource.name}」"
    return Subject("exchange.request", str(request.pk), asked)


def delivery_task(delivery: Delivery) -> Subject:
    asked = f"{delivery.provider.name} 交付 {delivery.requester.name}「{delivery.grant.resource.name}」"
    return Subject("exchange.delivery", str(delivery.pk), asked)


def grant_subject(grant: Grant) -> Subject:
    return Subject("exchange.grant", str(grant.pk), grant.number)


def delivery_subject(delivery: Delivery) -> Subject:
    return Subject("exchange.delivery", str(delivery.pk), delivery.number)


def gateway_subject(gateway: Gateway) -> Subject:
    return Subject("exchange.gateway", str(gateway.pk), gateway.name)


def note(
    event: Event,
    by: Actor,
    row: Request | Grant | Delivery,
    facts: dict[str, object],
    now: datetime,
    cause: UUID | None = None,
) -> UUID:
    """The one ledger record of an act on a request, grant or delivery; its id. The parties and the provider's
    authority may read the body (design promise 1)."""
    if isinstance(row, Request):
        subject = request_subject(row)
    elif isinstance(row, Grant):
        subject = grant_subject(row)
    else:
        subject = delivery_subject(row)
    parties = [str(row.requester_id), str(row.provider_id)]
    regions = [row.provider.region_id]
    return enter(
        event=event, by=by, subject=subject, parties=parties, regions=regions, facts=facts, cause=cause, at=now
    )


def reply_clock(request: Request) -> Clock | None:
    return approvals.clock_of(request_subject(request), clock_of(request.sharing))


def locked(by: Actor, request_id: UUID | str, act: str) -> tuple[Request, str]:
    """The request, locked, and the state `act` leads to; Conflict when it stands elsewhere."""
    request = scope.request(by, request_id)
    Request.objects.select_for_update().only("pk").get(pk=request.pk)
    request.refresh_from_db(fields=["state", "missing_told_at", "signed_at"])
    return request, next_state(act, request.state)


def next_number(kind: str, now: datetime) -> str:
    """The next number of its kind in the year of `now` in Shanghai; without gaps, a rolled back act gives it back."""
    year = local_date(now).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_numbering (kind, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (kind, year) DO UPDATE SET last = exchange_numbering.last + 1 RETURNING last",
            [kind, year],
        )
        row = cursor.fetchone()
    return spell_number(kind, year, int(row[0]))
