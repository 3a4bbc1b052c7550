"""Checks and masks as PostgreSQL expressions, only where they give exactly the Python form's answer.

Pushed to the source, a check or a mask costs one expression per row there instead of a trip through Python here.
What has no exact twin stays in Python: patterns (another regular expression engine), the keyed hash (its key
never leaves us), floating point as text. Fixed-length
text is cast first, which takes its padding off, as the connector does when it reads. Each twin is proven equal to the
Python form on a real PostgreSQL by tests/test_twins.py.

Text is always compared under collation "C": under a language's collation '９' may lie between '0' and '9'.
The expressions avoid regular expressions: PostgreSQL's cost a microsecond a row, more than all the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zampa.connectors.postgresql.session import quoted
from zampa.contracts.flowspecs import Check, Mask
from zampa.contracts.quality import Compare, Implies, Rule
from zampa.contracts.schemas import Field, TableSchema
from zampa.flows.checks import between
from zampa.flows.dialects import POSTGRESQL
from zampa.flows.filters import to_sql
from zampa.flows.identifiers import CREDIT_ALPHABET, CREDIT_FIRST
from zampa.flows.masks import REGION_DIGITS

Sql = tuple[str, list[Any]]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_OFFSET = 48 * sum(_WEIGHTS)  # get_byte gives the digit's character code, 48 too many
_COMMON_YEAR = [date(2023, 1, 1) + timedelta(days=day) for day in range(365)]
_DAYS = "{" + ",".join(day.strftime("%m%d") for day in _COMMON_YEAR) + "}"  # a constant this long is looked up by hash
_DAYS_BYTES = "ARRAY[" + ",".join(f"'{day:%m%d}'::bytea" for day in _COMMON_YEAR) + "]"
UNIQUE: frozenset[str] = frozenset({"text", "integer", "date", "uuid"})  # equal there means equal as text here
_COMPARED: frozenset[str] = frozenset({"integer", "decimal", "date", "timestamp", "timestamptz", "text"})


def text(column: str) -> str:
    return f'CAST({column} AS text) COLLATE "C"'


@dataclass(frozen=True)
class Twin:
    """A condition that is true where the row passes and never null, its bound values, and, where it needs one, an
    expression to be computed once a row under the alias it was asked for."""

    condition: str
    values: list[Any]
    once: str = ""


def check_sql(check: Check, field: Field, column: str, today: date, alias: str = "zampa_once") -> Twin | None:
    """The check on the quoted `column`; None when there is no exact twin.

    `unique` is the whole table's affair: see `repeated_sql`.
    """
    if check.kind == "not_null":
        return Twin(f"({column} IS NOT NULL)", [])
    if check.kind == "between" and field.type in _COMPARED:
        condition, values = to_sql(between(check), POSTGRESQL, {check.field: field.type}, lambda _: column)
        return Twin(f"({column} IS NULL OR {condition})", values)
    if check.kind == "calendar_date" and field.type in ("date", "timestamp", "timestamptz"):
        return Twin("(1 = 1)", [])
    if field.type != "text":
        return None
    if check.kind == "one_of":
        condition = f"({column} IS NULL OR {text(column)} = ANY (CAST(%s AS text[])))"
        return Twin(condition, [check.params["values"]])
    if check.kind == "id_number":
        condition, values, once = _resident(text(column), today, alias)
        return Twin(f"({column} IS NULL OR {condition})", values, once)
    made = _ON_TEXT.get(check.kind)
    if made is None:
        return None
    condition, values = made(text(column), check)
    return Twin(f"({column} IS NULL OR {condition})", values)


def rule_sql(rule: Rule, table: TableSchema) -> Sql | None:
    """A rule of one row on the columns of `table`, true where the row passes and never null; None when there is no
    exact twin. Decimals are compared here: PostgreSQL lets NaN be greater than all, Python's decimal refuses it."""
    types = {field.name: field.type for field in table.fields}
    test = rule.test
    if isinstance(test, Implies):
        when, bound = to_sql(test.when, POSTGRESQL, types, quoted)
        then, also = to_sql(test.then, POSTGRESQL, types, quoted)
        return f"(NOT COALESCE({when}, false) OR COALESCE({then}, false))", [*bound, *also]
    if not isinstance(test, Compare) or types[rule.field] != types[test.other]:
        return None
    if types[rule.field] not in _COMPARED - {"decimal"}:
        return None
    here, there = quoted(rule.field), quoted(test.other)
    sides = [text(one) if types[rule.field] == "text" else one for one in (here, there)]
    op = "<>" if test.op == "!=" else test.op
    return f"({here} IS NULL OR {there} IS NULL OR {sides[0]} {op} {sides[1]})", []


def _max_length(value: str, check: Check) -> Sql:
    return f"char_length({value}) <= %s", [int(str(check.params["length"]))]


def _min_length(value: str, check: Check) -> Sql:
    return f"char_length({value}) >= %s", [int(str(check.params["length"]))]


