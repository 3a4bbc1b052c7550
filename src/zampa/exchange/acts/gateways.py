"""Gateways: enrolled once by a token, set, retired."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.evidence.suites import PublicKey, key_id
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Gateway, GatewayToken
from zampa.exchange.queries import scope
from zampa.exchange.rules import access
from zampa.exchange.rules.gateways import TOKEN_HOURS, check_minutes
from zampa.ground.clock import utc_now
from zampa.ground.digests import unb64
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.identity.queries import digest_of
from zampa.ledger.acts import act, enter


@act
def create_gateway_token(
    *,
    by: Actor,
    name: str,
    department_id: UUID | str | None = None,
    hours: int = TOKEN_HOURS,
    now: datetime | None = None,
) -> str:
    """The text of a one-time token to enrol the gateway `name`; shown once, kept as a digest, valid `hours`."""
    now = now or utc_now()
    access.may_run_gateways(by).require()
    if not name.strip():
        raise NotValid("exchange.gateway.missing_name")
    if Gateway.objects.filter(name=name.strip()).exists():
        raise Conflict("exchange.gateway.name_taken", name=name.strip())
    text = f"zgt_{secrets.token_urlsafe(32)}"
    token = GatewayToken.objects.create(
        digest=digest_of(text),
        name=name.strip(),
        department_id=department_id,
        made_by_name=by.name,
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    enter(
        event=Event.GATEWAY_INVITED,
        by=by,
        subject=Subject("exchange.gateway_token", str(token.pk), token.name),
        parties=[str(department_id)] if department_id else [],
        facts={"name": token.name, "hours": hours},
        at=now,
    )
    return text


@act
def enrol_gateway(
    *, by: Actor, token: str, sign_public: str, seal_public: str, address: str = "", now: datetime | None = None
) -> Gateway:
    """A gateway shows its token and the public halves of its keys; NotAllowed when the token is unknown, used or old.

    `sign_public`: "<algorithm>:<base64url>", or 32 raw Ed25519 bytes in base64url; `seal_public`: X25519.
    """
    now = now or utc_now()
    row = GatewayToken.objects.select_for_update().filter(digest=digest_of(token)).first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise NotAllowed("exchange.gateway.bad_token")
    if Gateway.objects.filter(name=row.name).exists():
        raise Conflict("exchange.gateway.name_taken", name=row.name)
    public = PublicKey.parse(sign_public if ":" in sign_public else f"ed25519:{sign_public}")
    gateway = Gateway.objects.create(
        name=row.name,
        department_id=row.department_id,
        address=address[:300],
        sign_public=public.text,
        sign_key_id=key_id(public),
        seal_public=_seal_public(seal_public),
        enrolled_at=now,
        heard_at=now,
    )
    row.used_at, row.gateway = now, gateway
    row.save(update_fields=["used_at", "gateway"])
    enter(
        event=Event.GATEWAY_ENROLLED,
        by=actor_of(gateway),
        subject=steps.gateway_subject(gateway),
        parties=[str(row.department_id)] if row.department_id else [],
        facts={"name": gateway.name, "key": gateway.sign_key_id, "address": gateway.address},
        at=now,
    )
    return gateway


def _seal_public(text: str) -> str:
    value = text.rsplit(":", 1)[-1]
    try:
        whole = len(unb64(value)) == 32
    except ValueError:
        whole = False
    if not whole:
        raise NotValid("evidence.key.malformed", algorithm="x25519")
    return value


def actor_of(gateway: Gateway) -> Actor:
    """The gateway as one who acts: under its own name, for the department it stands with, if any."""
    return Actor(kind="gateway", id=str(gateway.pk), name=gateway.name, department=str(gateway.department_id or ""))


@act
def set_gateway(*, by: Actor, gateway_id: UUID | str, book_minutes: int, now: datetime | None = None) -> Gateway:
    """How long its books are valid: what a silent centre costs, and how long a revoked grant may live without it."""
    now = now or utc_now()
    access.may_run_gateways(by).require()
    check_minutes(book_minutes)
    gateway = scope.gateway(by, gateway_id)
    gateway.book_minutes = book_minutes
    gateway.save(update_fields=["book_minutes"])
    _enter(Event.GATEWAY_SET, by, gateway, {"book_minutes": book_minutes}, now)
    return gateway


@act
def retire_gateway(*, by: Actor, gateway_id: UUID | str, reason: str, now: datetime | None = None) -> Gateway:
    """It is heard no more; its grants are free for another gateway once its last book has run out."""
    now = now or utc_now()
    access.may_run_gateways(by).require()
    gateway = scope.gateway(by, gateway_id)
    if gateway.state == Gateway.State.RETIRED:
        raise Conflict("exchange.gateway.retired")
    gateway.state = Gateway.State.RETIRED
    gateway.save(update_fields=["state"])
    last = gateway.books.order_by("number").last()
    released = gateway.grants.update(gateway=None, in_book=None, free_at=last.expires_at if last else None)
    _enter(Event.GATEWAY_RETIRED, by, gateway, {"reason": reason, "grants": released}, now)
    return gateway


def _enter(event: Event, by: Actor, gateway: Gateway, facts: dict[str, object], now: datetime) -> None:
    parties = [str(gateway.department_id)] if gateway.department_id else []
    enter(event=event, by=by, subject=steps.gateway_subject(gateway), parties=parties, facts=facts, at=now)
