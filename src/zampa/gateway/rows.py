"""The query API over a granted table: only granted fields, the row filter pushed into the source, masks put on here."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from zampa.connectors.filters import where
from zampa.contracts.flowspecs import AllOf, Filter, GrantedField
from zampa.contracts.schemas import Field, TableSchema
from zampa.flows.filters import fields_of, renamed
from zampa.flows.masks import masker
from zampa.gateway import asking
from zampa.gateway.asked import Asked, Buffered
from zampa.gateway.books import Plan
from zampa.gateway.keyset import Order, after_sql, open_place, order_of, order_sql, place_after, seal_place
from zampa.gateway.refusals import Refusal
from zampa.gateway.sources import Cell, Sources, Style
from zampa.ground.digests import b64, canonical, sha256
from zampa.ground.errors import NotValid

MEDIA = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8; header=present"}


class Rows:
    """Serves `GET /g/{grant}/rows`. `cursor_key`: 32 bytes that only this gateway has."""

    def __init__(self, sources: Sources, cursor_key: bytes) -> None:
        self.sources = sources
        self.cursor_key = cursor_key

    async def call(self, asked: Asked) -> Buffered:
        """One page; Refusal for everything that is wrong with the question, the grant or the source."""
        if asked.method not in ("GET", "HEAD"):
            raise Refusal("gateway.request.method", allowed="GET HEAD")
        plan = asked.grant_plan()
        style = self.sources.style(plan)
        schema = table_of(plan)
        granted = granted_fields(plan, schema)
        question = asking.read(asked.query, asked.headers.get("accept", ""), granted, schema.names)
        columns = {field.name: field.column for field in granted}
        order = order_of(schema, [(columns[name], down) for name, down in question.sort])
        context = _context(plan, question)
        before = open_place(self.cursor_key, question.after, context, order, asked.now) if question.after else None
        wanted = renamed(question.wanted, columns) if question.wanted is not None else None
        condition, values = conditions(plan, schema, style, wanted)
        if before is not None:
            further, more = after_sql(order, style, before)
            condition, values = f"{condition} AND {further}", [*values, *more]
        skipped = before.given if before is not None else 0
        sql = _select(schema, question.fields, order, style, condition, question.limit + 1, skipped)
        rows = await self.sources.select(plan, sql, values)
        cursor = ""
        if len(rows) > question.limit:
            rows = rows[: question.limit]
            cursor = seal_place(
                self.cursor_key, place_after(order, rows, len(question.fields), before, asked.now), context
            )
        return _answer(asked, plan, schema, question, rows, cursor)


def table_of(plan: Plan) -> TableSchema:
    if plan.service is None or plan.service.schema is None:
        raise Refusal("gateway.grant.no_service")
    return plan.service.schema


def granted_fields(plan: Plan, schema: TableSchema) -> list[GrantedField]:
    """The grant's fields with the types their columns have; Refusal when one is not in the table."""
    try:
        return [
            msgspec.structs.replace(field, type=schema.field(field.column).type) for field in plan.grant.fields
        ]
    except KeyError as error:
        raise Refusal("gateway.grant.no_service") from error


def conditions(plan: Plan, schema: TableSchema, style: Style, wanted: Filter | None) -> tuple[str, list[str]]:
    """The grant's row filter and what was asked, as one SQL condition; both speak of columns by now."""
    parts: list[Filter] = []
    if plan.grant.row_filter is not None:
        parts.append(_of_columns(plan, schema, plan.grant.row_filter))
    if wanted is not None:
        parts.append(wanted)
    try:
        sql, values = where(AllOf(tuple(parts)), schema, style.dialect)
    except NotValid as error:
        raise Refusal("gateway.grant.no_service" if wanted is None else "gateway.field.value", name="") from error
    return sql.removeprefix(" WHERE "), values


def _of_columns(plan: Plan, schema: TableSchema, row_filter: Filter) -> Filter:
    """A grant's filter speaks of granted names; a column's own name is taken too."""
    columns = {name: name for name in schema.names} | {field.name: field.column for field in plan.grant.fields}
    if not fields_of(row_filter) <= columns.keys():
        raise Refusal("gateway.grant.no_service")
    return renamed(row_filter, columns)


