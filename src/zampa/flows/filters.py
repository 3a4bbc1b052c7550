"""Row filters: a structured tree, never SQL text. As a Python predicate, and as parametrised SQL per dialect.

Both forms give the same answer, that of SQL: null matches nothing but `is_null`; text is compared by code
point, whatever the database's collation; NaN is greater than every number, as PostgreSQL has it. Values come
as text and are read by the field's type; a value is always bound, never written into the SQL.

Pure Python and nothing else: the gateway imports this file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any
from uuid import UUID

from zampa.contracts.flowspecs import AllOf, Comparison, Filter, GrantedField
from zampa.contracts.schemas import DataType
from zampa.flows.dialects import Dialect
from zampa.flows.masks import hides
from zampa.ground.errors import Fault, NotValid

Row = Mapping[str, object]
Predicate = Callable[[Row], bool]
Types = Mapping[str, str]

MAX_DEPTH = 8
MAX_COMPARISONS = 64
MAX_LIST = 500
_ORDERED: frozenset[str] = frozenset({"<", "<=", ">", ">="})
_OPAQUE: frozenset[str] = frozenset({"binary", "json"})


def fields_of(row_filter: Filter | None) -> frozenset[str]:
    """The names of the fields a filter looks at."""
    return frozenset(one.field for _, one in _comparisons(row_filter)) if row_filter is not None else frozenset()


def renamed(row_filter: Filter, names: Mapping[str, str]) -> Filter:
    """The same filter speaking of other names, as from a delivered field to its column; KeyError on a missing one."""
    if isinstance(row_filter, Comparison):
        return Comparison(field=names[row_filter.field], op=row_filter.op, value=row_filter.value)
    return type(row_filter)(tuple(renamed(part, names) for part in row_filter.of))


def validate_filter(row_filter: Filter, granted: Sequence[GrantedField], known: Collection[str] = ()) -> None:
    """NotValid with one fault per comparison that a grant of these fields does not allow.

    `known` are all names of the resource, so that a field outside the grant is told from one that is not there.
    A masked field is refused: whoever can filter by a hidden value can find it out.
    """
    by_name = {field.name: field for field in granted}
    faults = []
    for where, one in _comparisons(row_filter):
        field = by_name.get(one.field)
        if field is None:
            code = "flows.filter.ungranted_field" if one.field in known else "flows.filter.unknown_field"
            faults.append(Fault(where, code, {"field": one.field}))
        elif hides(field.mask):
            faults.append(Fault(where, "flows.filter.masked_field", {"field": one.field}))
    types = {name: field.type for name, field in by_name.items()}
    faults += _shape_faults(row_filter, types)
    if faults:
        raise NotValid("flows.filter.not_valid", faults=faults)


def validate_shape(row_filter: Filter, types: Types) -> None:
    """NotValid when a comparison names no field of `types`, or its operator or value does not fit the type."""
    faults = [
        Fault(where, "flows.filter.unknown_field", {"field": one.field})
        for where, one in _comparisons(row_filter)
        if one.field not in types
    ]
    faults += _shape_faults(row_filter, types)
    if faults:
        raise NotValid("flows.filter.not_valid", faults=faults)


def _comparisons(row_filter: Filter, where: str = "filter", depth: int = 0) -> Iterator[tuple[str, Comparison]]:
    if depth > MAX_DEPTH:
        raise NotValid("flows.filter.too_deep", limit=MAX_DEPTH)
    if isinstance(row_filter, Comparison):
        yield where, row_filter
        return
    word = "all" if isinstance(row_filter, AllOf) else "any"
    for place, part in enumerate(row_filter.of):
        yield from _comparisons(part, f"{where}.{word}[{place}]", depth + 1)


def _shape_faults(row_filter: Filter, types: Types) -> list[Fault]:
    found = list(_comparisons(row_filter))
    if len(found) > MAX_COMPARISONS:
        return [Fault("filter", "flows.filter.too_many", {"limit": MAX_COMPARISONS})]
    return [fault for where, one in found if (fault := _fault(where, one, types.get(one.field))) is not None]


def _fault(where: str, one: Comparison, data_type: str | None) -> Fault | None:
    """What is wrong with one comparison; the value itself is never repeated."""
    params = {"field": one.field, "op": one.op}
    if one.op == "is_null":
        return None if one.value in ("true", "false") else Fault(where, "flows.filter.bad_value", params)
    if isinstance(one.value, list) != (one.op == "in"):
        return Fault(where, "flows.filter.bad_value", params)
    if data_type is None:
        return None
    if isinstance(one.value, list) and len(one.value) > MAX_LIST:
        return Fault(where, "flows.filter.long_list", {**params, "limit": MAX_LIST})
    if data_type in _OPAQUE or (data_type == "boolean" and one.op in _ORDERED):
        return Fault(where, "flows.filter.bad_operator", {**params, "type": data_type})
    if one.op == "starts" and data_type != "text":
        return Fault(where, "flows.filter.bad_operator", {**params, "type": data_type})
    try:
        for text in one.value if isinstance(one.value, list) else [one.value]:
            read(text, data_type)
    except (ValueError, InvalidOperation):
        return Fault(where, "flows.filter.bad_value", {**params, "type": data_type})
    return None


def read(text: str, data_type: DataType | str) -> Any:
    """A bound value from its text; ValueError or InvalidOperation when it is none of that type."""
    if data_type == "text":
        if "\0" in text:
            raise ValueError("a zero character")
        return text
    if data_type == "integer":
        return int(text)
    if data_type in ("decimal", "double"):
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError("not a finite number")
        return float(number) if data_type == "double" else number
    if data_type == "boolean":
        return {"true": True, "false": False}[text] if text in ("true", "false") else _not(text)
    if data_type == "date":
        return date.fromisoformat(text)
    if data_type == "time":
        return time.fromisoformat(text)
    if data_type in ("timestamp", "timestamptz"):
        moment = datetime.fromisoformat(text)
        if (moment.tzinfo is not None) != (data_type == "timestamptz"):
            raise ValueError("a time zone where none belongs, or none where one does")
        return moment
    if data_type == "uuid":
        return UUID(text)
    raise ValueError(data_type)


def _not(text: str) -> bool:
    raise ValueError("not a truth value")


def type_of(value: object) -> str:
    """The data type a Python value has; text for what is not otherwise known."""
    for kind, name in _PYTHON_TYPES:
        if isinstance(value, kind):
            return "timestamptz" if name == "timestamp" and getattr(value, "tzinfo", None) is not None else name
    return "text"


_PYTHON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"), (int, "integer"), (float, "double"), (Decimal, "decimal"), (datetime, "timestamp"),
    (date, "date"), (time, "time"), (UUID, "uuid"), (bytes, "binary"), (dict, "json"), (list, "json"),
)


# --- as a Python predicate


def matches(row: Row, row_filter: Filter | None, types: Types | None = None) -> bool:
    """Whether a row passes. Without `types` a value is compared as the Python type it has."""
    return True if row_filter is None else predicate(row_filter, types)(row)


def predicate(row_filter: Filter, types: Types | None = None) -> Predicate:
    """The filter as a function of one row, its values read once."""
    if isinstance(row_filter, Comparison):
        return _comparison(row_filter, (types or {}).get(row_filter.field))
    parts = [predicate(part, types) for part in row_filter.of]
    if isinstance(row_filter, AllOf):
        return lambda row: all(part(row) for part in parts)
    return lambda row: any(part(row) for part in parts)


def _comparison(one: Comparison, data_type: str | None) -> Predicate:
    name, op = one.field, one.op
    if op == "is_null":
        wanted = one.value == "true"
        return lambda row: (row.get(name) is None) == wanted
    texts = one.value if isinstance(one.value, list) else [one.value]
    bound: dict[str, list[Any]] = {}

    def test(row: Row) -> bool:
        value = row.get(name)
        if value is None:
            return False
        kind = data_type or type_of(value)
        if kind not in bound:
            bound[kind] = [read(text, kind) for text in texts]
        try:
            return _holds(_as(value, kind), op, bound[kind])
        except (ValueError, InvalidOperation):
            return False  # a file's cell that is no such number or date matches nothing

    return test


def _as(value: Any, kind: str) -> Any:
    """A row's value in the type its field has: files carry numbers and dates as text."""
    if kind == "decimal":
        return Decimal(value)
    if isinstance(value, str):
        return value if kind == "text" else float(value) if kind == "double" else read(value, kind)
    if kind == "text":
        return str(value)
    return value


