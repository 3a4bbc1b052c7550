"""Writing into a MySQL or MariaDB database: staging table, then one RENAME that swaps both names at once.

DDL commits at once there, so a killed process can leave a staging table behind; the next writer to the same target
holds its named lock and clears those that carry our comment. A table Zampa did not make is refused.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pymysql

from zampa.connectors import marks
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.digests import RowDigest
from zampa.connectors.mysql.reading import streamed
from zampa.connectors.mysql.session import quoted, session, told
from zampa.connectors.protocols import BATCH_ROWS, Digest
from zampa.connectors.shapes import conforming, named
from zampa.connectors.texts import to_text
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.schemas import DataType, Field, TableSchema
from zampa.ground.errors import Conflict, NotValid, ZampaError

STATEMENT = 1 << 21
ROW_BUDGET = 60_000  # bytes of varchar a row may declare (65,535 in all)
NATIVE: dict[DataType, str] = {
    "text": "longtext", "integer": "bigint", "double": "double", "boolean": "tinyint(1)", "date": "date",
    "time": "time(6)", "timestamp": "datetime(6)", "timestamptz": "datetime(6)", "binary": "longblob",
    "json": "longtext", "uuid": "char(36)", "decimal": "longtext",
}
BARE: frozenset[DataType] = frozenset(("integer", "double", "boolean"))


class MysqlWriter:
    """See protocols.Writer."""

    def __init__(
        self, endpoint: Endpoint, schema: TableSchema, policy: AddressPolicy, mark: Mark | None, salt: bytes
    ) -> None:
        self.schema = schema
        self._endpoint, self._salt = endpoint, salt
        self._sent = RowDigest(schema, salt=salt)
        target = schema.table.name
        self._family = "zampa_staging_" + hashlib.sha256(target.encode()).hexdigest()[:12] + "_"
        self._staging = self._family + secrets.token_hex(6)
        self._columns = ", ".join(quoted(field.name) for field in schema.fields)
        self._stack = ExitStack()
        self._open = True
        self._made = False
        try:
            self._connection: pymysql.Connection = self._stack.enter_context(
                session(endpoint, policy, read_only=False)
            )
            with told(endpoint, named(schema.table)):
                self._prepare(marks.comment(mark))
        except BaseException:
            self.abort()
            raise

    def write(self, batch: pa.RecordBatch) -> None:
        batch = conforming(batch, self.schema)
        rows = _literals(batch, self.schema)
        head = f"INSERT INTO {quoted(self._staging)} ({self._columns}) VALUES ".replace("%%", "%")  # noqa: S608 quoted
        with told(self._endpoint, named(self.schema.table)), self._connection.cursor() as cursor:
            held: list[str] = []
            size = 0
            for row in rows:
                held.append(row)
                size += len(row)
                if size >= STATEMENT:
                    cursor.execute(head + ",".join(held))
                    held, size = [], 0
            if held:
                cursor.execute(head + ",".join(held))
        self._sent.update(batch)

    def sent(self) -> Digest:
        return self._sent.digest()

    def stored(self) -> Digest:
        found = RowDigest(self.schema, salt=self._salt)
        names = [(quoted(field.name), field.type) for field in self.schema.fields]
        columns = ", ".join(f"HEX({name})" if kind == "binary" else name for name, kind in names)
        statement = f"SELECT {columns} FROM {quoted(self._staging)}"  # noqa: S608 quoted
        with told(self._endpoint, named(self.schema.table)):
            for batch in streamed(self._connection, statement, (), list(self.schema.fields), BATCH_ROWS):
                found.update(batch)
        return found.digest()

    def commit(self) -> None:
        target = self.schema.table
        with told(self._endpoint, named(target)):
            if self._held():
                old = self._family + secrets.token_hex(6)
                self._run(f"RENAME TABLE {quoted(target.name)} TO {quoted(old)}, "
                          f"{quoted(self._staging)} TO {quoted(target.name)}")
                self._made = False
                self._run(f"DROP TABLE {quoted(old)}")
            else:
                self._run(f"RENAME TABLE {quoted(self._staging)} TO {quoted(target.name)}")
                self._made = False
        self._close()

    def abort(self) -> None:
        if self._open and self._made:
            with suppress(ZampaError, pymysql.err.Error, OSError):
                self._run(f"DROP TABLE IF EXISTS {quoted(self._staging)}")
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
        if target.schema not in ("", self._endpoint.database):
            raise NotValid("connectors.name_not_allowed", name=named(target), limit=64)
        lock = "zampa:" + hashlib.sha256(f"{self._endpoint.database}/{target.name}".encode()).hexdigest()[:40]
        if self._run("SELECT GET_LOCK(%s, 0)", lock) != [("1",)]:
            raise Conflict("connectors.busy", table=named(target))
        self._held()
        pattern = self._family.replace("_", "!_") + "%"
        left = self._run("SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES "
                         "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE %s ESCAPE '!'", pattern)
        for name, said in left:
            if marks.is_ours(said):
                self._run(f"DROP TABLE {quoted(str(name))}")
        kinds = zip(self.schema.fields, natives(self.schema), strict=True)
        columns = ", ".join(_column(field, kind) for field, kind in kinds)
        self._run(f"CREATE TABLE {quoted(self._staging)} ({columns}) "
                  f"CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT={_literal(comment)}")
        self._made = True

    def _held(self) -> bool:
        """Whether our own table of that name stands; Conflict when it is another's."""
        found = self._run("SELECT TABLE_TYPE, TABLE_COMMENT FROM information_schema.TABLES "
                          "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s", self.schema.table.name)
        if not found:
            return False
        if found[0][0] != "BASE TABLE" or not marks.is_ours(found[0][1]):
            raise Conflict("connectors.foreign_table", table=named(self.schema.table))
        return True

    def _run(self, statement: str, *values: str) -> list[tuple[str, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


def natives(schema: TableSchema) -> list[str]:
    """Column types of a CREATE TABLE. A text keeps its length while the row's budget lasts, then it is longtext."""
    left = ROW_BUDGET
    found = []
    for field in schema.fields:
        kind = NATIVE[field.type]
        if field.type == "text" and field.length and field.length * 4 + 2 <= min(left, 16_000):
            left -= field.length * 4 + 2
            kind = f"varchar({int(field.length)})"
        elif field.type == "decimal" and field.precision is not None and field.scale is not None:
            if field.precision > 65 or field.scale > 30:
                raise NotValid("connectors.type_not_carried", column=field.name, type=field.native or "decimal")
            kind = f"decimal({int(field.precision)},{int(field.scale)})"
        found.append(kind)
    return found


def _column(field: Field, kind: str) -> str:
    comment = f" COMMENT {_literal(field.comment[:1024])}" if field.comment else ""
    return f"{quoted(field.name)} {kind} NULL{comment}"


def _literal(text: str) -> str:
    """A text as a literal under NO_BACKSLASH_ESCAPES (our session sets it), safe for placeholders too."""
    return "'" + text.replace("\x00", "").replace("'", "''").replace("%", "%%") + "'"


def _literals(batch: pa.RecordBatch, schema: TableSchema) -> list[str]:
    """Each row as (…): built on whole columns; the only special sign in a literal is the quote."""
    parts = []
    for field, column in zip(schema.fields, batch.columns, strict=True):
        text = to_text(column, field)
        if field.type == "boolean":
            text = pc.if_else(column, "1", "0")
        elif field.type == "binary":
            text = pc.binary_join_element_wise("x'", pc.utf8_slice_codeunits(text, 2), "'", "")
        elif field.type not in BARE:
            if field.type == "timestamptz":
                text = pc.utf8_rtrim(text, "Z")
            text = pc.binary_join_element_wise("'", pc.replace_substring(text, "'", "''"), "'", "")
        elif field.type == "double" and not pc.all(pc.is_finite(column), min_count=0).as_py():
            raise NotValid("connectors.type_not_carried", column=field.name, type="double NaN")
        parts.append(pc.fill_null(text, "NULL"))
    joined = pc.binary_join_element_wise(*parts, ",") if len(parts) > 1 else parts[0]
    return list(pc.binary_join_element_wise("(", joined, ")", "").to_pylist())
