"""Rules of one row as Ibis expressions, only where they give exactly the Python form's answer.

Ibis, so that the same rule runs in DuckDB on one machine and elsewhere beyond it. What has no exact twin (text made
of a floating point number, an unbounded decimal carried as text, a cell of an untyped file) is judged in Python by
flows.checks, value by value. tests/test_expressions.py holds the two together.

A rule gives two conditions, neither ever null: `considered`, whether the row is judged at all, and `passes`. The
arithmetic of check digits never casts text: a cast behind a condition may be moved before it and fail there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis.expr import types as ir

from zampa.contracts.flowspecs import AllOf, Comparison, Filter
from zampa.contracts.quality import (
    Between,
    CalendarDate,
    Compare,
    Credit,
    Implies,
    MaxLength,
    MinLength,
    NotNull,
    OneOf,
    Pattern,
    Resident,
    Rule,
    Test,
)
from zampa.contracts.schemas import DataType
from zampa.flows.checks import whole
from zampa.flows.filters import read
from zampa.flows.identifiers import CREDIT_ALPHABET, CREDIT_FIRST

LONG_LIST = 40  # values; longer lists are a table that is joined
NUMBERS: frozenset[str] = frozenset({"integer", "decimal"})
COMPARED: frozenset[str] = frozenset({"text", "integer", "decimal", "double", "date", "timestamp", "timestamptz"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


@dataclass(frozen=True)
class Condition:
    considered: ir.BooleanValue
    passes: ir.BooleanValue

    @property
    def fails(self) -> ir.BooleanValue:
        return self.considered & ~self.passes


def condition(
    rule: Rule, table: ir.Table, types: Mapping[str, DataType], today: date, values: ir.Table | None = None
) -> Condition | None:
    """The rule on a table whose columns carry these types exactly; None when there is no exact twin.

    `types` leaves out columns that are not carried as what they are. `values`: a table with the column `v` of the
    values of a long list.
    """
    test = rule.test
    if isinstance(test, Implies):
        when, then = filtered(test.when, table, types), filtered(test.then, table, types)
        return None if when is None or then is None else Condition(when, then)
    data_type = types.get(rule.field)
    if data_type is None:
        return None
    column = table[rule.field]
    if isinstance(test, NotNull):
        return Condition(ibis.literal(True), column.notnull())
    if isinstance(test, Compare):
        return _compared(test, column, data_type, table, types)
    made = _on_value(test, column, data_type, today, values)
    return None if made is None else Condition(column.notnull(), made.fill_null(False))


def _compared(
    test: Compare, column: Any, data_type: DataType, table: ir.Table, types: Mapping[str, DataType]
) -> Condition | None:
    other = types.get(test.other)
    if data_type not in COMPARED or not (other == data_type or {data_type, other} <= NUMBERS):
        return None
    there = table[test.other]
    return Condition(column.notnull() & there.notnull(), _OPERATORS[test.op](column, there).fill_null(False))


def _on_value(test: Test, column: Any, data_type: DataType, today: date, values: ir.Table | None) -> Any:
    if isinstance(test, Between) and data_type in COMPARED - {"double"}:
        return _between(test, column, data_type)
    if isinstance(test, CalendarDate) and data_type in ("date", "timestamp", "timestamptz"):
        return ibis.literal(True)
    if isinstance(test, OneOf) and data_type in ("text", "integer"):
        as_text = column if data_type == "text" else column.cast("string")
        return as_text.isin(list(test.values)) if values is None else as_text.isin(values.v)
    if data_type != "text":
        return None
    if isinstance(test, MaxLength):
        return column.length() <= test.length
    if isinstance(test, MinLength):
        return column.length() >= test.length
    if isinstance(test, Pattern):
        return column.re_search(whole(test.regex))
    if isinstance(test, CalendarDate):
        shaped = column.re_search(r"\A(?:[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})\z")
        return shaped & _day(column.replace("-", ""), 0)[1]
    if isinstance(test, Resident):
        return _resident(column, today)
    if isinstance(test, Credit):
        return _credit(column)
    return None


def _between(test: Between, column: Any, data_type: DataType) -> Any:
    sides = [op(column, _literal(read(text, data_type), data_type))
             for text, op in ((test.low, operator.ge), (test.high, operator.le)) if text]
    return sides[0] if len(sides) == 1 else sides[0] & sides[1]


def _literal(value: Any, data_type: DataType) -> Any:
    """A bound value; numbers as decimals of their own scale, so that none is rounded to the column's."""
    if data_type in NUMBERS:
        return ibis.literal(value)
    return ibis.literal(value, {"timestamp": "timestamp(6)", "timestamptz": "timestamp('UTC', 6)"}.get(data_type))


