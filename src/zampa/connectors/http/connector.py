"""JSON objects as rows. Numbers keep their digits (they are never read as floats); nested values stay JSON text.

Options: `items` dotted path to the list in the answer (empty: the answer is the list), `tables` paths by comma (what
`tables` shows), `page_param`, `size_param`, `page_size`, `first_page` for numbered pages, read until one is empty.
The first page decides columns and types; a later page with another column or type is an error, not a guess.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec
import pyarrow as pa

from zampa.connectors import filters
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.files import kept
from zampa.connectors.http.fetching import address_of, client, get
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Health, Writer
from zampa.connectors.shapes import arrow_schema, chosen, largest, sliced
from zampa.connectors.texts import from_text
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import NotValid

MAX_PAGES = 100_000
Row = dict[str, msgspec.Raw]


@dataclass(frozen=True)
class HttpConnector:
    policy: AddressPolicy

    capabilities: ClassVar[Capabilities] = Capabilities(engine="http", writes=False, typed=False)
    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)

    def check(self, endpoint: Endpoint) -> Health:
        listed = self.tables(endpoint)
        began = time.perf_counter()
        with client(endpoint, self.policy) as made:
            ref = listed[0] if listed else TableRef(name="", kind="path")
            get(made, endpoint, address_of(endpoint, ref), _page(endpoint, 0))
        spent = int((time.perf_counter() - began) * 1000)
        return Health(version="HTTP", milliseconds=spent, tables=len(listed), read_only=True)

    def tables(self, endpoint: Endpoint) -> list[TableRef]:
        named = (word.strip() for word in endpoint.options.get("tables", "").split(","))
        return [TableRef(name=name, kind="path") for name in named if name]

    def schema(self, endpoint: Endpoint, table: TableRef) -> TableSchema:
        return _schema(table, next(self._pages(endpoint, table), []))

    def count(self, endpoint: Endpoint, table: TableRef, row_filter: Filter | None = None) -> int:
        if row_filter is None:
            return sum(len(rows) for rows in self._pages(endpoint, table))
        return sum(batch.num_rows for batch in self.read(endpoint, table, (), row_filter))

    def sample(self, endpoint: Endpoint, table: TableRef, limit: int = 20) -> pa.RecordBatch:
        rows = next(self._pages(endpoint, table), [])
        schema = _schema(table, rows)
        return _batch(rows[:limit], schema, list(schema.fields), 1)

    def newest(self, endpoint: Endpoint, table: TableRef, column: str) -> object:
        return largest(self.read(endpoint, table, [column])) if column else None

    def read(
        self,
        endpoint: Endpoint,
        table: TableRef,
        columns: Sequence[str] = (),
        row_filter: Filter | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        schema: TableSchema | None = None
        first = 1
        for rows in self._pages(endpoint, table):
            schema = schema or _schema(table, rows)
            wanted = [field.name for field in chosen(schema, columns)]
            read = list(dict.fromkeys([*wanted, *filters.fields_of(row_filter)]))
            whole = _batch(rows, schema, chosen(schema, read), first)
            first += len(rows)
            yield from sliced(kept(whole, row_filter, schema, wanted), batch_rows)

    def open_writer(
        self, endpoint: Endpoint, schema: TableSchema, mark: Mark | None = None, salt: bytes = b""
    ) -> Writer:
        raise NotValid("connectors.not_written", engine="http")

    def _pages(self, endpoint: Endpoint, table: TableRef) -> Iterator[list[Row]]:
        url = address_of(endpoint, table)
        with client(endpoint, self.policy) as made:
            for number in range(MAX_PAGES):
                rows = _rows(get(made, endpoint, url, _page(endpoint, number)), endpoint, table)
                if rows:
                    yield rows
                if not rows or "page_param" not in endpoint.options:
                    return
        raise NotValid("connectors.too_large", what="pages", limit=MAX_PAGES)


def _page(endpoint: Endpoint, number: int) -> dict[str, str]:
    options = endpoint.options
    if "page_param" not in options:
        return {}
    first = options.get("first_page", "1")
    query = {options["page_param"]: str(number + (int(first) if first.isdigit() else 1))}
    if "size_param" in options:
        query[options["size_param"]] = options.get("page_size", "1000")
    return query


def _rows(body: bytes, endpoint: Endpoint, table: TableRef) -> list[Row]:
    """The objects of one answer, each value still as its JSON text."""
    try:
        part: msgspec.Raw | bytes = body
        for step in filter(None, endpoint.options.get("items", "").split(".")):
            part = msgspec.json.decode(part, type=dict[str, msgspec.Raw])[step]
        return msgspec.json.decode(part, type=list[Row])
    except KeyError:
        raise NotValid("connectors.bad_file", table=table.name, why="items") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotValid("connectors.bad_file", table=table.name, why="json") from None


def _schema(table: TableRef, rows: list[Row]) -> TableSchema:
    if not rows:
        raise NotValid("connectors.header", table=table.name, why="empty", seen="")
    kinds: dict[str, set[DataType]] = {}
    for row in rows:
        for name, raw in row.items():
            kind = _kind(bytes(raw))
            kinds.setdefault(name, set()).update([kind] if kind else [])
    fields = tuple(Field(name=name, type=_one(found)) for name, found in kinds.items())
    return TableSchema(table=TableRef(name=table.name, kind="path"), fields=fields)


def _kind(raw: bytes) -> DataType | None:
    """What one JSON value states; None for null."""
    sign = raw[:1]
    if sign in b"-0123456789":
        whole = not any(mark in raw for mark in b".eE")
        return "integer" if whole and len(raw) < 20 and -(2**63) <= int(raw) < 2**63 else "decimal"
    named: dict[bytes, DataType] = {b'"': "text", b"{": "json", b"[": "json", b"t": "boolean", b"f": "boolean"}
    return named.get(sign)


def _one(kinds: set[DataType]) -> DataType:
    if kinds == {"integer", "decimal"}:
        return "decimal"
    return next(iter(kinds)) if len(kinds) == 1 else "text"


def _batch(rows: list[Row], schema: TableSchema, fields: list[Field], first_row: int) -> pa.RecordBatch:
    known = set(schema.names)
    for number, row in enumerate(rows, first_row):
        unknown = [name for name in row if name not in known]
        if unknown:
            raise NotValid("connectors.changed_shape", table=schema.table.name, column=unknown[0], row=number)
    arrays = []
    for field in fields:
        values = [_text(bytes(row[field.name]), field, first_row + at) if field.name in row else None
                  for at, row in enumerate(rows)]
        arrays.append(from_text(pa.array(values, pa.string()), field, first_row))
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(schema, [field.name for field in fields]))


def _text(raw: bytes, field: Field, row: int) -> str | None:
    kind = _kind(raw)
    if kind is None:
        return None
    if field.type not in ("text", kind) and not (field.type == "decimal" and kind == "integer"):
        raise NotValid("connectors.changed_shape", table="", column=field.name, row=row)
    return str(msgspec.json.decode(raw, type=str)) if kind == "text" else raw.decode()
