"""Grant books: computed anew from the present facts of every lower room, never patched; signed, numbers only rise.

A book is asked for by a gateway that waits. `facts_of` reads grants, keys, systems, attachments, connections and
departments as they are now and gives their fingerprint; only when it differs from the last book's, or that book has
lived half its life, is a new one made. So a revoked key or a broken attachment needs no call from the room it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Q, QuerySet

from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Attachment, Item
from zampa.census.models import Connection, System
from zampa.census.queries import endpoint_of
from zampa.contracts.actors import Actor
from zampa.contracts.book import (
    BOOK_FORMAT,
    BOOK_PURPOSE,
    Action,
    BookGrant,
    BookKey,
    BookService,
    GrantBook,
    mask_key_context,
    service_context,
)
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import DataType, Field, TableSchema
from zampa.evidence import envelopes, seals
from zampa.exchange import keys
from zampa.exchange.acts import steps
from zampa.exchange.acts.deliveries import source_table
from zampa.exchange.acts.grants import granted_field
from zampa.exchange.events import Event
from zampa.exchange.models import Gateway, GatewayBook, Grant
from zampa.exchange.rules.gateways import choose_gateway, renewal_due
from zampa.exchange.rules.requests import SERVICE_WAYS
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import canonical, sha256, unb64
from zampa.identity.models import ConsumerKey
from zampa.identity.queries import live_keys
from zampa.ledger.acts import act, enter


@dataclass(frozen=True)
class Facts:
    """What a book is made from, before anything is sealed; `fingerprint` is over all of it and tells no secret."""

    grants: list[Grant]
    services: dict[UUID, Attachment]
    keys: list[BookKey]
    fingerprint: str


def facts_of(gateway: Gateway, now: datetime) -> Facts:
    """The present facts of the grants this gateway owns. Connection secrets enter sealed, as they lie at rest."""
    grants: list[Grant] = []
    services: dict[UUID, Attachment] = {}
    for grant in _serving(gateway, now):
        attachment = services.get(grant.resource_id) or catalogue.live_attachment(grant.resource_id)
        if attachment is not None:
            services[grant.resource_id] = attachment
            grants.append(grant)
    # Keys of every system that ever held a grant here: one whose grant has ended is told so, not that it is unknown.
    here = Grant.objects.filter(Q(gateway=gateway) | Q(left=gateway), system__isnull=False)
    systems = here.values_list("system_id", flat=True)
    found = [_key(row) for row in live_keys(now).filter(system_id__in=set(systems)).order_by("pk")]
    told = {
        "gateway": [gateway.seal_public, gateway.book_minutes, settings.ZAMPA_SUITE, keys.book_key_id()],
        "grants": [[msgspec.to_builtins(_grant(g, services[g.resource_id])), g.sealed_mask_key] for g in grants],
        "services": [_at_rest(one) for one in services.values()],
        "keys": [msgspec.to_builtins(key) for key in found],
    }
    return Facts(grants, services, found, sha256(canonical(told)).hex())


def _serving(gateway: Gateway, now: datetime) -> QuerySet[Grant]:
    rows = Grant.objects.select_related("resource", "request").prefetch_related("fields")
    return (
        rows.filter(
            Q(free_at=None) | Q(free_at__lte=now),
            gateway=gateway,
            state=Grant.State.LIVE,
            ends_at__gt=now,
            actions__overlap=sorted(SERVICE_WAYS),
            requester__closed_at=None,
            provider__closed_at=None,
            system__isnull=False,
        )
        .exclude(system__state=System.State.STOPPED)
        .order_by("pk")
    )


def _grant(grant: Grant, attachment: Attachment, sealed_mask_key: str = "") -> BookGrant:
    whole = attachment.reads_as == "http" and not attachment.response
    return BookGrant(
        id=str(grant.pk),
        number=grant.number,
        consumer=str(grant.system_id),
        department=str(grant.requester_id),
        resource=str(grant.resource_id),
        resource_code=grant.resource.code,
        service=str(attachment.pk),
        actions=cast(tuple[Action, ...], tuple(way for way in grant.actions if way in SERVICE_WAYS)),
        fields=() if whole else tuple(granted_field(row) for row in grant.fields.all()),
        purpose=grant.purpose,
        not_before=iso(grant.starts_at),
        not_after=iso(grant.ends_at),
        row_filter=msgspec.convert(grant.row_filter, Filter) if grant.row_filter else None,
        quota_per_day=grant.quota_per_day,
        rate_per_minute=grant.rate_per_minute,
        sealed_mask_key=sealed_mask_key,
    )


def _key(row: ConsumerKey) -> BookKey:
    """A consumer key as the book carries it: a digest or a public half, never a secret."""
    return BookKey(
        id=str(row.pk),
        consumer=str(row.system_id),
        department=str(row.department_id),
        algorithm=cast(Any, row.algorithm),
        material=row.material,
        not_after=iso(row.not_after),
    )


def _service(attachment: Attachment, sealed: str) -> BookService:
    table = attachment.reads_as == "table"
    return BookService(
        id=str(attachment.pk),
        resource=str(attachment.resource_id),
        kind="table" if table else "http",
        sealed=sealed,
        schema=_schema(attachment) if table else None,
        methods=tuple(attachment.methods or ("GET",)),
        path=attachment.path or "/",
        response="" if table else cast(Any, attachment.response),
    )


def _schema(attachment: Attachment) -> TableSchema:
    """The source's columns as the entry describes them: what is not catalogued is not there for a gateway."""
    rows = Item.objects.filter(resource_id=attachment.resource_id).exclude(column="").order_by("position")
    fields = [
        Field(
            name=row.column,
            type=cast(DataType, row.type),
            length=row.length,
            precision=row.precision,
            scale=row.scale,
            key=row.key,
        )
        for row in rows
    ]
    return TableSchema(table=source_table(attachment), fields=tuple(fields))


