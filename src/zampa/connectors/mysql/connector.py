"""The MySQL and MariaDB connector. Values come as the server's text and become columns in one cast, so nothing is
bent on the way: tinyint(1) stays a number, a zero date is an error naming its column and never a NULL."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.filters import where
from zampa.connectors.mysql import looking
from zampa.connectors.mysql.reading import batch_of, streamed
from zampa.connectors.mysql.session import quoted, session, told
from zampa.connectors.mysql.writing import MysqlWriter
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Health
from zampa.connectors.shapes import arrow_schema, chosen, named
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import TableRef, TableSchema

CAPABILITIES = Capabilities(
    engine="mysql", views=True, comments=True, keys=True, max_cell=1 << 24, max_columns=1017, max_precision=65,
    max_name=64,
)


@dataclass(frozen=True)
class MysqlConnector:
    policy: AddressPolicy

    capabilities: ClassVar[Capabilities] = CAPABILITIES
    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)

    def check(self, endpoint: Endpoint) -> Health:
        with session(endpoint, self.policy) as connection, told(endpoint), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute("SELECT VERSION(), @@global.read_only")
            version, read_only = cursor.fetchone()
            spent = int((time.perf_counter() - began) * 1000)
            count = len(looking.tables(connection))
        product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
        return Health(
            version=f"{product} {version}", milliseconds=spent, tables=count, read_only=str(read_only) in ("1", "ON")
        )

    def tables(self, endpoint: Endpoint) -> list[TableRef]:
        with session(endpoint, self.policy) as connection, told(endpoint):
            return looking.tables(connection)

    def schema(self, endpoint: Endpoint, table: TableRef) -> TableSchema:
        with session(endpoint, self.policy) as connection, told(endpoint, named(table)):
            return looking.schema(connection, table, endpoint.database)

    def count(self, endpoint: Endpoint, table: TableRef, row_filter: Filter | None = None) -> int:
        with session(endpoint, self.policy) as connection, told(endpoint, named(table)):
            schema = looking.schema(connection, table, endpoint.database)
            condition, values = where(row_filter, schema, looking.DIALECT)
            with connection.cursor() as cursor:
                statement = f"SELECT count(*) FROM {looking.table_sql(schema.table)}{condition}"  # noqa: S608 quoted
                cursor.execute(statement, tuple(values))
                return int(cursor.fetchone()[0])

    def sample(self, endpoint: Endpoint, table: TableRef, limit: int = 20) -> pa.RecordBatch:
        with session(endpoint, self.policy) as connection, told(endpoint, named(table)):
            schema = looking.schema(connection, table, endpoint.database)
            fields = list(schema.fields)
            with connection.cursor() as cursor:
                cursor.execute(looking.select_sql(schema, fields) + f" LIMIT {int(limit)}", ())
                rows = cursor.fetchall()
        return batch_of(rows, fields, 1) if rows else pa.RecordBatch.from_pylist([], schema=arrow_schema(schema))

    def newest(self, endpoint: Endpoint, table: TableRef, column: str) -> object:
        if not column:
            return None
        with session(endpoint, self.policy) as connection, told(endpoint, named(table)):
            schema = looking.schema(connection, table, endpoint.database)
            chosen(schema, [column])
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT MAX({quoted(column)}) FROM {looking.table_sql(schema.table)}", ())  # noqa: S608
                return cursor.fetchone()[0]

    def read(
        self,
        endpoint: Endpoint,
        table: TableRef,
        columns: Sequence[str] = (),
        row_filter: Filter | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        with session(endpoint, self.policy) as connection, told(endpoint, named(table)):
            schema = looking.schema(connection, table, endpoint.database)
            fields = chosen(schema, columns)
            condition, values = where(row_filter, schema, looking.DIALECT)
            statement = looking.select_sql(schema, fields) + condition
            yield from streamed(connection, statement, tuple(values), fields, batch_rows)

    def open_writer(
        self, endpoint: Endpoint, schema: TableSchema, mark: Mark | None = None, salt: bytes = b""
    ) -> MysqlWriter:
        return MysqlWriter(endpoint, schema, self.policy, mark, salt)
