"""COPY, in the raw: for a delivery between two PostgreSQL databases checks and masks can be SQL at the source and
rows never become Python objects.

    with source(endpoint, policy) as src:                        # one snapshot, read only
        query = src.select(schema, fields, row_filter)           # or any SQL of yours with bound values
        with connector.open_writer(destination, schema) as writer:
            writer.copy_in(src.copy_out(query))                  # blocks of whole rows in COPY text format
            writer.stored_stream(digest)                         # COPY of the staging table into a StreamDigest

COPY takes no server-side parameters: psycopg puts the bound values in as quoted literals, never we.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.filters import where
from zampa.connectors.postgresql import looking
from zampa.connectors.postgresql.session import session, told
from zampa.connectors.shapes import chosen, named
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import TableRef, TableSchema

BLOCK = 1 << 18


@dataclass(frozen=True)
class Query:
    """A SELECT with `%s` placeholders (a `%` in a name is doubled, as `session.quoted` does) and its values."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Source:
    """An open snapshot of one database."""

    connection: psycopg.Connection
    endpoint: Endpoint

    def schema(self, table: TableRef) -> TableSchema:
        with told(self.endpoint, named(table)):
            return looking.schema(self.connection, table)

    def select(self, schema: TableSchema, columns: Sequence[str] = (), row_filter: Filter | None = None) -> Query:
        condition, values = where(row_filter, schema, looking.DIALECT)
        return Query(looking.select_sql(schema, chosen(schema, columns)) + condition, tuple(values))

    def rows(self, query: Query) -> list[tuple[object, ...]]:
        """A small answer as Python values, such as counts."""
        with told(self.endpoint):
            return self.connection.execute(_sql(query.text), query.values).fetchall()

    def copy_out(self, query: Query, form: str = "text") -> Generator[bytes, None, None]:
        """Blocks of whole rows, at least BLOCK bytes each but the last; `form` is COPY's format: text, csv."""
        yield from copy_out(self.connection, self.endpoint, query, form)


@contextmanager
def source(endpoint: Endpoint, policy: AddressPolicy | None = None) -> Iterator[Source]:
    with session(endpoint, policy or AddressPolicy.from_environment()) as connection:
        yield Source(connection, endpoint)


def copy_out(
    connection: psycopg.Connection, endpoint: Endpoint, query: Query, form: str = "text", block: int = BLOCK
) -> Generator[bytes, None, None]:
    """See Source.copy_out. Rows are taken from libpq straight into one buffer, and psycopg is asked to wait only when
    none has arrived: a million rows cost 0.3 s of our time instead of 0.8."""
    if form not in ("text", "csv"):
        raise ValueError(form)
    text = query.text if query.values else query.text.replace("%%", "%")  # without values psycopg takes it as it is
    statement = _sql(f"COPY ({text}) TO STDOUT (FORMAT {form}, ENCODING 'UTF8')")
    with told(endpoint):
        with connection.cursor() as cursor, cursor.copy(statement, query.values) as copy:
            take, wait = connection.pgconn.get_copy_data, copy.read
            size = 1
            row: bytes | bytearray | memoryview
            while size > 0:
                buffer = bytearray()
                while len(buffer) < block:
                    size, row = take(1)
                    if size == 0:
                        row = wait()
                        size = len(row)
                    if size <= 0:
                        break
                    buffer += row
                if buffer:
                    yield bytes(buffer)
        if size < 0:
            _finish(connection)


def _finish(connection: psycopg.Connection) -> None:
    """What the server said after its last row; its error, if it broke off, as psycopg would raise it."""
    failed = None
    while (result := connection.pgconn.get_result()) is not None:
        if result.status == ExecStatus.FATAL_ERROR:
            failed = error_from_result(result, connection.info.encoding)
    if failed is not None:
        raise failed


def _sql(text: str) -> sql.SQL:
    """Text we composed ourselves from quoted identifiers and constants."""
    return sql.SQL(text)  # type: ignore[arg-type]