def _resident(value: str, today: date, once: str) -> tuple[str, list[Any], str]:
    """On the bytes of the value, made once a row and only where it is 17 digits and a digit or X: a step on bytes
    costs a third of one on UTF-8 text, and nothing is cast that could fail. The check digit by congruence."""
    digits = f"ltrim(convert_to({value}, 'UTF8'), CAST('0123456789' AS bytea)) IN ('', 'X', 'x')"
    made = f"CASE WHEN octet_length({value}) = 18 AND {digits} THEN CAST({value} AS bytea) END"
    total = "+".join(f"get_byte({once}, {place})*{weight}" for place, weight in enumerate(_WEIGHTS))
    last = f"CASE get_byte({once}, 17) WHEN 88 THEN 10 WHEN 120 THEN 10 ELSE get_byte({once}, 17) - 48 END"
    month_day = f"substr({once}, 11, 4)"
    year = f"CAST(convert_from(substr({once}, 7, 4), 'UTF8') AS integer)"
    day = f"({month_day} = ANY ({_DAYS_BYTES}) OR {month_day} = '0229' AND {_leap(year)})"
    return (
        f"CASE WHEN {once} IS NULL THEN false ELSE ({total} - {_OFFSET} + {last}) %% 11 = 1 AND {day} "
        f"AND substr({once}, 7, 8) BETWEEN '00010101' AND CAST(%s AS bytea) END",
        [today.strftime("%Y%m%d")],
        made,
    )


def _day_exists(value: str, year: int, month: int) -> str:
    """Whether digits at these places are a year of at least 1, a month and a day of it (Gregorian throughout)."""
    digits = f"CAST(substr({value}, {year}, 4) AS integer)"
    month_day = f"substr({value}, {month}, 4)"
    day = f"({month_day} = ANY ('{_DAYS}') OR {month_day} = '0229' AND {_leap(digits)})"
    return f"(substr({value}, {year}, 4) <> '0000' AND {day})"


def _leap(year: str) -> str:
    return f"{year} %% 4 = 0 AND ({year} %% 100 <> 0 OR {year} %% 400 = 0)"


def _credit(value: str, check: Check) -> Sql:
    alphabet = f"'{CREDIT_ALPHABET}'"
    total = "+".join(
        f"(strpos({alphabet}, substr({value}, {place + 1}, 1))-1)*{pow(3, place, 31)}" for place in range(17)
    )
    return (
        f"CASE WHEN char_length({value}) <> 18 OR ltrim({value}, {alphabet}) <> '' "
        f"OR ltrim(substr({value}, 3, 6), '0123456789') <> '' "
        f"OR strpos('{CREDIT_FIRST}', left({value}, 1)) = 0 THEN false "
        f"ELSE substr({alphabet}, (31-({total})%%31)%%31+1, 1) = right({value}, 1) END",
        [],
    )


def _calendar(value: str, check: Check) -> Sql:
    plain = f"(CASE WHEN char_length({value}) = 10 AND substr({value}, 5, 1) = '-' AND substr({value}, 8, 1) = '-' " \
            f"THEN substr({value}, 1, 4) || substr({value}, 6, 2) || substr({value}, 9, 2) ELSE {value} END)"
    return (
        f"CASE WHEN char_length({plain}) <> 8 OR ltrim({plain}, '0123456789') <> '' THEN false "
        f"ELSE {_day_exists(plain, 1, 5)} END",
        [],
    )


_ON_TEXT: dict[str, Callable[[str, Check], Sql]] = {
    "max_length": _max_length,
    "min_length": _min_length,
    "credit_code": _credit,
    "calendar_date": _calendar,
}


def repeated_sql(field: Field, column: str, source: str, condition: str, alias: str) -> tuple[str, str]:
    """For a `unique` check: a table of the values that `source` under `condition` holds more than once (as one
    column named `alias`), and what joins it. Joined, not NOT IN: that falls to a scan per row when many repeat.
    """
    value = text(column) if field.type == "text" else column
    repeated = (
        f"SELECT {value} AS {alias} FROM {source} "  # noqa: S608 (quoted names, bound values)
        f"WHERE ({condition}) AND {column} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    return repeated, f"{value} = {alias}.{alias}"


def mask_sql(mask: Mask, field: Field, column: str) -> str | None:
    """The masked column; None when there is no exact twin."""
    if mask.kind == "none":
        return column
    if mask.kind == "keep" and field.type == "text":
        value = text(column)
        return (
            f"CASE WHEN char_length({value}) <= {mask.first + mask.last} THEN repeat('*', char_length({value})) "
            f"ELSE left({value}, {mask.first}) || repeat('*', char_length({value}) - {mask.first + mask.last}) "
            f"|| right({value}, {mask.last}) END"
        )
    if mask.kind == "date" and field.type in ("date", "timestamp"):
        return f"CAST(date_trunc('{mask.to}', {column}) AS {'date' if field.type == 'date' else 'timestamp'})"
    if mask.kind == "region" and field.type == "text":
        value, digits = text(column), REGION_DIGITS[mask.to]
        return (
            f"CASE WHEN char_length({value}) >= {digits} AND ltrim({value}, '0123456789') = '' "
            f"THEN rpad(left({value}, {digits}), char_length({value}), '0') END"
        )
    return None


def readable_sql(mask: Mask, field: Field, column: str) -> str | None:
    """A condition that is true where the mask can read the value, for masks that may not; None for the rest."""
    if mask.kind != "region":
        return None
    masked = mask_sql(mask, field, column)
    return f"({column} IS NULL OR ({masked}) IS NOT NULL)"