def _holds(value: Any, op: str, bound: list[Any]) -> bool:
    if isinstance(value, (float, Decimal)) and isnan(value):
        return op in ("!=", ">", ">=")
    if op == "in":
        return value in bound
    other = bound[0]
    if op == "=":
        return bool(value == other)
    if op == "!=":
        return bool(value != other)
    if op == "starts":
        return bool(value.startswith(other))
    if op == "<":
        return bool(value < other)
    if op == "<=":
        return bool(value <= other)
    if op == ">":
        return bool(value > other)
    return bool(value >= other)


# --- as SQL


def to_sql(
    row_filter: Filter | None, dialect: Dialect, types: Types, column: Callable[[str], str] | None = None
) -> tuple[str, list[Any]]:
    """A condition with placeholders and its values; always true without a filter.

    `column` gives the SQL of a field, quoted; by default its name. NotValid as `validate_shape` says.
    """
    if row_filter is None:
        return "1 = 1", []
    validate_shape(row_filter, types)
    return _sql(row_filter, dialect, types, column or dialect.quote)


def _sql(row_filter: Filter, dialect: Dialect, types: Types, column: Callable[[str], str]) -> tuple[str, list[Any]]:
    if isinstance(row_filter, Comparison):
        return _comparison_sql(row_filter, dialect, types[row_filter.field], column(row_filter.field))
    if not row_filter.of:
        return ("1 = 1" if isinstance(row_filter, AllOf) else "1 = 0"), []
    parts = [_sql(part, dialect, types, column) for part in row_filter.of]
    word = " AND " if isinstance(row_filter, AllOf) else " OR "
    return "(" + word.join(sql for sql, _ in parts) + ")", [value for _, values in parts for value in values]


def _comparison_sql(one: Comparison, dialect: Dialect, data_type: str, column: str) -> tuple[str, list[Any]]:
    if one.op == "is_null":
        return f"({column} IS {'NULL' if one.value == 'true' else 'NOT NULL'})", []
    texts = one.value if isinstance(one.value, list) else [one.value]
    values = [read(text, data_type) for text in texts]
    if one.op == "starts":
        return f"({dialect.starts(column, len(values[0]))})", [values[0]]
    left, right = dialect.comparable(column, data_type)
    if one.op == "in":
        if not values:
            return "1 = 0", []
        return f"({left} IN ({', '.join([right] * len(values))}))", values
    op = "<>" if one.op == "!=" else one.op
    return f"({left} {op} {right})", [values[0]]