def _at_rest(attachment: Attachment) -> list[object]:
    found = Connection.objects.get(pk=attachment.connection_id)
    columns = ("engine", "host", "port", "database", "user", "sealed_secret", "folder", "url", "options")
    plain = msgspec.to_builtins(_service(attachment, ""))
    return [plain, *(getattr(found, name) for name in columns)]


def adopt_grants(gateway: Gateway, now: datetime) -> int:
    """Grants that no gateway owns yet and this one should; how many it took."""
    live = Gateway.objects.filter(state=Gateway.State.LIVE).order_by("enrolled_at", "pk")
    known = [(str(pk), str(department or "")) for pk, department in live.values_list("pk", "department_id")]
    free = Grant.objects.filter(
        Q(free_at=None) | Q(free_at__lte=now), gateway=None, state="live", actions__overlap=sorted(SERVICE_WAYS)
    )
    mine = [
        pk
        for pk, provider in free.values_list("pk", "provider_id")
        if choose_gateway(known, str(provider)) == str(gateway.pk)
    ]
    return Grant.objects.filter(pk__in=mine, gateway=None).update(gateway=gateway, in_book=None) if mine else 0


def free_moved(gateway: Gateway, have: int) -> int:
    """Grants that left this gateway and whose last book here it holds no more: the next gateway may serve them now."""
    gone = Grant.objects.filter(left=gateway, left_book__lt=have, free_at__isnull=False)
    return gone.exclude(gateway=None).update(free_at=None)


@act
def issue_book(*, by: Actor, gateway_id: UUID | str, have: int = 0, now: datetime | None = None) -> GatewayBook:
    """The book that holds now: the last one when nothing changed and it is young enough, else a new one, signed.

    `have` is what the gateway says it holds. After a restore that may be more than this centre remembers: numbers
    go on from there, so that the gateway takes the next one.
    """
    now = now or utc_now()
    gateway = Gateway.objects.select_for_update().get(pk=gateway_id)
    ahead = have > gateway.book_number
    gateway.book_number = max(have, gateway.book_number)
    free_moved(gateway, have)
    adopt_grants(gateway, now)
    facts = facts_of(gateway, now)
    last = gateway.books.order_by("number").last()
    if (
        not ahead
        and last is not None
        and last.facts == facts.fingerprint
        and not renewal_due(last.issued_at, last.expires_at, now)
    ):
        return last
    gateway.book_number += 1
    gateway.save(update_fields=["book_number"])
    expires = now + timedelta(minutes=gateway.book_minutes)
    payload = msgspec.json.encode(_book(gateway, facts, now, expires))
    signed = envelopes.sign(BOOK_PURPOSE, payload, keys.book_key())
    book = GatewayBook.objects.create(
        gateway=gateway,
        number=gateway.book_number,
        facts=facts.fingerprint,
        grants=len(facts.grants),
        issued_at=now,
        expires_at=expires,
        envelope=msgspec.to_builtins(signed),
    )
    named = [grant.pk for grant in facts.grants]
    Grant.objects.filter(pk__in=named, in_book=None).update(in_book=book.number)
    told = {"number": book.number, "digest": sha256(payload).hex(), "grants": [g.number for g in facts.grants]}
    enter(
        event=Event.BOOK_ISSUED,
        by=by,
        subject=steps.gateway_subject(gateway),
        facts={**told, "keys": len(facts.keys), "expires": iso(expires)},
        at=now,
    )
    GatewayBook.objects.filter(gateway=gateway, expires_at__lt=now).delete()
    return book


def _book(gateway: Gateway, facts: Facts, now: datetime, expires: datetime) -> GrantBook:
    """The book with everything secret sealed to this gateway's key: endpoints and mask keys, each in its context."""
    public = unb64(gateway.seal_public)
    services = []
    for attachment in facts.services.values():
        clear = canonical(msgspec.to_builtins(endpoint_of(attachment.connection_id)))
        services.append(_service(attachment, seals.seal_to(public, clear, service_context(str(attachment.pk)))))
    grants = []
    for grant in facts.grants:
        clear = keys.mask_key(grant.pk, grant.sealed_mask_key)
        sealed = seals.seal_to(public, clear, mask_key_context(str(grant.pk)))
        grants.append(_grant(grant, facts.services[grant.resource_id], sealed))
    return GrantBook(
        format=BOOK_FORMAT,
        installation=settings.ZAMPA_INSTALLATION,
        gateway=str(gateway.pk),
        number=gateway.book_number,
        issued=iso(now),
        expires=iso(expires),
        suite=settings.ZAMPA_SUITE,
        keys=tuple(facts.keys),
        services=tuple(services),
        grants=tuple(grants),
    )
