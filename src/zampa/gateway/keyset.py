"""Paging without offsets: the next page begins after the last row's place in a total order.

The order is what the consumer sorts by, then the table's key; without a key, every comparable column, and the cursor
counts how many rows equal to the last were given already. Nulls come last both ways. The place is sealed into the
cursor, because it may hold values of columns that are not granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from zampa.contracts.schemas import Field, TableSchema
from zampa.evidence import seals
from zampa.gateway.refusals import Refusal
from zampa.gateway.sources import Cell, Style
from zampa.ground.errors import NotValid

CURSOR_SECONDS = 24 * 3600
OPAQUE = frozenset({"binary", "json"})


@dataclass(frozen=True, slots=True)
class Order:
    """Fields with True for descending; `total` when no two rows can have the same place."""

    by: tuple[tuple[Field, bool], ...]
    total: bool


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the last row's values in the order, and how many rows with just these were given."""

    values: list[str | None]
    given: int
    until: int


def order_of(schema: TableSchema, sort: Sequence[tuple[str, bool]]) -> Order:
    """The total order of a question; Refusal when the table has nothing to compare."""
    chosen = [(schema.field(column), down) for column, down in sort]
    names = {field.name for field, _ in chosen}
    key = [field for field in schema.fields if field.key and field.type not in OPAQUE]
    rest = key or [field for field in schema.fields if field.type not in OPAQUE]
    by = (*chosen, *((field, False) for field in rest if field.name not in names))
    if not by:
        raise Refusal("gateway.rows.not_comparable")
    return Order(by, bool(key))


def order_sql(order: Order, style: Style) -> str:
    parts = []
    for field, down in order.by:
        name = style.dialect.quote(field.name)
        if _may_be_null(field):
            parts.append(f"({name} IS NULL)")
        parts.append(f"{name}{' DESC' if down else ''}")
    return ", ".join(parts)


def after_sql(order: Order, style: Style, place: Place) -> tuple[str, list[str]]:
    """Rows that come after the place; when the order is not total, also those at it (they are skipped by count)."""
    branches: list[str] = []
    bound: list[str] = []
    same: list[str] = []
    same_values: list[str] = []
    for (field, down), value in zip(order.by, place.values, strict=True):
        name = style.dialect.quote(field.name)
        placeholder = style.casts.get(field.type, "%s")
        if value is not None:
            further = f"{name} {'<' if down else '>'} {placeholder}"
            if _may_be_null(field):
                further = f"({further} OR {name} IS NULL)"
            branches.append("(" + " AND ".join([*same, further]) + ")")
            bound += [*same_values, value]
            same.append(f"{name} = {placeholder}")
            same_values.append(value)
        else:
            same.append(f"{name} IS NULL")
    if not order.total:
        branches.append("(" + " AND ".join(same) + ")")
        bound += same_values
    return "(" + " OR ".join(branches or ["1 = 0"]) + ")", bound


def place_after(order: Order, rows: Sequence[Sequence[Cell]], start: int, before: Place | None, now: float) -> Place:
    """The place of the last row; its order's values stand from column `start` on."""
    values = [None if cell is None else str(cell) for cell in rows[-1][start:]]
    given = 0
    if not order.total:
        for row in reversed(rows):
            if list(row[start:]) != list(rows[-1][start:]):
                break
            given += 1
        if before is not None and given == len(rows) and before.values == values:
            given += before.given
    return Place(values, given, int(now) + CURSOR_SECONDS)


def seal_place(key: bytes, place: Place, context: str) -> str:
    """The cursor: opens only with this gateway's key and for the same grant and question."""
    return seals.seal(key, msgspec.json.encode(place), context).partition(":")[2]


def open_place(key: bytes, cursor: str, context: str, order: Order, now: float) -> Place:
    """Refusal when the cursor is not ours, is for another question, or is a day old."""
    try:
        place = msgspec.json.decode(seals.unseal(key, f"aes-256-gcm:{cursor}", context), type=Place)
    except (NotValid, msgspec.DecodeError) as error:
        raise Refusal("gateway.rows.cursor") from error
    if len(place.values) != len(order.by) or place.until < now:
        raise Refusal("gateway.rows.cursor")
    return place


def _may_be_null(field: Field) -> bool:
    return field.nullable and not field.key
