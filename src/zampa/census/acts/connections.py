"""Connections: entered with their secret sealed, and checked by really connecting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from zampa.census import queries, rules, secrets
from zampa.census.events import Event
from zampa.census.models import Connection, Network
from zampa.connectors.protocols import Health
from zampa.connectors.registry import connector
from zampa.contracts.actors import Actor, Subject
from zampa.contracts.deliveries import Engine
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid, ZampaError
from zampa.ground.ids import new_id
from zampa.identity import queries as people
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter


@act
def register_connection(
    *,
    by: Actor,
    department_id: UUID | str,
    name: str,
    engine: str,
    host: str = "",
    port: int = 0,
    database: str = "",
    user: str = "",
    secret: str = "",
    folder: str = "",
    url: str = "",
    options: Mapping[str, str] | None = None,
    network: str = "extranet",
    system_id: UUID | str | None = None,
    now: datetime | None = None,
) -> Connection:
    """Keeps how a department's data is reached. What the connector names as secret is sealed, the rest is plain."""
    now = now or utc_now()
    department = people.department(by, department_id)
    rules.may_keep(by, str(department.pk)).require()
    row = Connection(
        pk=new_id(), name=name.strip(), name_key=name_key(name), department=department, engine=engine,
        host=host.strip(), port=port, database=database, user=user, folder=folder, url=url, network=network,
        created_at=now, created_by=by.name,
    )  # fmt: skip
    _refuse_faults(row)
    if Connection.objects.filter(department=department, name=row.name).exists():
        raise NotValid("census.connection.not_valid", faults=[Fault("name", "census.connection.name_taken")])
    if system_id:
        row.system = queries.system(by, system_id)
    row.options, hidden = split(engine, options or {}, secret)
    row.sealed_secret = secrets.seal(row.pk, hidden)
    row.save()
    enter(
        event=Event.CONNECTION_REGISTERED, by=by, subject=subject_of(row), parties=[str(department.pk)],
        facts={"engine": engine, "network": network}, at=now,
    )  # fmt: skip
    return row


@act
def change_connection(
    *,
    by: Actor,
    connection_id: UUID | str,
    name: str,
    host: str = "",
    port: int = 0,
    database: str = "",
    user: str = "",
    secret: str = "",
    folder: str = "",
    url: str = "",
    options: Mapping[str, str] | None = None,
    network: str = "extranet",
    system_id: UUID | str | None = None,
    now: datetime | None = None,
) -> Connection:
    """Changes where a connection leads. An empty secret keeps the old one, unless the place it opens changes:
    a kept secret is never sent to another host."""
    row = queries.connection(by, connection_id)
    rules.may_keep(by, str(row.department_id)).require()
    place = (row.host, row.port, row.url, row.user)
    row.name, row.name_key, row.host, row.port = name.strip(), name_key(name), host.strip(), port
    row.database, row.user, row.folder, row.url, row.network = database, user, folder, url, network
    _refuse_faults(row)
    if Connection.objects.filter(department_id=row.department_id, name=row.name).exclude(pk=row.pk).exists():
        raise NotValid("census.connection.not_valid", faults=[Fault("name", "census.connection.name_taken")])
    row.system = queries.system(by, system_id) if system_id else None
    row.options, hidden = split(row.engine, options or {}, secret)
    if hidden or not row.sealed_secret:
        row.sealed_secret = secrets.seal(row.pk, hidden)
    elif place != (row.host, row.port, row.url, row.user):
        raise NotValid("census.connection.not_valid", faults=[Fault("secret", "census.connection.secret_again")])
    row.state, row.error_code, row.error_params = "new", "", {}
    row.save()
    enter(
        event=Event.CONNECTION_CHANGED, by=by, subject=subject_of(row), parties=[str(row.department_id)],
        facts={"engine": row.engine, "network": network, "secret_changed": bool(hidden)}, at=now,
    )  # fmt: skip
    return row


def split(engine: str, options: Mapping[str, str], secret: str) -> tuple[dict[str, str], dict[str, str]]:
    """Plain options, and the secret values under the names the connector gives them."""
    named = connector(cast(Engine, engine)).secret_fields
    hidden = {f"options.{key}": value for key, value in options.items() if f"options.{key}" in named and value}
    if secret:
        hidden["secret"] = secret
    return {key: value for key, value in options.items() if f"options.{key}" not in named}, hidden


def check_connection(*, by: Actor, connection_id: UUID | str, now: datetime | None = None) -> Connection:
    """Really connects, outside any transaction, and keeps what was found: state, server version or error code.

    A failing source is an answer here, not an error; only a change of state makes a record.
    """
    row = _may_check(by=by, connection_id=connection_id)
    try:
        engine = connector(cast(Engine, row.engine), queries.address_policy(row.pk))
        health: Health | ZampaError = engine.check(queries.endpoint_of(row.pk))
    except ZampaError as error:
        health = error
    return _note_check(by=by, connection_id=row.pk, health=health, now=now)


@act
def _may_check(*, by: Actor, connection_id: UUID | str) -> Connection:
    row = queries.connection(by, connection_id)
    rules.may_keep(by, str(row.department_id)).require()
    return row


@act
def _note_check(
    *, by: Actor, connection_id: UUID, health: Health | ZampaError, now: datetime | None = None
) -> Connection:
    now = now or utc_now()
    row = Connection.objects.select_for_update().get(pk=connection_id)
    before = (row.state, row.error_code)
    row.checked_at = now
    if isinstance(health, ZampaError):
        row.state, row.error_code = "broken", health.code
        row.error_params = {name: str(value) for name, value in health.params.items()}
    else:
        row.state, row.error_code, row.error_params, row.server_version = "live", "", {}, health.version[:200]
    row.save(update_fields=["checked_at", "state", "error_code", "error_params", "server_version"])
    if before != (row.state, row.error_code):
        enter(
            event=Event.CONNECTION_LIVE if row.state == "live" else Event.CONNECTION_BROKEN,
            by=by, subject=subject_of(row), parties=[str(row.department_id)],
            facts={"state": row.state, "error": row.error_code}, at=now,
        )  # fmt: skip
    return row


def _refuse_faults(row: Connection) -> None:
    faults = rules.connection_faults(
        engine=row.engine, name=row.name, host=row.host, port=row.port, database=row.database, user=row.user,
        folder=row.folder, url=row.url,
    )  # fmt: skip
    if row.network not in Network.values:
        faults.append(Fault("network", "census.unknown_network"))
    if faults:
        raise NotValid("census.connection.not_valid", faults=faults)


def subject_of(row: Connection) -> Subject:
    return Subject("census.connection", str(row.pk), row.name)
