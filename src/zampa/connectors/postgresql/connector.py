"""The PostgreSQL connector: reads by COPY in CSV (which alone tells NULL from an empty text), parsed by Arrow."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.filters import where
from zampa.connectors.postgresql import looking
from zampa.connectors.postgresql.copying import Query, copy_out, source
from zampa.connectors.postgresql.parsing import PARSED, parsed
from zampa.connectors.postgresql.session import quoted, session
from zampa.connectors.postgresql.writing import PostgresqlWriter
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Health
from zampa.connectors.shapes import arrow_schema, chosen, sliced
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import TableRef, TableSchema

CAPABILITIES = Capabilities(
    engine="postgresql", schemas=True, views=True, comments=True, keys=True, raw_copy=True, queries=True,
    nul_in_text=False, max_cell=1 << 29, max_columns=1600, max_precision=1000, max_name=63,
)


@dataclass(frozen=True)
class PostgresqlConnector:
    policy: AddressPolicy

    capabilities: ClassVar[Capabilities] = CAPABILITIES
    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)

    def check(self, endpoint: Endpoint) -> Health:
        with source(endpoint, self.policy) as src:
            began = time.perf_counter()
            rows = src.rows(Query("SELECT current_setting('server_version'), pg_is_in_recovery()"))
            spent = int((time.perf_counter() - began) * 1000)
            count = len(looking.tables(src.connection))
        return Health(version=f"PostgreSQL {rows[0][0]}", milliseconds=spent, tables=count, read_only=bool(rows[0][1]))

    def tables(self, endpoint: Endpoint) -> list[TableRef]:
        with session(endpoint, self.policy) as connection:
            return looking.tables(connection)

    def schema(self, endpoint: Endpoint, table: TableRef) -> TableSchema:
        with source(endpoint, self.policy) as src:
            return src.schema(table)

    def count(self, endpoint: Endpoint, table: TableRef, row_filter: Filter | None = None) -> int:
        with source(endpoint, self.policy) as src:
            schema = src.schema(table)
            condition, values = where(row_filter, schema, looking.DIALECT)
            query = Query(f"SELECT count(*) FROM {looking.table_sql(schema.table)}{condition}", tuple(values))  # noqa: S608 quoted
            return int(str(src.rows(query)[0][0]))

    def sample(self, endpoint: Endpoint, table: TableRef, limit: int = 20) -> pa.RecordBatch:
        with source(endpoint, self.policy) as src:
            schema = src.schema(table)
            query = Query(src.select(schema).text + " LIMIT %s", (int(limit),))
            blocks = list(src.copy_out(query, "csv"))
        wanted = arrow_schema(schema)
        empty = pa.RecordBatch.from_pylist([], schema=wanted)
        return parsed(b"".join(blocks), schema.fields, 1) if blocks else empty

    def newest(self, endpoint: Endpoint, table: TableRef, column: str) -> object:
        if not column:
            return None
        with source(endpoint, self.policy) as src:
            schema = src.schema(table)
            chosen(schema, [column])
            query = Query(f"SELECT max({quoted(column)}) FROM {looking.table_sql(schema.table)}")  # noqa: S608 quoted
            return src.rows(query)[0][0]

    def read(
        self,
        endpoint: Endpoint,
        table: TableRef,
        columns: Sequence[str] = (),
        row_filter: Filter | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        with source(endpoint, self.policy) as src:
            schema = src.schema(table)
            fields = chosen(schema, columns)
            query = src.select(schema, columns, row_filter)
            first = 1
            with closing(copy_out(src.connection, endpoint, query, "csv", PARSED)) as blocks:
                for block in blocks:
                    batch = parsed(block, fields, first)
                    first += batch.num_rows
                    yield from sliced(batch, batch_rows)

    def open_writer(
        self, endpoint: Endpoint, schema: TableSchema, mark: Mark | None = None, salt: bytes = b""
    ) -> PostgresqlWriter:
        return PostgresqlWriter(endpoint, schema, self.policy, mark, salt)
