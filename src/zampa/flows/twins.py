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
from datetime import date, timedelta
from typing import Any

from zampa.contracts.flowspecs import Check, Mask
from zampa.contracts.schemas import Field
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
UNIQUE: frozenset[str] = frozenset({"text", "integer", "date", "uuid"})  # equal there means equal as text here
_COMPARED: frozenset[str] = frozenset({"integer", "decimal", "date", "timestamp", "timestamptz", "text"})


def text(column: str) -> str:
    return f'CAST({column} AS text) COLLATE "C"'


def check_sql(check: Check, field: Field, column: str, today: date) -> Sql | None:
    """A condition that is true where the row passes and never null; None when there is no exact twin.

    `column` is the quoted column. `unique` is the whole table's affair: see `repeated_sql`.
    """
    if check.kind == "not_null":
        return f"({column} IS NOT NULL)", []
    if check.kind == "between" and field.type in _COMPARED:
        condition, values = to_sql(between(check), POSTGRESQL, {check.field: field.type}, lambda _: column)
        return f"({column} IS NULL OR {condition})", values
    if check.kind == "calendar_date" and field.type in ("date", "timestamp", "timestamptz"):
        return "(1 = 1)", []
    if field.type != "text":
        return None
    if check.kind == "one_of":
        return f"({column} IS NULL OR {text(column)} = ANY (CAST(%s AS text[])))", [check.params["values"]]
    made = _ON_TEXT.get(check.kind)
    if made is None:
        return None
    condition, values = made(text(column), check, today)
    return f"({column} IS NULL OR {condition})", values


def _max_length(value: str, check: Check, today: date) -> Sql:
    return f"char_length({value}) <= %s", [int(str(check.params["length"]))]


def _resident(value: str, check: Check, today: date) -> Sql:
    """The first 17 must be digits before anything is computed: CASE keeps that order. Bytes, where they will do,
    because each step on UTF-8 text costs several times as much."""
    total = "+".join(f"get_byte(CAST({value} AS bytea), {place})*{weight}" for place, weight in enumerate(_WEIGHTS))
    digit = f"substr('10X98765432', ({total}-{_OFFSET})%%11+1, 1) = upper(right({value}, 1))"
    digits = f"ltrim(convert_to({value}, 'UTF8'), CAST('0123456789' AS bytea)) IN ('', 'X', 'x')"
    return (
        f"CASE WHEN octet_length({value}) <> 18 OR NOT {digits} THEN false "
        f"ELSE {digit} AND {_day_exists(value, 7, 11)} AND substr({value}, 7, 8) <= %s END",
        [today.strftime("%Y%m%d")],
    )


def _day_exists(value: str, year: int, month: int) -> str:
    """Whether digits at these places are a year of at least 1, a month and a day of it (Gregorian throughout)."""
    digits = f"CAST(substr({value}, {year}, 4) AS integer)"
    month_day = f"substr({value}, {month}, 4)"
    leap = f"{digits} %% 4 = 0 AND ({digits} %% 100 <> 0 OR {digits} %% 400 = 0)"
    day = f"({month_day} = ANY ('{_DAYS}') OR {month_day} = '0229' AND {leap})"
    return f"(substr({value}, {year}, 4) <> '0000' AND {day})"


def _credit(value: str, check: Check, today: date) -> Sql:
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


def _calendar(value: str, check: Check, today: date) -> Sql:
    plain = f"(CASE WHEN char_length({value}) = 10 AND substr({value}, 5, 1) = '-' AND substr({value}, 8, 1) = '-' " \
            f"THEN substr({value}, 1, 4) || substr({value}, 6, 2) || substr({value}, 9, 2) ELSE {value} END)"
    return (
        f"CASE WHEN char_length({plain}) <> 8 OR ltrim({plain}, '0123456789') <> '' THEN false "
        f"ELSE {_day_exists(plain, 1, 5)} END",
        [],
    )


_ON_TEXT: dict[str, Callable[[str, Check, date], Sql]] = {
    "max_length": _max_length,
    "id_number": _resident,
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
