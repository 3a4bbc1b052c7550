"""Text to value and back for every type; what does not fit is an error with its row."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.connectors.shapes import arrow_type
from zampa.connectors.texts import from_text, to_text
from zampa.contracts.schemas import DataType, Field
from zampa.ground.errors import NotValid

MICROS = 210_000_000_000_000_000  # about the years -4700 to 8600, PostgreSQL's own range begins there


def field(kind: DataType, precision: int | None = None, scale: int | None = None) -> Field:
    return Field(name="列", type=kind, precision=precision, scale=scale)


def both_ways(array: pa.Array, one: Field) -> None:
    assert from_text(to_text(array, one), one).equals(array)


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-2_400_000, 3_000_000)))
def test_dates_of_any_year(days: list[int | None]) -> None:
    both_ways(pa.array(days, pa.int32()).cast(pa.date32()), field("date"))


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(-MICROS, 9 * MICROS)))
def test_moments_of_any_year(micros: list[int | None]) -> None:
    both_ways(pa.array(micros, pa.int64()).cast(pa.timestamp("us")), field("timestamp"))
    both_ways(pa.array(micros, pa.int64()).cast(pa.timestamp("us", "UTC")), field("timestamptz"))


@settings(deadline=None)
@given(st.lists(st.none() | st.decimals(min_value=-(10**28) + 1, max_value=10**28 - 1, places=10, allow_nan=False)))
def test_decimals(values: list[Decimal | None]) -> None:
    one = field("decimal", 38, 10)
    array = pa.array(values, arrow_type(one))
    assert all("E" not in text for text in to_text(array, one).drop_null().to_pylist())
    both_ways(array, one)


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(allow_nan=False)))
def test_doubles(values: list[float | None]) -> None:
    both_ways(pa.array(values, pa.float64()), field("double"))


@settings(deadline=None)
@given(st.lists(st.none() | st.binary()))
def test_bytes(values: list[bytes | None]) -> None:
    both_ways(pa.array(values, pa.binary()), field("binary"))


@pytest.mark.parametrize(("text", "days"), [
    ("0001-01-01 BC", -719_528), ("0044-03-15 BC", -735_160), ("10000-01-01", 2_932_897), ("1600-02-29", -135_081),
    ("5874897-12-31", 2_145_042_905),  # the last day PostgreSQL knows: Julian day 2147483493
])
def test_far_days_as_postgresql_counts_them(text: str, days: int) -> None:
    assert from_text(pa.array([text]), field("date")).cast(pa.int32()).to_pylist() == [days]


@pytest.mark.parametrize(("kind", "text"), [
    ("integer", "1.5"), ("integer", "9223372036854775808"), ("integer", "一"), ("double", "x"), ("boolean", "maybe"),
    ("date", "2024-02-30"), ("date", "infinity"), ("date", "0000-00-00"), ("time", "24:00:00"), ("time", "-01:00:00"),
    ("timestamp", "infinity"), ("timestamp", "2024-01-01 25:00:00"), ("timestamptz", "soon"), ("binary", "abc"),
    ("binary", "\\xzz"),
])
def test_what_does_not_fit_is_told_with_its_row(kind: DataType, text: str) -> None:
    good = {"integer": "1", "double": "1", "boolean": "t", "date": "2024-01-01", "time": "10:00:00", "binary": "\\x00",
            "timestamp": "2024-01-01 10:00:00", "timestamptz": "2024-01-01 10:00:00+08"}[kind]
    with pytest.raises(NotValid) as failure:
        from_text(pa.array([good, None, text, good]), field(kind), first_row=100)
    assert failure.value.params == {"column": "列", "type": kind, "row": 102}
    assert text not in str(failure.value) or len(text) < 2


@pytest.mark.parametrize("text", ["1.555", "NaN", "12345678901", "Infinity", "x"])
def test_a_decimal_is_never_rounded(text: str) -> None:
    with pytest.raises(NotValid):
        from_text(pa.array(["1.5", text]), field("decimal", 10, 2))


def test_zones_come_to_utc() -> None:
    read = from_text(pa.array(["2024-01-01 08:00:00+08", "2024-01-01 00:00:00Z", "2023-12-31 19:30:00.000000-04:30"]),
                     field("timestamptz"))
    assert len(set(read.to_pylist())) == 1
