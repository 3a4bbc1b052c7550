"""Reading the provider's table: kept connections, one thread a read, SQL with bound values only.

The connectors' own sessions are used (checked address, read-only transaction, no local files); here they are kept
between calls, and given up when anything went wrong on them. Every value comes as text, the same from both engines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.filters import Dialect
from zampa.connectors.mysql import looking as mysql_looking
from zampa.connectors.mysql import session as mysql_session
from zampa.connectors.postgresql import looking as postgresql_looking
from zampa.connectors.postgresql import session as postgresql_session
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import DataType, Field, TableRef
from zampa.gateway.books import Plan
from zampa.gateway.refusals import Refusal
from zampa.ground.errors import Unavailable, ZampaError

Cell = str | None
STATEMENT_SECONDS = 20


def _postgresql_text(field: Field) -> str:
    return f"{postgresql_session.quoted(field.name)}::text"


def _mysql_text(field: Field) -> str:
    name = mysql_session.quoted(field.name)
    return f"HEX({name})" if field.type == "binary" else f"CAST({name} AS CHAR)"


@dataclass(frozen=True)
class Style:
    """How one engine is asked. `table` and `text` give SQL, `casts` the placeholder of a type."""

    session: Callable[..., AbstractContextManager[Any]]
    told: Callable[..., AbstractContextManager[None]]
    dialect: Dialect
    casts: dict[DataType, str]
    table: Callable[[TableRef], str]
    text: Callable[[Field], str]
    limit: str


STYLES: dict[str, Style] = {
    "postgresql": Style(
        postgresql_session.session, postgresql_session.told, postgresql_looking.DIALECT, postgresql_looking.CASTS,
        postgresql_looking.table_sql, _postgresql_text, f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'",
    ),
    "mysql": Style(
        mysql_session.session, mysql_session.told, mysql_looking.DIALECT, mysql_looking.CASTS,
        lambda table: mysql_session.quoted(table.name), _mysql_text, "START TRANSACTION READ ONLY",
    ),
}


@dataclass(slots=True)
class Held:
    """A session kept open between calls."""

    manager: AbstractContextManager[Any]
    connection: Any


class Sources:
    """Kept sessions by service, at most `at_once` reads at a time."""

    def __init__(self, policy: AddressPolicy, at_once: int) -> None:
        self.policy = policy
        self.threads = ThreadPoolExecutor(at_once, thread_name_prefix="read")
        self.idle: dict[str, list[Held]] = {}

    def style(self, plan: Plan) -> Style:
        """Refusal when the service is no table of an engine that can be asked."""
        found = STYLES.get(plan.endpoint.engine)
        service = plan.service
        if found is None or service is None or service.kind != "table" or service.schema is None:
            raise Refusal("gateway.grant.no_service")
        return found

    async def select(self, plan: Plan, sql: str, values: Sequence[str]) -> list[tuple[Cell, ...]]:
        """The rows of one query; Refusal gateway.provider.source with the connector's code when it fails."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.threads, self._select, plan, sql, list(values))
        except ZampaError as error:
            if error.code == "connectors.address_not_allowed":
                raise Refusal("gateway.provider.address") from error
            raise Refusal("gateway.provider.source", source=error.code) from error

    def _select(self, plan: Plan, sql: str, values: list[str]) -> list[tuple[Cell, ...]]:
        assert plan.service is not None
        style, endpoint, name = self.style(plan), plan.endpoint, plan.service.sealed
        while True:
            kept = self.idle.setdefault(name, [])
            held = kept.pop() if kept else None
            fresh = held is None
            held = held or self._connected(style, endpoint)
            try:
                with style.told(endpoint, plan.service.schema.table.name if plan.service.schema else ""):
                    rows = _ask(held.connection, style, sql, values)
            except BaseException as error:
                _dropped(held)
                if not fresh and isinstance(error, Unavailable):
                    continue  # a kept session may have died while it lay idle: once more on a fresh one
                raise
            kept.append(held)
            return rows

    def _connected(self, style: Style, endpoint: Endpoint) -> Held:
        manager = style.session(endpoint, self.policy)
        return Held(manager, manager.__enter__())

    def close(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
        for kept in self.idle.values():
            for held in kept:
                _dropped(held)


def _ask(connection: Any, style: Style, sql: str, values: list[str]) -> list[tuple[Cell, ...]]:
    connection.rollback()
    with connection.cursor() as cursor:
        cursor.execute(style.limit)
        cursor.execute(sql, values)
        rows: list[tuple[Cell, ...]] = list(cursor.fetchall())
    connection.rollback()
    return rows


def _dropped(held: Held) -> None:
    try:
        held.manager.__exit__(None, None, None)
    except (ZampaError, OSError):
        return
