"""Every engine of the suite, each standing ready with a place to write to and a way to look at it from outside."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conformance.mariadb import Mariadb, MariadbMissing
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.protocols import Connector
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint, Engine
from zampa.contracts.schemas import TableRef

POLICY = AddressPolicy(allow_loopback=True)
WRITERS: tuple[Engine, ...] = ("postgresql", "mysql", "csv", "xlsx", "parquet")
DATABASES: tuple[Engine, ...] = ("postgresql", "mysql")
FILES: tuple[Engine, ...] = ("csv", "xlsx", "parquet")


@dataclass(frozen=True)
class Place:
    """A connection of one engine; `ref` names a fresh table or file there."""

    engine: Engine
    connector: Connector
    endpoint: Endpoint
    mariadb: Mariadb | None = None

    def ref(self, name: str = "人口_table") -> TableRef:
        if self.engine in FILES:
            return TableRef(name=f"{name}.{self.engine}", kind="file")
        return TableRef(name=name, schema="received" if self.engine == "postgresql" else "")

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """SQL by somebody else than the connector."""
        if self.engine == "mysql":
            assert self.mariadb is not None
            return list(self.mariadb.root(statement, database=self.endpoint.database))
        with psycopg.connect(address(self.endpoint), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def names(self) -> set[str]:
        """Everything that lies there, hidden files and staging tables too."""
        if self.engine in FILES:
            return {path.name for path in Path(self.endpoint.folder).iterdir()}
        if self.engine == "mysql":
            return {str(row[0]) for row in self.run("SHOW TABLES")}
        return {
            str(row[0])
            for row in self.run(
                "SELECT relname FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = c.relnamespace WHERE nspname = 'received'"
            )
        }


def address(endpoint: Endpoint) -> str:
    return f"postgresql://{endpoint.user}:{endpoint.secret}@{endpoint.host}:{endpoint.port}/{endpoint.database}"


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Mariadb]:
    try:
        server = Mariadb()
        server.start()
    except MariadbMissing as why:
        pytest.skip(f"no MariaDB: {why}")
    yield server
    server.stop()


@pytest.fixture
def postgresql_place(provider_database: str) -> Iterator[Place]:
    parts = urlsplit(provider_database)
    endpoint = Endpoint(
        engine="postgresql",
        host=parts.hostname or "",
        port=parts.port or 0,
        user=parts.username or "",
        secret=parts.password or "",
        database=parts.path[1:],
    )
    place = Place("postgresql", connector("postgresql", POLICY), endpoint)
    place.run("DROP SCHEMA IF EXISTS received CASCADE")
    place.run("CREATE SCHEMA received")
    yield place
    place.run("DROP SCHEMA IF EXISTS received CASCADE")


@pytest.fixture
def mysql_place(mariadb_server: Mariadb) -> Iterator[Place]:
    database, secret = "d" + secrets.token_hex(4), secrets.token_hex(8)
    mariadb_server.root(
        f"CREATE DATABASE {database} CHARACTER SET utf8mb4",
        f"CREATE USER {database}@'127.0.0.1' IDENTIFIED BY '{secret}'",
        f"GRANT ALL ON {database}.* TO {database}@'127.0.0.1'",
    )
    endpoint = Endpoint(
        engine="mysql", host="127.0.0.1", port=mariadb_server.port, user=database, secret=secret, database=database
    )
    yield Place("mysql", connector("mysql", POLICY), endpoint, mariadb_server)
    mariadb_server.root(f"DROP DATABASE {database}", f"DROP USER {database}@'127.0.0.1'")


def _place(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if engine in DATABASES:
        found = request.getfixturevalue(f"{engine}_place")
        assert isinstance(found, Place)
        return found
    return Place(engine, connector(engine, POLICY), Endpoint(engine=engine, folder=str(tmp_path)))


@pytest.fixture(params=WRITERS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each engine that can be written to, in turn."""
    return _place(request.param, request, tmp_path)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return _place(request.param, request, tmp_path)


@pytest.fixture(params=FILES)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return _place(request.param, request, tmp_path)