def _select(
    schema: TableSchema, fields: Sequence[GrantedField], order: Order, style: Style, condition: str, limit: int,
    offset: int,
) -> str:
    columns = [style.text(schema.field(field.column)) for field in fields]
    columns += [style.text(field) for field, _ in order.by]
    return (
        f"SELECT {', '.join(columns)} FROM {style.table(schema.table)} WHERE {condition}"  # noqa: S608 quoted and bound
        f" ORDER BY {order_sql(order, style)} LIMIT {limit} OFFSET {offset}"
    )


def _context(plan: Plan, question: asking.Question) -> str:
    """What a cursor belongs to: the grant, the filter, the order. Another page size may go on with it."""
    shape = [
        plan.grant.id, plan.grant.consumer, [list(one) for one in question.sort],
        msgspec.to_builtins(question.wanted) if question.wanted is not None else None,
        msgspec.to_builtins(plan.grant.row_filter) if plan.grant.row_filter is not None else None,
    ]
    return "cursor " + b64(sha256(canonical(shape)))


def _answer(
    asked: Asked, plan: Plan, schema: TableSchema, question: asking.Question, rows: Sequence[Sequence[Cell]],
    cursor: str,
) -> Buffered:
    names = [field.name for field in question.fields]
    shapes = [_shape(schema.field(field.column), field, plan.mask_key) for field in question.fields]
    cells = [[shape(cell) for shape, cell in zip(shapes, row, strict=False)] for row in rows]
    headers: list[tuple[bytes, bytes]] = []
    if cursor:
        headers.append((b"link", f"<{_next_address(asked, cursor)}>; rel=\"next\"".encode()))
    if question.format == "csv":
        body = _csv(names, cells)
    elif question.format == "ndjson":
        body = b"".join(msgspec.json.encode(dict(zip(names, row, strict=True))) + b"\n" for row in cells)
    else:
        found = [dict(zip(names, row, strict=True)) for row in cells]
        body = msgspec.json.encode({"rows": found, "next": _next_address(asked, cursor) if cursor else None})
    return Buffered(200, body, headers, MEDIA[question.format], rows=len(rows))


def _next_address(asked: Asked, cursor: str) -> str:
    kept = [part for part in asked.query.split("&") if part and not part.startswith("after=")]
    return f"{asked.path}?{'&'.join([*kept, 'after=' + quote(cursor)])}"


def _shape(column: Field, field: GrantedField, mask_key: bytes) -> Callable[[Cell], Any]:
    """A cell's text as it leaves: in its type, or behind its mask (masks read texts)."""
    if field.mask.kind == "none":
        read = _READ.get(column.type)
        return (lambda cell: cell) if read is None else (lambda cell: None if cell is None else read(cell))
    mask = masker(field.mask, mask_key)
    return lambda cell: None if cell is None else mask(cell)


def _bytes(cell: str) -> str:
    return base64.b64encode(bytes.fromhex(cell.removeprefix("\\x"))).decode()


def _moment(cell: str) -> str:
    """PostgreSQL and MySQL write a blank where ISO 8601 has a T, and an offset of hours only."""
    text = cell.replace(" ", "T", 1)
    return text + ":00" if len(text) > 3 and text[-3] in "+-" else text


def _zoned(cell: str) -> str:
    text = _moment(cell)
    return text if text.endswith("Z") or text[-6:-5] in ("+", "-") else text + "Z"


def _number(cell: str) -> float | str:
    number = float(cell)
    return number if number - number == 0 else cell  # NaN and infinity have no JSON number


_READ: dict[str, Callable[[str], Any]] = {
    "integer": int, "double": _number, "boolean": lambda cell: cell in ("true", "t", "1"), "binary": _bytes,
    "json": lambda cell: msgspec.Raw(cell.encode()), "timestamp": _moment, "timestamptz": _zoned,
}


def _csv(names: Sequence[str], cells: Sequence[Sequence[Any]]) -> bytes:
    """RFC 4180; null is an empty cell, an empty text a quoted one."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(names)
    for row in cells:
        writer.writerow(["" if cell is None else _csv_cell(cell) for cell in row])
    return out.getvalue().encode()


def _csv_cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return bytes(cell).decode() if isinstance(cell, msgspec.Raw) else str(cell)
