"""Parquet through Arrow. What Arrow can hold and our types cannot is refused by column, never bent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from zampa.connectors import marks
from zampa.connectors.files import Options
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Digest
from zampa.connectors.shapes import arrow_schema, arrow_type, chosen
from zampa.contracts.deliveries import Mark
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import NotValid

TYPE, LENGTH, COMMENT, MARK = b"zampa.type", b"zampa.length", b"zampa.comment", b"zampa"


class ParquetCodec:
    capabilities: ClassVar[Capabilities] = Capabilities(engine="parquet", comments=True, max_precision=76)
    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)
    version: ClassVar[str] = "Parquet"

    def refs(self, path: Path) -> list[TableRef]:
        return [TableRef(name=path.name, kind="file")]

    def opened(self, path: Path, ref: TableRef, options: Options) -> ParquetTable:
        with _opened(path) as file:
            found = file.schema_arrow
        if len(set(found.names)) != len(found.names) or not found.names:
            raise NotValid("connectors.header", table=path.name, why="names", seen="")
        table = TableRef(name=path.name, kind="file")
        return ParquetTable(path, TableSchema(table=table, fields=tuple(_field(one) for one in found)))

    def mark(self, path: Path) -> Mark | None:
        try:
            with _opened(path) as file:
                held = file.schema_arrow.metadata or {}
        except NotValid:
            return None
        return marks.mark_in(held[MARK].decode("utf-8", "replace")) if MARK in held else None

    def encoder(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None, scratch: Path) -> ParquetEncoder:
        return ParquetEncoder(stream, schema, mark)

    def stored(self, path: Path, schema: TableSchema) -> Iterator[pa.RecordBatch]:
        yield from ParquetTable(path, schema).batches(())

    def beside(self, path: Path, target: Path, schema: TableSchema, mark: Mark | None, digest: Digest) -> None:
        return None


@dataclass
class ParquetTable:
    path: Path
    schema: TableSchema

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        fields = chosen(self.schema, columns)
        names = [field.name for field in fields]
        with _opened(self.path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
                arrays = [_cast(batch.column(field.name), field) for field in fields]
                yield pa.RecordBatch.from_arrays(arrays, names=names)


class ParquetEncoder:
    def __init__(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None) -> None:
        fields = [
            plain.with_metadata(_facts(field)) for plain, field in zip(arrow_schema(schema), schema.fields, strict=True)
        ]
        self._schema = pa.schema(fields, metadata={MARK: marks.facts(mark).encode()})
        self._writer = pq.ParquetWriter(stream, self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=self._schema))

    def finish(self) -> None:
        self._writer.close()

    def drop(self) -> None:
        self._writer.is_open = False


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with path.open("rb") as stream, pq.ParquetFile(stream) as file:
            yield file
    except OSError as failure:
        if failure.errno is not None:
            raise
        raise NotValid("connectors.bad_file", table=path.name, why="parquet") from failure
    except (pa.ArrowException, UnicodeDecodeError) as failure:
        raise NotValid("connectors.bad_file", table=path.name, why="parquet") from failure


def _facts(field: Field) -> dict[bytes, bytes]:
    facts = {TYPE: field.type.encode(), COMMENT: field.comment.encode()}
    return facts | ({LENGTH: str(field.length).encode()} if field.length else {})


def _field(one: pa.Field) -> Field:
    held = one.metadata or {}
    stated = held.get(TYPE, b"").decode("utf-8", "replace")
    kind, precision, scale = _kind(one.type)
    if stated in get_args(DataType) and kind == "text":
        kind = stated  # type: ignore[assignment]
    length = held.get(LENGTH, b"").decode("utf-8", "replace")
    return Field(
        name=one.name, type=kind, length=int(length) if length.isdigit() and kind == "text" else None,
        precision=precision, scale=scale, nullable=one.nullable, native=str(one.type)[:200],
        comment=held.get(COMMENT, b"").decode("utf-8", "replace"),
    )


def _kind(kind: pa.DataType) -> tuple[DataType, int | None, int | None]:
    is_ = pa.types
    if is_.is_dictionary(kind):
        return _kind(kind.value_type)
    if is_.is_decimal(kind):
        return "decimal", kind.precision, kind.scale
    if is_.is_uint64(kind):
        return "decimal", 20, 0
    table: list[tuple[bool, DataType]] = [
        (is_.is_integer(kind), "integer"), (is_.is_floating(kind), "double"), (is_.is_boolean(kind), "boolean"),
        (is_.is_date(kind), "date"), (is_.is_time(kind), "time"),
        (is_.is_timestamp(kind), "timestamptz" if is_.is_timestamp(kind) and kind.tz else "timestamp"),
        (is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind), "binary"),
    ]
    return next((name for fits, name in table if fits), "text"), None, None


def _cast(column: pa.Array, field: Field) -> pa.Array:
    wanted = arrow_type(field)
    if column.type.equals(wanted):
        return column
    try:
        return column.cast(wanted, safe=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as failure:
        raise NotValid("connectors.type_not_carried", column=field.name, type=str(column.type)[:200]) from failure
