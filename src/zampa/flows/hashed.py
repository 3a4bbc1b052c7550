"""Values set beside each other without being kept: keyed 16-byte hashes in a DuckDB that may spill to disk.

For rules that need the whole table: what occurs twice, what does not occur in another table, what differs there.
A value is hashed as its text, a decimal without the zeros at its end, so that 5, 5.0 and '5' are one value on both
sides; a null makes no hash and is not compared. The key is of this one use and never leaves the process: what may
lie on the disk meanwhile tells nothing.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from zampa.flows.dialects import DUCKDB

MEMORY = "256MB"
FEW = 1000  # offending values looked for on a second pass


def engine(stack: ExitStack) -> duckdb.DuckDBPyConnection:
    """A DuckDB of this use alone: one thread, flat memory, no file or address within its reach but its own folder."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zampa-quality-"))
    made: duckdb.DuckDBPyConnection = stack.enter_context(
        duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 1, "temp_directory": folder})
    )
    made.execute("SET autoinstall_known_extensions = false")
    made.execute("SET preserve_insertion_order = false")
    made.execute("SET enable_external_access = false")
    return made


class Hashed:
    """Tables of hashes by name, each with a hash `h` and, for pairs, a second one `v`."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.engine = engine(self._stack)
        self._key = secrets.token_hex(32)

    def make(self, table: str) -> None:
        self.engine.execute(f"CREATE TABLE {table} (h BLOB, v BLOB)")  # our own names

    def add(self, table: str, batch: pa.RecordBatch, columns: Sequence[str], value: str = "") -> None:
        """Rows of a batch: the columns together as `h`, one more as `v`."""
        hashes, given = self._hashes(batch.schema, columns, value)
        self.engine.register("batch", batch)
        made = f"SELECT * FROM (SELECT {hashes} FROM batch) WHERE h IS NOT NULL"
        self.engine.execute(f"INSERT INTO {table} {made}", given)

    def _hashes(self, schema: pa.Schema, columns: Sequence[str], value: str) -> tuple[str, list[str]]:
        texts = [_text(schema, column) for column in columns]
        together = texts[0] if len(texts) == 1 else " || ".join(f"length({text}) || ':' || {text}" for text in texts)
        made = f"{_digest(together)} AS h, {_digest(_text(schema, value)) if value else 'NULL::BLOB'} AS v"
        return made, [self._key] * (2 if value else 1)

    def keep_list(self, table: str, values: Sequence[str]) -> None:
        """A table with the column `v` of these values, for a membership test of a long list."""
        self.engine.register("given", pa.table({"v": pa.array(sorted(set(values)), pa.string())}))
        self.engine.execute(f"CREATE TABLE {table} AS SELECT v FROM given")

    def count(self, table: str) -> int:
        return self._one(f"SELECT count(*) FROM {table}")

    def repeated(self, table: str, bad: str) -> int:
        """Keep in `bad` what `table` holds more than once; how many rows that is."""
        return self._keep(bad, f"SELECT h, v, count(*) AS c FROM {table} GROUP BY h, v HAVING count(*) > 1")

    def absent(self, table: str, there: str, bad: str) -> int:
        """Keep in `bad` what `table` holds and `there` does not; how many rows."""
        return self._keep(bad, f"SELECT h, v, count(*) AS c FROM {table} ANTI JOIN {there} USING (h) GROUP BY h, v")

    def differing(self, table: str, there: str, bad: str) -> tuple[int, int]:
        """Keep in `bad` the pairs of `table` whose `h` is `there` and never with the same `v`; rows compared, rows bad.

        A pair without a value on either side is not compared.
        """
        self.engine.execute(f"CREATE TABLE known AS SELECT DISTINCT h, v FROM {there} WHERE v IS NOT NULL")
        met = f"SELECT * FROM {table} SEMI JOIN known USING (h) WHERE v IS NOT NULL"
        compared = self._one(f"SELECT count(*) FROM ({met})")
        apart = f"SELECT h, v, count(*) AS c FROM ({met}) ANTI JOIN known USING (h, v) GROUP BY h, v"
        found = self._keep(bad, apart)
        self.engine.execute("DROP TABLE known")
        return compared, found

    def rows(
        self, bad: str, batch: pa.RecordBatch, columns: Sequence[str], value: str, shown: Sequence[str], most: int
    ) -> list[tuple[object, ...]]:
        """At most so many rows of a batch that are among the first few kept in `bad`, with the `shown` columns."""
        hashes, given = self._hashes(batch.schema, columns, value)
        self.engine.register("batch", batch)
        names = ", ".join(DUCKDB.quote(name) for name in shown)
        few = f"SELECT h, v FROM {bad} LIMIT {FEW}"
        same = "a.h = few.h" + (" AND a.v = few.v" if value else "")
        query = f"SELECT {names} FROM (SELECT *, {hashes} FROM batch) a SEMI JOIN ({few}) few ON {same} LIMIT {most}"
        return self.engine.execute(query, given).fetchall()

    def _keep(self, bad: str, query: str) -> int:
        self.engine.execute(f"CREATE TABLE {bad} AS {query}")
        return self._one(f"SELECT coalesce(sum(c), 0) FROM {bad}")

    def _one(self, query: str) -> int:
        found = self.engine.execute(query).fetchone()
        return int(found[0]) if found else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _digest(text: str) -> str:
    return f"unhex(left(sha256(? || {text}), 32))"


def _text(schema: pa.Schema, column: str) -> str:
    name, kind = DUCKDB.quote(column), schema.field(column).type
    text = name if pa.types.is_string(kind) else f"CAST({name} AS VARCHAR)"
    return f"rtrim(rtrim({text}, '0'), '.')" if pa.types.is_decimal(kind) and kind.scale > 0 else text
