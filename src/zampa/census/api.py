"""Systems, connections and networks as JSON. Secrets go in and never come out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zampa.census import acts, queries
from zampa.census.models import AllowedNetwork, Connection, System
from zampa.contracts.actors import Actor
from zampa.identity import queries as people

router = Router(tags=["census"])


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class SystemOut(Schema):
    id: UUID
    code: str
    name: str
    department: UUID
    network: str
    state: str
    purpose: str

    @staticmethod
    def resolve_department(row: System) -> UUID:
        return row.department_id


class SystemIn(Schema):
    code: str
    name: str
    network: str = "extranet"
    state: str = "running"
    purpose: str = ""


class SystemChange(Schema):
    name: str
    network: str
    state: str
    purpose: str = ""


class KeyIn(Schema):
    algorithm: str = "bearer"
    public_key: str = ""
    not_after: datetime | None = None


class KeyMade(Schema):
    """`secret` is the bearer key's text, given this once; empty for an uploaded public key."""

    id: UUID
    algorithm: str
    not_after: datetime
    secret: str


class ConnectionOut(Schema):
    id: UUID
    name: str
    department: UUID
    system: UUID | None
    engine: str
    network: str
    host: str
    port: int
    database: str
    user: str
    folder: str
    url: str
    has_secret: bool
    state: str
    checked_at: datetime | None
    error_code: str
    error_params: dict[str, object]
    server_version: str

    @staticmethod
    def resolve_department(row: Connection) -> UUID:
        return row.department_id

    @staticmethod
    def resolve_system(row: Connection) -> UUID | None:
        return row.system_id

    @staticmethod
    def resolve_has_secret(row: Connection) -> bool:
        return bool(row.sealed_secret)


class ConnectionIn(Schema):
    name: str
    engine: str
    network: str = "extranet"
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    secret: str = ""
    folder: str = ""
    url: str = ""
    options: dict[str, str] = {}
    system_id: UUID | None = None


class NetworkOut(Schema):
    id: UUID
    cidr: str
    note: str
    approved_by: str
    approved_at: datetime


class NetworkIn(Schema):
    cidr: str
    note: str


class Systems(Schema):
    items: list[SystemOut]
    next: str


class Connections(Schema):
    items: list[ConnectionOut]
    next: str


class Networks(Schema):
    items: list[NetworkOut]
    next: str


@router.get("/systems", response=Systems)
def systems(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.systems_of(request.actor), after, limit)
    return {"items": items, "next": more}


@router.post("/systems", response={201: SystemOut})
def register_system(request: Asked, given: SystemIn) -> System:
    return acts.register_system(by=request.actor, department_id=request.actor.department, **given.dict())


@router.get("/systems/{system_id}", response=SystemOut)
def system(request: Asked, system_id: UUID) -> System:
    return queries.system(request.actor, system_id)


@router.put("/systems/{system_id}", response=SystemOut)
def change_system(request: Asked, system_id: UUID, given: SystemChange) -> System:
    return acts.change_system(by=request.actor, system_id=system_id, **given.dict())


@router.post("/systems/{system_id}/keys", response={201: KeyMade})
def issue_key(request: Asked, system_id: UUID, given: KeyIn) -> dict[str, object]:
    key, secret = acts.issue_key(by=request.actor, system_id=system_id, **given.dict())
    return {"id": key.pk, "algorithm": key.algorithm, "not_after": key.not_after, "secret": secret}


@router.get("/connections", response=Connections)
def connections(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.connections_of(request.actor), after, limit)
    return {"items": items, "next": more}


@router.post("/connections", response={201: ConnectionOut})
def register_connection(request: Asked, given: ConnectionIn) -> Connection:
    row = acts.register_connection(by=request.actor, department_id=request.actor.department, **given.dict())
    return row


@router.get("/connections/{connection_id}", response=ConnectionOut)
def connection(request: Asked, connection_id: UUID) -> Connection:
    return queries.connection(request.actor, connection_id)


@router.post("/connections/{connection_id}/check", response=ConnectionOut)
def check_connection(request: Asked, connection_id: UUID) -> Connection:
    """Really connects; the answer's state and error_code say what was found."""
    return acts.check_connection(by=request.actor, connection_id=connection_id)


@router.get("/networks", response=Networks)
def networks(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.networks(request.actor), after, limit)
    return {"items": items, "next": more}


@router.post("/networks", response={201: NetworkOut})
def approve_network(request: Asked, given: NetworkIn) -> AllowedNetwork:
    return acts.approve_network(by=request.actor, **given.dict())


@router.post("/networks/{network_id}/withdraw", response=NetworkOut)
def withdraw_network(request: Asked, network_id: UUID) -> AllowedNetwork:
    return acts.withdraw_network(by=request.actor, network_id=network_id)
