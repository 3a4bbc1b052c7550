"""CSV both ways. As written here: UTF-8, comma, texts always in quotes; NULL is nothing, an empty text is \"\".

Cells of a foreign CSV are text: the file states no types. Our own carries a sidecar `<name>.json` with the types, the
row count, the content digest and the mark, so that it reads back as it was sent and no cell is changed by the mark.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

import msgspec
import pyarrow as pa
import pyarrow.csv as pacsv

from zampa.connectors.csv.inspecting import MAX_CELL, Inspection, inspect, utf8_blocks
from zampa.connectors.files import Options
from zampa.connectors.marks import EMPTY
from zampa.connectors.protocols import Capabilities, Digest
from zampa.connectors.shapes import chosen
from zampa.connectors.texts import from_text, refuse, to_text
from zampa.contracts.deliveries import Mark
from zampa.contracts.schemas import Field, TableRef, TableSchema
from zampa.ground.errors import NotValid

SIDECAR = ".json"
PARSED = 1 << 23


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What lies beside a CSV. `bytes` binds it to the file: after an edit neither types nor mark are trusted any more.

    It is put in place before the file; `replaces` is the size of our file before, so that a crash between the two
    renames does not make that file look like somebody else's.
    """

    zampa: Mark
    fields: tuple[Field, ...]
    rows: int
    digest: str
    algorithm: str
    bytes: int
    replaces: int | None = None
    encoding: str = "utf-8"
    null: str = "an empty cell without quotes"


class CsvCodec:
    capabilities: ClassVar[Capabilities] = Capabilities(
        engine="csv", typed=False, nul_in_text=False, max_cell=MAX_CELL, max_precision=76
    )
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".tsv")
    version: ClassVar[str] = "CSV"

    def refs(self, path: Path) -> list[TableRef]:
        return [TableRef(name=path.name, kind="file")]

    def opened(self, path: Path, ref: TableRef, options: Options) -> CsvTable:
        found = inspect(path, options)
        table = TableRef(name=path.name, kind="file", comment=f"encoding={found.encoding}")
        fields = tuple(Field(name=name, type="text") for name in found.header)
        sidecar = _sidecar(path)
        trusted = sidecar is not None and sidecar.bytes == path.stat().st_size
        if sidecar is not None and trusted and tuple(field.name for field in sidecar.fields) == found.header:
            fields = sidecar.fields
        return CsvTable(path, TableSchema(table=table, fields=fields), found)

    def mark(self, path: Path) -> Mark | None:
        sidecar = _sidecar(path)
        size = path.stat().st_size
        return sidecar.zampa if sidecar is not None and size in (sidecar.bytes, sidecar.replaces) else None

    def encoder(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None, scratch: Path) -> CsvEncoder:
        return CsvEncoder(stream, schema)

    def stored(self, path: Path, schema: TableSchema) -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in _parsed(path, "utf-8", ",", '"', schema.names):
            arrays = [from_text(column, field, rows + 1)
                      for column, field in zip(batch.columns, schema.fields, strict=True)]
            rows += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=list(schema.names))

    def beside(
        self, path: Path, target: Path, schema: TableSchema, mark: Mark | None, digest: Digest
    ) -> tuple[str, bytes]:
        sidecar = Sidecar(
            zampa=mark or EMPTY, fields=schema.fields, rows=digest.rows, digest=digest.value,
            algorithm=digest.algorithm, bytes=path.stat().st_size,
            replaces=target.stat().st_size if target.exists() else None,
        )
        return SIDECAR, msgspec.json.format(msgspec.json.encode(sidecar), indent=1)


@dataclass
class CsvTable:
    path: Path
    schema: TableSchema
    found: Inspection

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        found = self.found
        fields = chosen(self.schema, columns)
        rows = 0
        for batch in _parsed(self.path, found.encoding, found.separator, found.quote, found.header):
            arrays = [from_text(batch.column(found.header.index(field.name)), field, rows + 1) for field in fields]
            rows += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])
        if rows != found.rows:
            raise NotValid("connectors.bad_file", table=self.path.name, why="rows")


class CsvEncoder:
    def __init__(self, stream: BinaryIO, schema: TableSchema) -> None:
        self._stream, self._schema, self._rows = stream, schema, 0
        header = ",".join('"' + name.replace('"', '""') + '"' for name in schema.names)
        stream.write(header.encode() + b"\n")

    def write(self, batch: pa.RecordBatch) -> None:
        columns = []
        for field, column in zip(self._schema.fields, batch.columns, strict=True):
            plain = pa.types.is_integer(column.type)
            columns.append(column if plain else _written(to_text(column, field), field, self._rows + 1))
        names = [str(index) for index in range(len(columns))]
        sink = io.BytesIO()
        options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
        pacsv.write_csv(pa.RecordBatch.from_arrays(columns, names=names), sink, options)
        self._stream.write(sink.getbuffer())
        self._rows += batch.num_rows

    def finish(self) -> None:
        pass

    def drop(self) -> None:
        pass


def _written(text: pa.Array, field: Field, first_row: int) -> pa.Array:
    """Text as it goes into the file; NUL and cells no reader takes are refused."""
    if field.type not in ("text", "json", "binary"):
        return text
    nul = pa.compute.match_substring(text, "\x00")
    if pa.compute.any(nul, min_count=0).as_py():
        raise refuse(field.name, "NUL", first_row + pa.compute.index(nul, True).as_py())
    longest = pa.compute.max(pa.compute.binary_length(text)).as_py() or 0
    if longest > MAX_CELL:
        raise NotValid("connectors.too_large", what="cell", limit=MAX_CELL, column=field.name)
    return text


def _parsed(path: Path, encoding: str, separator: str, quote: str, header: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Columns of text; row blocks end where the quotes are even, so no cell is ever cut."""
    names = [str(index) for index in range(len(header))]
    stream = _Blocks(utf8_blocks(path, encoding))
    try:
        reader = pacsv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows_after_names=0, skip_rows=0,
                                           block_size=PARSED, use_threads=False),
            parse_options=pacsv.ParseOptions(delimiter=separator, quote_char=quote, newlines_in_values=True,
                                             ignore_empty_lines=len(names) > 1),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""],
                                                 strings_can_be_null=True, quoted_strings_can_be_null=False),
        )
        with reader:
            first = True
            for batch in reader:
                given = batch.slice(1) if first and batch.num_rows else batch  # the header, which may hold line breaks
                first = first and batch.num_rows == 0
                if given.num_rows:
                    yield given
    except pa.ArrowInvalid as failure:
        raise NotValid("connectors.bad_file", table=path.name, why="rows") from failure


class _Blocks(io.RawIOBase):
    """An iterator of blocks as a file to read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._held = blocks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._held) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._held += block
        cut = len(self._held) if size < 0 else size
        given, self._held = self._held[:cut], self._held[cut:]
        return given


def _sidecar(path: Path) -> Sidecar | None:
    beside = path.with_name(path.name + SIDECAR)
    try:
        if beside.is_symlink() or beside.stat().st_size > 1 << 20:
            return None
        return msgspec.json.decode(beside.read_bytes(), type=Sidecar)
    except (OSError, msgspec.MsgspecError):
        return None
