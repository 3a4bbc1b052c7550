"""The content digest of a table: the same rows give the same digest in any order and from any engine.

Definition "zampa-rows-1" (SHA-256 by FIPS 180-4):

1. The canonical bytes of a value: text, json and uuid (lower case) as their UTF-8 bytes; binary as it is; integer as
   decimal digits with "-" when negative; decimal without exponent, without trailing zeros after the point and
   without a bare point ("-0" is "0"); double as the decimal digits of its IEEE 754 bits read as a signed 64-bit whole
   number (-0.0 counts as 0.0), any NaN as "nan"; boolean "1" or "0"; date as days since 1970-01-01; time as
   microseconds since midnight; timestamp and timestamptz (in UTC) as microseconds since 1970-01-01 00:00.
2. The canonical bytes of a row: for each field in the schema's order the number of bytes in decimal digits, ":", the
   bytes, ","; a NULL is "-,".
3. The sum of SHA-256(salt || row) over all rows, each read as an unsigned big-endian number, modulo 2^256. A sum, not
   an exclusive or: two equal rows must not cancel out.
4. The digest is base64url(SHA-256(canonical JSON of {"fields": names, "rows": count, "sum": hex of 64 digits})).

`fold_empty` (engines that cannot tell an empty text from NULL) counts an empty text as NULL at both ends.
The salt is random bytes kept by the parties: without it a digest of few personal rows could be guessed. The sum finds
loss, doubling and change by accident or by a party that does not choose the rows' contents; against one who may add
rows at will the ledger's signed records stand, not this sum.

"zampa-stream-1" is SHA-256(salt || bytes) of a COPY text stream, whose row order is kept by a fresh staging table
read in one sequential scan: cheaper, for PostgreSQL to PostgreSQL only.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from zampa.connectors.protocols import Digest
from zampa.connectors.shapes import conforming
from zampa.connectors.texts import plain_decimals
from zampa.contracts.schemas import Field, TableSchema
from zampa.ground.digests import b64, canonical, sha256

ROWS = "zampa-rows-1"
STREAM = "zampa-stream-1"
MODULUS = 1 << 256
PIECE = 65_536


class RowDigest:
    """Feed batches in any order and any cut; `digest()` may be asked at any time."""

    def __init__(self, schema: TableSchema, *, salt: bytes = b"", fold_empty: bool = False) -> None:
        self.schema = schema
        self.fold_empty = fold_empty
        self.rows = 0
        self._sum = 0
        self._seed = hashlib.sha256(salt)

    def update(self, batch: pa.RecordBatch) -> None:
        """NotValid when the batch does not have the schema's columns and types."""
        batch = conforming(batch, self.schema)
        for start in range(0, batch.num_rows, PIECE):
            total = 0
            for row in canonical_rows(batch.slice(start, PIECE), self.schema, self.fold_empty).to_pylist():
                hasher = self._seed.copy()
                hasher.update(row)
                total += int.from_bytes(hasher.digest(), "big")
            self._sum = (self._sum + total) % MODULUS
        self.rows += batch.num_rows

    def digest(self) -> Digest:
        facts = {"fields": list(self.schema.names), "rows": self.rows, "sum": f"{self._sum:064x}"}
        return Digest(algorithm=ROWS, rows=self.rows, value=b64(sha256(canonical(facts))))


class StreamDigest:
    """SHA-256 of the bytes as they pass."""

    def __init__(self, *, salt: bytes = b"") -> None:
        self._hasher = hashlib.sha256(salt)

    def update(self, block: bytes) -> None:
        self._hasher.update(block)

    def digest(self, rows: int) -> Digest:
        return Digest(algorithm=STREAM, rows=rows, value=b64(self._hasher.digest()))


def canonical_rows(batch: pa.RecordBatch, schema: TableSchema, fold_empty: bool = False) -> pa.Array:
    """Step 2 for each row, as a large_binary array."""
    colon, comma, none = (pa.scalar(mark, pa.large_binary()) for mark in (b":", b",", b""))
    parts = []
    for field, column in zip(schema.fields, batch.columns, strict=True):
        value = canonical_values(column, field).cast(pa.large_binary())
        size = pc.binary_length(value)
        if fold_empty and field.type in ("text", "json", "binary"):
            empty = pc.equal(size, 0)
            value = pc.if_else(empty, pa.scalar(None, pa.large_binary()), value)
        head = size.cast(pa.string()).cast(pa.large_binary())
        spelled = pc.binary_join_element_wise(head, value, colon, null_handling="emit_null")
        parts.append(pc.fill_null(spelled, b"-"))
    if not parts:
        return pa.array([b""] * batch.num_rows, pa.large_binary())
    joined = pc.binary_join_element_wise(*parts, comma) if len(parts) > 1 else parts[0]
    return pc.binary_join_element_wise(joined, comma, none)


def canonical_values(column: pa.Array, field: Field) -> pa.Array:
    """Step 1 for a column, nulls kept."""
    kind = column.type
    if field.type == "decimal":
        return _decimals(column if pa.types.is_string(kind) else plain_decimals(column))
    if field.type == "uuid":
        return pc.utf8_lower(column)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return column
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "1", "0")
    if pa.types.is_floating(kind):
        positive = pc.add(column, 0.0)  # -0.0 + 0.0 is 0.0
        bits = positive.view(pa.int64()).cast(pa.string())
        return pc.if_else(pc.is_nan(column), "nan", bits)
    if pa.types.is_date(kind):
        return column.cast(pa.int32()).cast(pa.string())
    if pa.types.is_integer(kind):
        return column.cast(pa.string())
    return column.cast(pa.int64()).cast(pa.string())


def _decimals(text: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(text, "[eE]"), min_count=0).as_py():
        plain = [None if value is None else format(Decimal(value), "f") for value in text.to_pylist()]
        text = pa.array(plain, pa.string())
    trimmed = pc.replace_substring_regex(text, r"^([^.]*\.\d*?)0+$", r"\1")
    bare = pc.utf8_rtrim(trimmed, ".")
    return pc.if_else(pc.equal(bare, "-0"), "0", bare)