def _digit(text: Any, place: int) -> Any:
    return text.substr(place, 1).ascii_str() - 48


def _number(text: Any, place: int, length: int) -> Any:
    total = text.substr(place, 1).ascii_str().cast("int64") - 48  # any character may stand there, of a large code
    for step in range(1, length):
        total = total * 10 + _digit(text, place + step)
    return total


def _day(text: Any, place: int) -> tuple[Any, Any]:
    """Of the eight digits at this place: the number they are, and whether they are a day from the year 1 on
    (Gregorian throughout)."""
    year, month, day = _number(text, place, 4), _number(text, place + 4, 2), _number(text, place + 6, 2)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = ibis.cases(
        (month.isin([4, 6, 9, 11]), 30), ((month == 2) & leap, 29), (month == 2, 28), else_=31
    )
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    return year * 10_000 + month * 100 + day, exists


def _resident(text: Any, today: date) -> Any:
    """GB 11643-1999 as flows.identifiers has it: shape, check digit by congruence, a birthday not to come."""
    shaped = text.re_search(r"\A[0-9]{17}[0-9Xx]\z")
    last = ibis.cases((text.substr(17, 1).upper() == "X", 10), else_=_digit(text, 17))
    total = last
    for place, weight in enumerate(_WEIGHTS):
        total = total + _digit(text, place) * weight
    born, exists = _day(text, 6)
    return shaped & (total % 11 == 1) & exists & (born <= today.year * 10_000 + today.month * 100 + today.day)


def _credit(text: Any) -> Any:
    """GB 32100-2015 as flows.identifiers has it: shape, and the check character of the 31 allowed ones."""
    shaped = text.re_search(rf"\A[{CREDIT_FIRST}][{CREDIT_ALPHABET}][0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}\z")
    alphabet = ibis.literal(CREDIT_ALPHABET)
    total = alphabet.find(text.substr(17, 1))
    for place in range(17):
        total = total + alphabet.find(text.substr(place, 1)) * pow(3, place, 31)
    return shaped & (total % 31 == 0)


def filtered(row_filter: Filter, table: ir.Table, types: Mapping[str, DataType]) -> ir.BooleanValue | None:
    """A row filter as an expression that is never null; None when one of its fields has no exact twin."""
    if isinstance(row_filter, Comparison):
        return _comparison(row_filter, table, types)
    found = [filtered(part, table, types) for part in row_filter.of]
    parts = [part for part in found if part is not None]
    if len(parts) != len(found):
        return None
    every = isinstance(row_filter, AllOf)
    total = ibis.literal(every)
    for part in parts:
        total = total & part if every else total | part
    return total


def _comparison(one: Comparison, table: ir.Table, types: Mapping[str, DataType]) -> Any:
    data_type = types.get(one.field)
    if data_type is None or (data_type not in COMPARED - {"double"} and one.op != "is_null"):
        return None
    column = table[one.field]
    if one.op == "is_null":
        return column.isnull() if one.value == "true" else column.notnull()
    texts = one.value if isinstance(one.value, list) else [one.value]
    bound = [_literal(read(text, data_type), data_type) for text in texts]
    if one.op == "in":
        found = ibis.literal(False)
        for value in bound:
            found = found | (column == value)
        return found.fill_null(False)
    made = column.startswith(bound[0]) if one.op == "starts" else _OPERATORS[one.op](column, bound[0])
    return made.fill_null(False)
