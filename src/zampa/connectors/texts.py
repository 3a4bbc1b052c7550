"""Values as text and back, exactly: the spelling all engines share, carried out on whole columns.

Spelling: ISO 8601 dates and times with a space between them, years beyond 9999 with all their digits and years before
1 as PostgreSQL writes them ("0044-03-15 BC"), timestamptz in UTC with Z, decimals without exponent, doubles as the
shortest text that reads back the same, booleans t and f, bytes as \\x and hex.
A value that does not fit its column's type is an error naming column and row, never a near miss.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from zampa.connectors.shapes import arrow_type
from zampa.contracts.schemas import Field
from zampa.ground.errors import Fault, NotValid

DAY = 86_400_000_000
TRUE = pa.array(["t", "true", "1", "T", "TRUE"])
FALSE = pa.array(["f", "false", "0", "F", "FALSE"])
_DATE = re.compile(r"(\d{4,7})-(\d\d)-(\d\d)( BC)?")
_MOMENT = re.compile(
    r"(\d{4,7}-\d\d-\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?( BC)?"
)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?")


def from_text(column: pa.Array, field: Field, first_row: int = 1) -> pa.Array:
    """A text column as the field's type. NotValid `value_not_carried` with column and row (`first_row` based)."""
    wanted = arrow_type(field)
    if pa.types.is_string(wanted):
        return column
    if field.type == "binary":
        return _each(column, wanted, _bytes, field, first_row)
    if field.type == "boolean":
        return _booleans(column, field, first_row)
    if field.type == "time":
        return _each(column, pa.int64(), _clock, field, first_row).cast(wanted)
    try:
        return column.cast(wanted)
    except pa.ArrowInvalid:
        pass
    if field.type == "date":
        return _each(column, pa.int32(), _days, field, first_row).cast(wanted)
    if field.type in ("timestamp", "timestamptz"):
        return _each(column, pa.int64(), _micros, field, first_row).cast(wanted)
    if field.type == "integer":
        return _each(column, wanted, _integer, field, first_row)
    if field.type == "double":
        return _each(column, wanted, float, field, first_row)
    return _each(column, wanted, _decimal(field), field, first_row)


def to_text(column: pa.Array, field: Field) -> pa.Array:
    """The column in the shared spelling; nulls stay null."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "t", "f")
    if pa.types.is_decimal(kind):
        return plain_decimals(column)
    if pa.types.is_binary(kind):
        return pa.array([None if value is None else "\\x" + value.hex() for value in column.to_pylist()], pa.string())
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else repr(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _calendar_text(column)
    return column.cast(pa.string())


def plain_decimals(column: pa.Array) -> pa.Array:
    """Decimals as text with all places and no exponent (Arrow writes 1E-10 for small ones)."""
    text = column.cast(pa.string())
    if not pc.any(pc.match_substring(text, "E"), min_count=0).as_py():
        return text
    return pa.array([None if value is None else format(value, "f") for value in column.to_pylist()], pa.string())


def refuse(column: str, kind: str, row: int) -> NotValid:
    fault = Fault(f"{column}:{row}", "connectors.value_not_carried", {"column": column, "type": kind, "row": row})
    return NotValid("connectors.value_not_carried", faults=[fault], column=column, type=kind, row=row)


def _each(
    column: pa.Array, wanted: pa.DataType, read: Callable[[str], object], field: Field, first_row: int
) -> pa.Array:
    values: list[object] = []
    for row, text in enumerate(column.to_pylist()):
        try:
            values.append(None if text is None else read(text))
        except (ValueError, ArithmeticError) as failure:
            raise refuse(field.name, field.type, first_row + row) from failure
    try:
        return pa.array(values, wanted)
    except (pa.ArrowInvalid, OverflowError) as failure:
        raise refuse(field.name, field.type, first_row) from failure


def _booleans(column: pa.Array, field: Field, first_row: int) -> pa.Array:
    yes, no = pc.is_in(column, TRUE), pc.is_in(column, FALSE)
    known = pc.or_(pc.or_(yes, no), column.is_null())
    if not pc.all(known, min_count=0).as_py():
        raise refuse(field.name, field.type, first_row + known.index(pa.scalar(False)).as_py())
    return pc.if_else(column.is_valid(), yes, pa.scalar(None, pa.bool_()))


def _bytes(text: str) -> bytes:
    if not text.startswith("\\x"):
        raise ValueError("no hex")
    return bytes.fromhex(text[2:])


def _integer(text: str) -> int:
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError("beyond 64 bits")
    return value


def _decimal(field: Field) -> Callable[[str], Decimal]:
    places = field.scale or 0
    whole = 10 ** ((field.precision or 0) - places)

    def read(text: str) -> Decimal:
        value = Decimal(text)
        exponent = value.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > places or abs(value) >= whole:
            raise ValueError("does not fit")
        return value

    return read


def _clock(text: str) -> int:
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError("not a time of day")
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError("not a time of day")
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + int((found[4] or "").ljust(6, "0") or 0)


def _days(text: str) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, any year; ValueError on infinity and nonsense."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError("not a date")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if found[4]:
        year = 1 - year
    if not 1 <= month <= 12 or not 1 <= day <= _month_days(year, month):
        raise ValueError("not a date")
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _month_days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _micros(text: str) -> int:
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError("not a moment")
    clock = f"{found[2]}:{found[3]}:{found[4]}.{found[5] or '0'}"
    offset = 0
    if found[6] and found[6] != "Z":
        digits = found[6][1:].replace(":", "").ljust(6, "0")
        seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
        offset = seconds if found[6][0] == "+" else -seconds
    return _days(found[1] + (found[7] or "")) * DAY + _clock(clock) - offset * 1_000_000


def _calendar_text(column: pa.Array) -> pa.Array:
    """Years 1 to 9999 by Arrow, the far ones by hand."""
    try:
        text = column.cast(pa.string())
    except pa.ArrowInvalid:
        text = None
    near = r"^[0-9]{4}-"
    if text is not None and pc.all(pc.match_substring_regex(text, near), min_count=0).as_py():
        zero = pc.any(pc.starts_with(text, "0000-"), min_count=0).as_py()
        if not zero:
            return text
    whole = column.cast(pa.int32() if pa.types.is_date(column.type) else pa.int64())
    spell = _spell_day if pa.types.is_date(column.type) else _speller(column.type.tz is not None)
    return pa.array([None if value is None else spell(value) for value in whole.to_pylist()], pa.string())


def _spell_day(days: int) -> str:
    body, before = _civil(days)
    return body + before


def _speller(zoned: bool) -> Callable[[int], str]:
    def spell(micros: int) -> str:
        days, rest = divmod(micros, DAY)
        seconds, fraction = divmod(rest, 1_000_000)
        body, before = _civil(days)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
        return f"{body} {clock}{'Z' if zoned else ''}{before}"

    return spell


def _civil(days: int) -> tuple[str, str]:
    era, of_era = divmod(days + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return (f"{year:04}-{month:02}-{day:02}", "") if year > 0 else (f"{1 - year:04}-{month:02}-{day:02}", " BC")
