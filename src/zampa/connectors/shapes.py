"""A table's shape in Arrow: the one mapping every engine keeps to.

integer int64 · decimal decimal128/256 when precision and scale are declared, else text (an unbounded number has no
exact Arrow type) · double float64 · boolean bool · date date32 · time time64[us] · timestamp timestamp[us] ·
timestamptz timestamp[us, UTC] · binary binary · text, json, uuid string.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import Fault, NotValid

WIDEST_DECIMAL = 76
UTC_MOMENT = pa.timestamp("us", "UTC")
PLAIN: dict[DataType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": UTC_MOMENT,
    "binary": pa.binary(),
    "json": pa.string(),
    "uuid": pa.string(),
}


def arrow_type(field: Field) -> pa.DataType:
    if field.type != "decimal":
        return PLAIN[field.type]
    if field.precision is None or field.scale is None or not 0 <= field.scale <= field.precision <= WIDEST_DECIMAL:
        return pa.string()
    made = pa.decimal128 if field.precision <= 38 else pa.decimal256
    return made(field.precision, field.scale)


def arrow_schema(schema: TableSchema, columns: Sequence[str] = ()) -> pa.Schema:
    """Arrow schema of the named columns in that order, of all when none is named."""
    return pa.schema([pa.field(field.name, arrow_type(field)) for field in chosen(schema, columns)])


def chosen(schema: TableSchema, columns: Sequence[str] = ()) -> list[Field]:
    """The fields of `columns` in that order; NotValid names every one that is not there."""
    if not columns:
        return list(schema.fields)
    by_name = {field.name: field for field in schema.fields}
    missing = [name for name in columns if name not in by_name]
    if missing:
        faults = [Fault(name, "connectors.missing_column", {"column": name}) for name in missing]
        raise NotValid("connectors.missing_column", faults=faults, table=schema.table.name, column=", ".join(missing))
    return [by_name[name] for name in columns]


def narrowed(schema: TableSchema, columns: Sequence[str] = ()) -> TableSchema:
    return TableSchema(table=schema.table, fields=tuple(chosen(schema, columns)))


def sliced(batch: pa.RecordBatch, rows: int) -> Iterator[pa.RecordBatch]:
    """The batch in pieces of at most `rows`."""
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def largest(batches: Iterable[pa.RecordBatch]) -> object:
    """The largest value of the only column of these batches, None when all are empty."""
    tops = (pc.max(batch.column(0)).as_py() for batch in batches)
    return max((top for top in tops if top is not None), default=None)


def named(ref: TableRef) -> str:
    """How a table is named in messages."""
    return f"{ref.schema}.{ref.name}" if ref.schema else ref.name


def conforming(batch: pa.RecordBatch, schema: TableSchema) -> pa.RecordBatch:
    """The batch as the schema wants it; NotValid when a column is missing or of another type. Nothing is guessed."""
    wanted = arrow_schema(schema)
    if batch.schema.equals(wanted):
        return batch
    arrays = []
    for field in wanted:
        index = batch.schema.get_field_index(field.name)
        if index < 0:
            raise NotValid("connectors.missing_column", table=schema.table.name, column=field.name)
        try:
            arrays.append(batch.column(index).cast(field.type, safe=True))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as failure:
            raise NotValid("connectors.type_not_carried", column=field.name, type=str(field.type)) from failure
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)
