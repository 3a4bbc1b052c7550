"""Connecting to a MySQL or MariaDB that is not ours, and telling its errors as one of the five.

`local_infile` is off: with it a hostile server may ask the client for any file this process can read.
"""

from __future__ import annotations

import ssl
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pymysql
from pymysql import err
from pymysql.constants import CLIENT

from zampa.connectors.addresses import AddressPolicy, resolve
from zampa.contracts.deliveries import Endpoint
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid, Unavailable, ZampaError

# NO_BACKSLASH_ESCAPES leaves one special sign in a literal, the quote; strict modes turn silent cuts into errors.
SESSION = (
    "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO',"
    " time_zone='+00:00', character_set_results='utf8mb4'"
)
CONNECT_SECONDS = 8
REFUSED = {1045: "bad_password", 1698: "bad_password", 1044: "no_right", 1142: "no_right", 1143: "no_right",
           1227: "no_right", 1290: "no_right", 1370: "no_right"}
FULL = {1021, 1114, 3, 28, 1041}
TYPES_BROKEN = {1264, 1265, 1292, 1366, 1406, 1048, 1411, 1441, 3140, 4025, 1038, 22007}


@contextmanager
def session(endpoint: Endpoint, policy: AddressPolicy, *, read_only: bool = True) -> Iterator[pymysql.Connection]:
    connection = _connect(endpoint, policy)
    try:
        with told(endpoint), connection.cursor() as cursor:
            cursor.execute(SESSION)
            if read_only:
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield connection
    finally:
        with suppress(err.Error, OSError):
            if sys.exc_info()[0] is None:
                connection.close()
            else:
                connection._force_close()  # a broken-off result is not read to its end


def quoted(name: str) -> str:
    """An identifier for SQL that goes through placeholders; NotValid for what no table can be called."""
    bad = not name or len(name) > 64 or name.endswith(" ") or any(ord(sign) > 0xFFFF or sign == "\x00" for sign in name)
    if bad:
        raise NotValid("connectors.name_not_allowed", name=name, limit=64)
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


@contextmanager
def told(endpoint: Endpoint, table: str = "") -> Iterator[None]:
    try:
        yield
    except ZampaError:
        raise
    except (err.Error, OSError) as failure:
        raise translated(failure, endpoint, table) from None


def translated(failure: Exception, endpoint: Endpoint, table: str = "") -> ZampaError:
    """The error as ours by its number; the message may hold values and stays here."""
    number = failure.args[0] if failure.args and isinstance(failure.args[0], int) else 0
    if number in REFUSED:
        if REFUSED[number] == "no_right":
            return NotAllowed("connectors.no_right", host=endpoint.host, user=endpoint.user, table=table)
        return NotAllowed("connectors.bad_password", host=endpoint.host, user=endpoint.user)
    if number == 1049:
        return NotFound("connectors.no_such_database", host=endpoint.host, database=endpoint.database)
    if number in (1146, 1051, 1109):
        return NotFound("connectors.no_such_table", table=table)
    if number == 1054:
        return NotValid("connectors.missing_column", table=table, column="")
    if number in FULL:
        return Unavailable("connectors.disk_full", host=endpoint.host)
    if number == 1050:
        return Conflict("connectors.foreign_table", table=table)
    if number in (1205, 1213):
        return Conflict("connectors.busy", table=table)
    if number in (1040, 1203):
        return Unavailable("connectors.busy_server", host=endpoint.host)
    if number in (1118, 1071, 1117, 1153):
        return NotValid("connectors.too_large", what="row", limit=65_535)
    if number in TYPES_BROKEN:
        return NotValid("connectors.value_not_carried", column="", type=str(number), row=0)
    if isinstance(failure, (err.OperationalError, err.InterfaceError, OSError)):
        return Unavailable("connectors.broken_off", host=endpoint.host, state=str(number))
    return NotValid("connectors.engine_refused", host=endpoint.host, state=str(number), table=table)


def _connect(endpoint: Endpoint, policy: AddressPolicy) -> pymysql.Connection:
    port = endpoint.port or 3306
    if not endpoint.database or not endpoint.user:
        raise NotValid("connectors.bad_endpoint", host=endpoint.host, port=port)
    address = resolve(endpoint.host, port, policy)
    try:
        return pymysql.connect(
            host=address, port=port, user=endpoint.user, password=endpoint.secret.encode(), database=endpoint.database,
            charset="utf8mb4", local_infile=False, connect_timeout=CONNECT_SECONDS, autocommit=True, conv={},
            read_timeout=600, write_timeout=600, client_flag=CLIENT.MULTI_RESULTS, read_default_file=None,
            ssl=_tls(endpoint), program_name="zampa",
        )
    except err.OperationalError as failure:
        if failure.args and failure.args[0] in (2003, 2006, 2013, 2002):
            raise Unavailable("connectors.unreachable", host=endpoint.host, port=port, why="connect") from None
        raise translated(failure, endpoint) from None
    except (err.Error, OSError, ValueError, LookupError, AssertionError, struct.error):
        # What answers does not speak the protocol.
        raise Unavailable("connectors.unreachable", host=endpoint.host, port=port, why="protocol") from None


def _tls(endpoint: Endpoint) -> ssl.SSLContext | None:
    """TLS when the connection asks for it: `tls` require (any certificate) or verify."""
    mode = endpoint.options.get("tls", "")
    if mode == "verify":
        context = ssl.create_default_context(cafile=endpoint.options.get("tls_ca") or None)
        context.check_hostname = False  # we connect to the checked address, not to the name
        return context
    if mode == "require":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if mode:
        raise NotValid("connectors.bad_endpoint", host=endpoint.host, port=endpoint.port)
    return None
