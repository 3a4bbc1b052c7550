"""Values that occur more than once, found in flat memory.

Only keyed 16-byte hashes are kept, in a DuckDB that may spill to disk: no value of a row is written down. The whole
column is seen once before the rows move; the sum of the hashes is taken again while they move, so that a source that
changed in between is found out instead of trusted.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import blake2b
from types import TracebackType
from typing import Self

import duckdb
import pyarrow

from zampa.flows.masks import text_of

MEMORY = "256MB"
_MODULUS = 1 << 128


class Duplicates:
    """Feed the column with `add`, then `close_count`, then ask `places` batch by batch."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="zampa-unique-"))
        self._engine = self._stack.enter_context(
            duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 1, "temp_directory": folder})
        )
        self._engine.execute("SET autoinstall_known_extensions = false")
        self._engine.execute("CREATE TABLE seen (h BLOB)")
        self._key = secrets.token_bytes(32)
        self._before = self._after = 0

    def add(self, values: Sequence[object]) -> None:
        """A part of the column, on the first pass."""
        batch, total = self._hashed(values)
        self._before = (self._before + total) % _MODULUS
        self._engine.register("batch", batch)
        self._engine.execute("INSERT INTO seen SELECT h FROM batch WHERE h IS NOT NULL")
        self._engine.unregister("batch")

    def close_count(self) -> None:
        """The first pass is over: keep what occurs twice."""
        self._engine.execute("CREATE TABLE twice AS SELECT h FROM seen GROUP BY h HAVING count(*) > 1")
        self._engine.execute("DROP TABLE seen")

    def places(self, values: Sequence[object]) -> list[int]:
        """On the second pass: the places of values that are not alone in the column."""
        batch, total = self._hashed(values)
        self._after = (self._after + total) % _MODULUS
        self._engine.register("batch", batch)
        found = self._engine.execute("SELECT place FROM batch SEMI JOIN twice USING (h) ORDER BY place").fetchall()
        self._engine.unregister("batch")
        return [place for (place,) in found]

    @property
    def unchanged(self) -> bool:
        """Whether both passes saw the same values."""
        return self._before == self._after

    def _hashed(self, values: Sequence[object]) -> tuple[pyarrow.Table, int]:
        hashes = [
            None if value is None
            else blake2b(text_of(value).encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).digest()
            for value in values
        ]
        total = sum(int.from_bytes(one, "big") for one in hashes if one is not None)
        columns = {"h": pyarrow.array(hashes, pyarrow.binary()), "place": pyarrow.array(range(len(hashes)))}
        return pyarrow.table(columns), total

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
