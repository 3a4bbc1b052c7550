"""The server's text rows as Arrow, unbuffered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pymysql
from pymysql.cursors import SSCursor

from zampa.connectors.texts import from_text
from zampa.contracts.schemas import Field


def streamed(
    connection: pymysql.Connection, statement: str, values: tuple[str, ...], fields: list[Field], batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """Rows of a statement, unbuffered."""
    cursor = connection.cursor(SSCursor)
    cursor.execute(statement, values)
    first = 1
    while rows := cursor.fetchmany(batch_rows):
        yield batch_of(rows, fields, first)
        first += len(rows)
    cursor.close()


def batch_of(rows: Sequence[Sequence[str | None]], fields: list[Field], first_row: int) -> pa.RecordBatch:
    arrays = []
    for field, values in zip(fields, zip(*rows, strict=True), strict=True):
        text = pa.array(values, pa.string())
        if field.type == "binary":
            text = pc.binary_join_element_wise("\\x", text, "")
        arrays.append(from_text(text, field, first_row))
    return pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])
