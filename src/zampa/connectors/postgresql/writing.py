"""Writing into a PostgreSQL schema the requester registered: staging table and swap, in one transaction.

One transaction, because then a killed process leaves nothing behind and readers see the old table until the new one
stands whole. A table of the same name that Zampa did not make is refused; privileges given on ours live on.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable
from contextlib import ExitStack, closing
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from psycopg import sql

from zampa.connectors import marks
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.digests import RowDigest, StreamDigest
from zampa.connectors.postgresql import looking
from zampa.connectors.postgresql.copying import Query, copy_out
from zampa.connectors.postgresql.parsing import PARSED, parsed
from zampa.connectors.postgresql.session import quoted, session, told
from zampa.connectors.protocols import Digest
from zampa.connectors.shapes import conforming, named
from zampa.connectors.texts import refuse, to_text
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import Conflict, NotAllowed, NotFound

LOCK_WAIT = "15s"
OWN_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")
NATIVE: dict[DataType, str] = {
    "text": "text", "integer": "bigint", "double": "double precision", "boolean": "boolean", "date": "date",
    "time": "time", "timestamp": "timestamp", "timestamptz": "timestamptz", "binary": "bytea", "json": "json",
    "uuid": "uuid", "decimal": "numeric",
}
HELD = """
SELECT c.oid, c.relkind::text, obj_description(c.oid, 'pg_class') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s"""
RIGHTS = """
SELECT a.privilege_type, a.is_grantable, CASE WHEN a.grantee = 0 THEN NULL ELSE a.grantee::regrole::text END
FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = %s AND a.grantee <> c.relowner"""


class PostgresqlWriter:
    """See protocols.Writer. `copy_in` and `stored_stream` are the raw way for COPY text streams."""

    def __init__(
        self, endpoint: Endpoint, schema: TableSchema, policy: AddressPolicy, mark: Mark | None, salt: bytes
    ) -> None:
        self.schema = schema
        self._endpoint = endpoint
        self._salt = salt
        self._sent = RowDigest(schema, salt=salt)
        self._staging = TableRef(schema=looking.schema_name(schema.table), name=f"zampa_staging_{secrets.token_hex(6)}")
        self._columns = ", ".join(quoted(field.name) for field in schema.fields)
        self._stack = ExitStack()
        self._open = True
        try:
            self._connection = self._stack.enter_context(session(endpoint, policy, read_only=False))
            with told(endpoint, named(schema.table)):
                self._prepare(marks.comment(mark))
        except BaseException:
            self.abort()
            raise

    def write(self, batch: pa.RecordBatch) -> None:
        batch = conforming(batch, self.schema)
        if batch.num_rows == 0:
            return
        block = _spelled(batch, self.schema, self._sent.rows + 1)
        self._copy([block], "csv")
        self._sent.update(batch)

    def copy_in(self, blocks: Iterable[bytes], digest: StreamDigest | None = None) -> int:
        """Load blocks of COPY text whose columns are the schema's, in order; the number of rows. Digests as it goes."""
        return self._copy(blocks, "text", digest)

    def stored_stream(self, digest: StreamDigest) -> Digest:
        """Read the staging table back as COPY text, in the order it was loaded."""
        rows = 0
        query = Query(f"SELECT {self._columns} FROM {looking.table_sql(self._staging)}")  # noqa: S608 quoted
        with closing(copy_out(self._connection, self._endpoint, query)) as blocks:
            for block in blocks:
                digest.update(block)
                rows += block.count(b"\n")
        return digest.digest(rows)

    def sent(self) -> Digest:
        return self._sent.digest()

    def stored(self) -> Digest:
        found = RowDigest(self.schema, salt=self._salt)
        query = Query(f"SELECT {self._columns} FROM {looking.table_sql(self._staging)}")  # noqa: S608 quoted
        with closing(copy_out(self._connection, self._endpoint, query, "csv", PARSED)) as blocks:
            for block in blocks:
                found.update(parsed(block, self.schema.fields, found.rows + 1))
        return found.digest()

    def commit(self) -> None:
        target = self.schema.table
        with told(self._endpoint, named(target)):
            held = self._held()
            rights: list[tuple[object, ...]] = []
            if held is not None:
                rights = self._connection.execute(RIGHTS, (held,)).fetchall()
                self._run(f"DROP TABLE {looking.table_sql(target)}")
            self._run(f"ALTER TABLE {looking.table_sql(self._staging)} RENAME TO {quoted(target.name)}")
            for privilege, grantable, grantee in rights:
                option = " WITH GRANT OPTION" if grantable else ""
                self._run(f"GRANT {privilege} ON {looking.table_sql(target)} TO {grantee or 'PUBLIC'}{option}")
            self._connection.commit()
        self._close()

    def abort(self) -> None:
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._stack.close()

    def _prepare(self, comment: str) -> None:
        target = self.schema.table
        quoted(target.name)
        registered = [name.strip() for name in self._endpoint.options.get("schemas", "").split(",") if name.strip()]
        if self._staging.schema in OWN_SCHEMAS or (registered and self._staging.schema not in registered):
            raise NotAllowed("connectors.schema_not_registered", table=named(target), schema=self._staging.schema)
        self._run(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        where = f"{self._endpoint.database}/{looking.schema_name(target)}/{target.name}"
        key = int.from_bytes(hashlib.sha256(where.encode()).digest()[:8], "big", signed=True)
        locked = self._connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,)).fetchone()
        if not locked or not locked[0]:
            raise Conflict("connectors.busy", table=named(target))
        known = self._connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self._staging.schema,))
        if known.fetchone() is None:
            raise NotFound("connectors.no_such_schema", table=named(target))
        self._held()
        columns = ", ".join(f"{quoted(field.name)} {native(field)}" for field in self.schema.fields)
        self._run(f"CREATE TABLE {looking.table_sql(self._staging)} ({columns})")
        self._comment(f"TABLE {looking.table_sql(self._staging)}", comment)
        for field in self.schema.fields:
            if field.comment:
                self._comment(f"COLUMN {looking.table_sql(self._staging)}.{quoted(field.name)}", field.comment)

    def _held(self) -> int | None:
        """Object id of our own table of that name, None when the name is free; Conflict when it is another's."""
        target = self.schema.table
        row = self._connection.execute(HELD, (looking.schema_name(target), target.name)).fetchone()
        if row is None:
            return None
        if row[1] != "r" or not marks.is_ours(row[2]):
            raise Conflict("connectors.foreign_table", table=named(target))
        return int(row[0])

    def _comment(self, what: str, text: str) -> None:
        literal = sql.Literal(text.replace("\x00", "")).as_string(self._connection).replace("%", "%%")
        self._run(f"COMMENT ON {what} IS {literal}")

    def _run(self, text: str) -> None:
        self._connection.execute(sql.SQL(text), ())  # type: ignore[arg-type]

    def _copy(self, blocks: Iterable[bytes], form: str, digest: StreamDigest | None = None) -> int:
        text = f"COPY {looking.table_sql(self._staging)} ({self._columns}) FROM STDIN (FORMAT {form}, ENCODING 'UTF8')"
        text = text.replace("%%", "%")
        with told(self._endpoint, named(self.schema.table)), self._connection.cursor() as cursor:
            with cursor.copy(sql.SQL(text), ()) as copy:  # type: ignore[arg-type]
                for block in blocks:
                    copy.write(block)
                    if digest is not None:
                        digest.update(block)
            return cursor.rowcount


def native(field: Field) -> str:
    """The column type in a CREATE TABLE; made from the field alone, never from another engine's spelling."""
    if field.type == "text" and field.length and field.length <= 10_485_760:
        return f"varchar({int(field.length)})"
    if field.type == "decimal" and field.precision and field.precision <= 1000 and field.scale is not None:
        return f"numeric({int(field.precision)},{int(field.scale)})"
    return NATIVE[field.type]


def _spelled(batch: pa.RecordBatch, schema: TableSchema, first_row: int) -> bytes:
    """The batch as COPY CSV: a NULL is nothing, an empty text is \"\"."""
    columns = []
    for field, column in zip(schema.fields, batch.columns, strict=True):
        text = to_text(column, field)
        if field.type in ("text", "json"):
            nul = pc.match_substring(text, "\x00")
            if pc.any(nul, min_count=0).as_py():
                raise refuse(field.name, "NUL", first_row + pc.index(nul, True).as_py())
        columns.append(text)
    names = [str(index) for index in range(len(columns))]
    sink = io.BytesIO()
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    pacsv.write_csv(pa.RecordBatch.from_arrays(columns, names=names), sink, options)
    return sink.getvalue()
