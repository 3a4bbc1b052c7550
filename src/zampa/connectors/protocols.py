"""What every engine offers, as types. An engine differs from another by its `Capabilities`, never by an `if`.

Errors every method may raise (codes; parameters name hosts, tables, columns and positions, never values or secrets):
Unavailable: connectors.unreachable, .timeout, .disk_full, .broken_off, .busy_server
NotAllowed: connectors.bad_password, .address_not_allowed, .folder_not_allowed, .no_right,
    .schema_not_registered
NotFound: connectors.no_such_database, .no_such_schema, .no_such_table
NotValid: connectors.missing_column, .type_not_carried, .value_not_carried, .too_large, .bad_file, .encoding,
    .ragged_rows, .formula_cells, .error_cells, .header, .name_not_allowed, .redirected, .bad_endpoint, .filter_value,
    .engine_refused, .unknown_engine, .not_written, .which_sheet, .changed_shape, .folder_differs
Conflict: connectors.foreign_table, .foreign_file, .busy, .table_in_use
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

import msgspec
import pyarrow as pa

from zampa.contracts.deliveries import Endpoint, Engine, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import DataType, TableRef, TableSchema

BATCH_ROWS = 32_768
EVERY_TYPE: frozenset[DataType] = frozenset(
    (
        "text", "integer", "decimal", "double", "boolean", "date", "time", "timestamp", "timestamptz", "binary", "json",
        "uuid",
    )
)


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine can do and hold. `max_*` None: no limit that a delivery meets.

    `typed`: the source itself states column types (CSV and JSON do not). `empty_is_null`: an empty text
    cannot be told from NULL there, so digests fold the two. `raw_copy`: speaks PostgreSQL COPY. `queries`: reads a
    TableRef of kind query.
    """

    engine: Engine
    reads: bool = True
    writes: bool = True
    typed: bool = True
    schemas: bool = False
    views: bool = False
    comments: bool = False
    keys: bool = False
    raw_copy: bool = False
    queries: bool = False
    empty_is_null: bool = False
    nul_in_text: bool = True
    max_rows: int | None = None
    max_cell: int | None = None
    max_columns: int | None = None
    max_precision: int | None = None
    max_name: int | None = None
    types: frozenset[DataType] = EVERY_TYPE


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that answered: product version, round trip, and how many tables or files are seen."""

    version: str
    milliseconds: int
    tables: int
    read_only: bool = False


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A content digest of `rows` rows; equal values mean equal rows in any order (see `digests`)."""

    algorithm: str
    rows: int
    value: str


class Writer(Protocol):
    """One table or file on its way in. Nothing is visible under the final name before `commit`.

    A context manager: leaving it without `commit`, or by an error, aborts and leaves nothing.
    """

    @property
    def schema(self) -> TableSchema: ...

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; the batch has the arrow schema of `shapes.arrow_schema(self.schema)`."""

    def sent(self) -> Digest:
        """Digest of every row given to `write` so far."""

    def stored(self) -> Digest:
        """Read the staging table or file back and digest what is really there."""

    def commit(self) -> None:
        """Swap in: the table or file now stands under its name, whole."""

    def abort(self) -> None:
        """Leave nothing. Safe to call twice, or after `commit` (then it does nothing)."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Connector(Protocol):
    """One engine. Stateless: each call connects, works and closes; a broken-off iteration closes too."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def secret_fields(self) -> tuple[str, ...]:
        """Names of Endpoint fields or options ("options.token") that are sealed at rest and never shown."""

    def check(self, endpoint: Endpoint) -> Health:
        """Really connect and look; raises what is wrong."""

    def tables(self, endpoint: Endpoint) -> list[TableRef]:
        """Tables, views, sheets or files there, without the engine's own."""

    def schema(self, endpoint: Endpoint, table: TableRef) -> TableSchema: ...

    def count(self, endpoint: Endpoint, table: TableRef, row_filter: Filter | None = None) -> int: ...

    def sample(self, endpoint: Endpoint, table: TableRef, limit: int = 20) -> pa.RecordBatch:
        """The first `limit` rows as they lie there."""

    def newest(self, endpoint: Endpoint, table: TableRef, column: str) -> object:
        """The largest value of a column, None when there is none; without a column, when a file was last written
        (None where there is no file)."""

    def read(
        self,
        endpoint: Endpoint,
        table: TableRef,
        columns: Sequence[str] = (),
        row_filter: Filter | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        """Every row that matches, in flat memory; `columns` empty means all, in the table's order.

        An empty table gives no batch. The types are those of `shapes.arrow_schema(schema)`.
        """

    def open_writer(
        self, endpoint: Endpoint, schema: TableSchema, mark: Mark | None = None, salt: bytes = b""
    ) -> Writer:
        """`schema.table` names the destination; `salt` goes into the digests (personal rows need one)."""
