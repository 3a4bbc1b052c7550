"""The one plug-in surface: an engine's name leads to its connector."""

from __future__ import annotations

from collections.abc import Callable

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.postgresql.connector import PostgresqlConnector
from zampa.connectors.protocols import Connector
from zampa.contracts.deliveries import Engine
from zampa.ground.errors import NotValid

ENGINES: dict[Engine, Callable[[AddressPolicy], Connector]] = {
    "postgresql": PostgresqlConnector,
}


def connector(engine: Engine, policy: AddressPolicy | None = None) -> Connector:
    """The connector of `engine`; without a policy, the one of this process's environment (deny by default)."""
    if engine not in ENGINES:
        raise NotValid("connectors.unknown_engine", engine=engine)
    return ENGINES[engine](policy or AddressPolicy.from_environment())
