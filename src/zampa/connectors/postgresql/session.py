"""Connecting to a PostgreSQL that is not ours, and telling its errors as one of the five.

The server's own words never leave: they may hold values, and they come in the server's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from zampa.connectors.addresses import AddressPolicy, resolve
from zampa.contracts.deliveries import Endpoint
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid, Unavailable, ZampaError

SESSION = (
    "SET TimeZone='UTC'; SET DateStyle='ISO, YMD'; SET IntervalStyle='iso_8601'; SET bytea_output='hex';"
    "SET extra_float_digits=1; SET client_min_messages='warning'; SET search_path='pg_catalog';"
    "SET standard_conforming_strings=on; SET synchronize_seqscans=off"
)
TLS_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
CONNECT_SECONDS = 8


@contextmanager
def session(endpoint: Endpoint, policy: AddressPolicy, *, read_only: bool = True) -> Iterator[psycopg.Connection]:
    """One transaction (repeatable read when reading), ended by the caller's commit or rolled back."""
    connection = _connect(endpoint, policy)
    try:
        with told(endpoint):
            connection.autocommit = True
            connection.execute(SESSION)
            connection.autocommit = False
            if read_only:
                connection.read_only = True
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    finally:
        connection.close()


def quoted(name: str) -> str:
    """An identifier for SQL that goes through placeholders; NotValid for what no table can be called."""
    if not name or "\x00" in name or len(name.encode()) > 63:
        raise NotValid("connectors.name_not_allowed", name=name, limit=63)
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


@contextmanager
def told(endpoint: Endpoint, table: str = "") -> Iterator[None]:
    """Database errors inside become one of the five."""
    try:
        yield
    except ZampaError:
        raise
    except psycopg.Error as failure:
        raise translated(failure, endpoint, table) from None


def translated(failure: psycopg.Error, endpoint: Endpoint, table: str = "") -> ZampaError:
    """The error as ours. Only names are taken over (SQLSTATE, column), never the message."""
    column = (failure.diag.column_name or "") if failure.diag else ""
    state = failure.sqlstate or ""
    if isinstance(failure, pg.UndefinedTable):
        return NotFound("connectors.no_such_table", table=table)
    if isinstance(failure, pg.InvalidSchemaName):
        return NotFound("connectors.no_such_schema", table=table)
    if isinstance(failure, pg.UndefinedColumn):
        return NotValid("connectors.missing_column", table=table, column=column)
    if isinstance(failure, pg.DiskFull) or "53100" in state:
        return Unavailable("connectors.disk_full", host=endpoint.host)
    if isinstance(failure, (pg.InsufficientPrivilege, pg.ReadOnlySqlTransaction)):
        return NotAllowed("connectors.no_right", host=endpoint.host, user=endpoint.user, table=table)
    if isinstance(failure, pg.DependentObjectsStillExist):
        return Conflict("connectors.table_in_use", table=table)
    if isinstance(failure, pg.DuplicateTable):
        return Conflict("connectors.foreign_table", table=table)
    if isinstance(failure, pg.LockNotAvailable):
        return Conflict("connectors.busy", table=table)
    if isinstance(failure, (pg.QueryCanceled, pg.IdleInTransactionSessionTimeout)):
        return Unavailable("connectors.timeout", host=endpoint.host)
    if state[:2] in ("22", "23"):
        return NotValid("connectors.value_not_carried", column=column, type=state, row=0)
    if state[:2] == "53":
        return Unavailable("connectors.busy_server", host=endpoint.host)
    if isinstance(failure, (psycopg.OperationalError, psycopg.InterfaceError)):
        return Unavailable("connectors.broken_off", host=endpoint.host, state=state)
    return NotValid("connectors.engine_refused", host=endpoint.host, state=state, table=table)


def _connect(endpoint: Endpoint, policy: AddressPolicy) -> psycopg.Connection:
    port = endpoint.port or 5432
    mode = endpoint.options.get("sslmode", "prefer")
    if mode not in TLS_MODES or not endpoint.database or not endpoint.user:
        raise NotValid("connectors.bad_endpoint", host=endpoint.host, port=port)
    address = resolve(endpoint.host, port, policy)
    try:
        return psycopg.connect(
            host=endpoint.host, hostaddr=address, port=port, dbname=endpoint.database, user=endpoint.user,
            password=endpoint.secret, sslmode=mode, connect_timeout=CONNECT_SECONDS, client_encoding="utf8",
            application_name="zampa", keepalives_idle=30,
            tcp_user_timeout=60_000, gssencmode="disable", passfile="/dev/null",
        )
    except psycopg.OperationalError as failure:
        raise _unconnected(failure, endpoint, port) from None
    except (psycopg.Error, UnicodeError, ValueError):
        raise NotValid("connectors.bad_endpoint", host=endpoint.host, port=port) from None


def _unconnected(failure: psycopg.OperationalError, endpoint: Endpoint, port: int) -> ZampaError:
    """Before a session exists libpq gives no SQLSTATE: what it did and a few words of the server must do.

    `used_password` says, whatever the server's language, that a password was asked for and then refused; a missing
    database and a full server are told after that step, so their words are looked for first.
    """
    words = str(failure)
    quoted_database = f'"{endpoint.database}"'
    if quoted_database in words and not any(word in words for word in ("pg_hba", "password", "Password")):
        return NotFound("connectors.no_such_database", host=endpoint.host, database=endpoint.database)
    if "too many" in words or "starting up" in words or "remaining connection slots" in words:
        return Unavailable("connectors.busy_server", host=endpoint.host)
    pgconn = failure.pgconn
    if "pg_hba" in words:
        return NotAllowed("connectors.no_right", host=endpoint.host, user=endpoint.user, table="")
    if (pgconn is not None and pgconn.used_password) or "password" in words.lower() or "fe_sendauth" in words:
        return NotAllowed("connectors.bad_password", host=endpoint.host, user=endpoint.user)
    return Unavailable("connectors.unreachable", host=endpoint.host, port=port, why="connect")
