"""A row filter (a tree of comparisons) as SQL with bound values, and on Arrow batches for files.

Values are read as the field's type first, so a filter can never smuggle SQL and a wrong value is one clear error.
NULL matches nothing but `is_null`, in both forms. Text compares by code point, whatever the database's collation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from zampa.connectors.shapes import WIDEST_DECIMAL, chosen
from zampa.connectors.texts import from_text, to_text
from zampa.contracts.flowspecs import AllOf, AnyOf, Comparison, Filter
from zampa.contracts.schemas import DataType, Field, TableSchema
from zampa.ground.errors import NotValid

COMPARED = {
    "=": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal,
}
UNFILTERED: frozenset[DataType] = frozenset(("binary", "json"))


@dataclass(frozen=True)
class Dialect:
    """How an engine spells a comparison. `casts` gives a placeholder per type; `exact(column, op)` compares text."""

    quote: Callable[[str], str]
    casts: dict[DataType, str]
    text_compare: Callable[[str, str], str]
    as_text: Callable[[str], str]


def where(row_filter: Filter | None, schema: TableSchema, dialect: Dialect) -> tuple[str, list[str]]:
    """(" WHERE ...", bound texts), or ("", []) without a filter."""
    if row_filter is None:
        return "", []
    values: list[str] = []
    return " WHERE " + _sql(row_filter, schema, dialect, values), values


def _sql(node: Filter, schema: TableSchema, dialect: Dialect, values: list[str]) -> str:
    if isinstance(node, (AllOf, AnyOf)):
        if not node.of:
            return "(1=1)" if isinstance(node, AllOf) else "(1=0)"
        word = " AND " if isinstance(node, AllOf) else " OR "
        return "(" + word.join(_sql(inner, schema, dialect, values) for inner in node.of) + ")"
    field = _field(node, schema)
    column = dialect.quote(field.name)
    if node.op == "is_null":
        return f"({column} IS {'NULL' if _flag(node) else 'NOT NULL'})"
    texts = _texts(node, field)
    if node.op == "starts":
        values.append(_like(texts[0]))
        return f"({dialect.text_compare(dialect.as_text(column), 'LIKE')} ESCAPE '!')"
    operator = "=" if node.op == "in" else "<>" if node.op == "!=" else node.op
    if not texts:
        return "(1=0)"
    values.extend(texts)
    cast = dialect.casts.get(field.type)
    one = f"{column} {operator} {cast}" if cast else dialect.text_compare(column, operator)
    return "(" + " OR ".join([one] * len(texts)) + ")"


def mask(batch: pa.RecordBatch, row_filter: Filter, schema: TableSchema) -> pa.Array:
    """Boolean array: which rows match."""
    return pc.fill_null(_mask(row_filter, batch, schema), False)


def _mask(node: Filter, batch: pa.RecordBatch, schema: TableSchema) -> pa.Array:
    if isinstance(node, (AllOf, AnyOf)):
        every = isinstance(node, AllOf)
        found = pa.array([every] * batch.num_rows, pa.bool_())
        for inner in node.of:
            part = _mask(inner, batch, schema)
            found = pc.and_kleene(found, part) if every else pc.or_kleene(found, part)
        return found
    field = _field(node, schema)
    column = batch.column(batch.schema.get_field_index(field.name))
    if node.op == "is_null":
        return column.is_null() if _flag(node) else column.is_valid()
    texts = _texts(node, field)
    if node.op == "starts":
        return pc.starts_with(to_text(column, field), texts[0])
    values = from_text(pa.array(texts, pa.string()), field)
    if field.type == "decimal" and pa.types.is_string(column.type):
        column, values = _numbers(column, field), _numbers(values, field)
    if node.op == "in":
        return pc.if_else(column.is_valid(), pc.is_in(column, values.cast(column.type)), pa.scalar(None, pa.bool_()))
    return COMPARED[node.op](column, values[0])


def fields_of(row_filter: Filter | None) -> set[str]:
    """Names of the fields a filter looks at."""
    if row_filter is None:
        return set()
    if isinstance(row_filter, Comparison):
        return {row_filter.field}
    return set().union(*(fields_of(inner) for inner in row_filter.of))


def _field(node: Comparison, schema: TableSchema) -> Field:
    field = chosen(schema, [node.field])[0]
    if field.type in UNFILTERED and node.op != "is_null":
        raise NotValid("connectors.filter_value", column=field.name, operator=node.op)
    return field


def _texts(node: Comparison, field: Field) -> list[str]:
    texts = node.value if isinstance(node.value, list) else [node.value]
    if (node.op == "in") != isinstance(node.value, list) or any("\x00" in text for text in texts):
        raise NotValid("connectors.filter_value", column=field.name, operator=node.op)
    if node.op != "starts":
        try:
            from_text(pa.array(texts, pa.string()), field)
        except NotValid as failure:
            raise NotValid("connectors.filter_value", column=field.name, operator=node.op) from failure
    return texts


def _numbers(column: pa.Array, field: Field) -> pa.Array:
    """Unbounded decimals, which Arrow holds as text, as wide numbers to compare."""
    return from_text(column, msgspec.structs.replace(field, precision=WIDEST_DECIMAL, scale=WIDEST_DECIMAL // 2))


def _flag(node: Comparison) -> bool:
    if node.value not in ("true", "false"):
        raise NotValid("connectors.filter_value", column=node.field, operator=node.op)
    return node.value == "true"


def _like(start: str) -> str:
    for special in "!%_":
        start = start.replace(special, "!" + special)
    return start + "%"
