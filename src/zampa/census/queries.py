"""Questions about systems and connections, each from one scoped queryset."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from zampa.census import secrets
from zampa.census.models import AllowedNetwork, Connection, System
from zampa.connectors.addresses import AddressPolicy
from zampa.contracts.actors import Actor
from zampa.contracts.deliveries import Endpoint, Engine
from zampa.ground.errors import NotFound
from zampa.identity import queries as people


def systems_of(actor: Actor) -> QuerySet[System]:
    """One's own department's; an authority also those it governs; the installation and the auditor all."""
    rows = System.objects.select_related("department")
    if actor.kind == "system" or actor.holds("audit_admin", "system_admin"):
        return rows
    mine = Q(department_id=actor.department) if actor.department else Q(pk=None)
    if actor.holds("authority") and actor.governs:
        mine |= Q(department__region_id__in=actor.governs)
    return rows.filter(mine)


def system(actor: Actor, system_id: UUID | str) -> System:
    return people.one(systems_of(actor), system_id, "census.system.not_found")


def connections_of(actor: Actor) -> QuerySet[Connection]:
    """One's own department's only: where data lies is nobody else's business."""
    rows = Connection.objects.select_related("department", "system")
    if actor.kind == "system":
        return rows
    return rows.filter(department_id=actor.department) if actor.department else rows.none()


def connection(actor: Actor, connection_id: UUID | str) -> Connection:
    return people.one(connections_of(actor), connection_id, "census.connection.not_found")


def networks(actor: Actor) -> QuerySet[AllowedNetwork]:
    """The approved networks; whoever keeps connections may see them."""
    return AllowedNetwork.objects.filter(withdrawn_at=None)


def endpoint_of(connection_id: UUID | str) -> Endpoint:
    """The connection as connectors take it, secrets in clear. For jobs and checks only: never for a page."""
    found = Connection.objects.filter(pk=connection_id).first()
    if found is None:
        raise NotFound("census.connection.not_found")
    opened = secrets.unseal(found.pk, found.sealed_secret)
    options = {name: str(value) for name, value in found.options.items()}
    options |= {name.removeprefix("options."): value for name, value in opened.items() if name.startswith("options.")}
    return Endpoint(
        engine=cast(Engine, found.engine),
        host=found.host,
        port=found.port,
        database=found.database,
        user=found.user,
        secret=opened.get("secret", ""),
        folder=found.folder,
        url=found.url,
        options=options,
    )


def address_policy(connection_id: UUID | str) -> AddressPolicy:
    """What this connection may reach: the approved networks, and for files its own department's folders.

    A department's files lie below ZAMPA_FILES_DIR/sources/<credit code>; folders the operator named in
    ZAMPA_SOURCE_FOLDERS are open to every department's connections.
    """
    code = Connection.objects.filter(pk=connection_id).values_list("department__code", flat=True).first()
    cidrs = AllowedNetwork.objects.filter(withdrawn_at=None).values_list("cidr", flat=True)
    machine = AddressPolicy.from_environment()
    named = tuple(Path(word.strip()) for word in os.environ.get("ZAMPA_SOURCE_FOLDERS", "").split(",") if word.strip())
    return AddressPolicy(
        networks=(*machine.networks, *(ipaddress.ip_network(cidr) for cidr in cidrs)),
        allow_loopback=settings.ZAMPA_ALLOW_LOOPBACK,
        own=machine.own,
        folders=(Path(settings.ZAMPA_FILES_DIR) / "sources" / str(code), *named),
    )
