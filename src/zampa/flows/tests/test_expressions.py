"""Every rule that runs as an expression in DuckDB gives there what it gives in Python, value by value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import duckdb
import ibis
import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from zampa.connectors.shapes import arrow_type
from zampa.contracts.flowspecs import AnyOf, Comparison
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
from zampa.contracts.schemas import Field
from zampa.flows.expressions import condition
from zampa.flows.identifiers import CREDIT_ALPHABET, is_credit_code, is_resident_number
from zampa.flows.rulings import failing

TODAY = date(2026, 6, 1)
MANY = settings(max_examples=60, deadline=None)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=24)
DIGITS = st.text("0123456789Xx-٣", max_size=20)
YEARS = st.sampled_from([0, 1, 1600, 1900, 1996, 2000, 2023, 2024, 2026, 9999])
DAYS = st.builds(lambda y, m, d: f"{y:04}{m:02}{d:02}", YEARS, st.integers(0, 13), st.integers(0, 32))
PLACES = st.sampled_from(["540102", "542300", "540125", "810000", "999999", "000000"])  # retired and unknown ones too
RESIDENT = st.builds(
    lambda place, day, last, wrong: (
        lambda body: body + (wrong or ric.calc_check_digit(body + "0"))
    )(f"{place}{day}{last:03}"),
    PLACES, DAYS, st.integers(0, 999), st.sampled_from(["", "", "", "X", "x", "3", "٣", "Ｘ"]),
).map(lambda text: text.lower() if text[-1:] == "X" and text[6] == "2" else text)
CREDIT = st.builds(
    lambda head, body, wrong: head + body + (wrong or uscc.calc_check_digit(head + body)),
    st.sampled_from(["91540102", "N2540102", "B1540102", "11100000", "A1100000"]),
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.sampled_from(["", "", "0", "Y", "y"]),
)
DATES = DAYS | st.builds(lambda day: f"{day[:4]}-{day[4:6]}-{day[6:]}", DAYS) | DIGITS
CASES: dict[str, tuple[Test, st.SearchStrategy[str]]] = {
    "not_null": (NotNull(), WORDS),
    "max_length": (MaxLength(4), WORDS),
    "min_length": (MinLength(4), WORDS),
    "pattern": (Pattern(r"[0-9]+|.{2}|扎.*"), WORDS | DIGITS | st.sampled_from(["a\nb", "扎\n西", "12\n"])),
    "one_of": (OneOf(("", "a", "扎", "%", "'")), st.sampled_from(["", "a", "A", "a ", "扎", "%", "b", "'"])),
    "between": (Between("5", "扎"), WORDS | DIGITS),
    "id_number": (Resident(), RESIDENT | DIGITS | WORDS),
    "credit_code": (Credit(), CREDIT | DIGITS | WORDS),
    "calendar_date": (CalendarDate(), DATES | WORDS),
}


ENGINE = duckdb.connect(config={"threads": 1})
QUERIES: dict[bytes, str] = {}


def in_duckdb(rule: Rule, fields: dict[str, Field], columns: dict[str, list[Any]]) -> list[int]:
    schema = pa.schema([pa.field(name, arrow_type(field)) for name, field in fields.items()])
    key = msgspec.json.encode((rule, fields))
    if key not in QUERIES:
        table = ibis.table(ibis.Schema.from_pyarrow(schema), name="batch")
        found = condition(rule, table, {name: field.type for name, field in fields.items()}, TODAY)
        assert found is not None, rule
        QUERIES[key] = str(ibis.to_sql(table.select(fails=found.fails), dialect="duckdb"))
    ENGINE.register("batch", pa.RecordBatch.from_pydict(columns, schema=schema))
    rows = ENGINE.execute(QUERIES[key]).fetchall()
    return [place for place, (fails,) in enumerate(rows) if fails]


def agree(test: Test, field: Field, values: list[Any]) -> None:
    rule = Rule(code="c", field="f", test=test)
    there = in_duckdb(rule, {"f": field}, {"f": values})
    assert there == failing(rule, {"f": values}, {"f": field.type}, TODAY)


@pytest.mark.parametrize("kind", sorted(CASES))
def test_on_text(kind: str) -> None:
    test, strategy = CASES[kind]

    @MANY
    @given(st.lists(st.none() | strategy, min_size=1, max_size=40))
    def same(values: list[str | None]) -> None:
        agree(test, Field(name="f", type="text"), values)

    same()


def test_the_standards_own_numbers() -> None:
    numbers = ["11010519491231002X", "11010519491231002x", "110105194912310021"]
    codes = ["91350100M000100Y43", "11100000000013338W", "113700000045046442", "91350100M000100Y4A"]
    field = Field(name="f", type="text")
    assert in_duckdb(Rule(code="c", field="f", test=Resident()), {"f": field}, {"f": numbers}) == [2]
    assert in_duckdb(Rule(code="c", field="f", test=Credit()), {"f": field}, {"f": codes}) == [3]


def test_every_wrong_check_digit_is_caught() -> None:
    body = "54252319640229011"
    numbers = [body + last for last in "0123456789Xx"]
    right = [place for place, number in enumerate(numbers) if is_resident_number(number, TODAY)]
    head = "N254012133712345M"
    codes = [head + last for last in CREDIT_ALPHABET]
    one = [place for place, code in enumerate(codes) if is_credit_code(code)]
    assert len(right) in (1, 2) and len(one) == 1
    field = Field(name="f", type="text")
    bad = in_duckdb(Rule(code="c", field="f", test=Resident()), {"f": field}, {"f": numbers})
    assert sorted({*range(12)} - set(bad)) == right
    bad = in_duckdb(Rule(code="c", field="f", test=Credit()), {"f": field}, {"f": codes})
    assert sorted({*range(31)} - set(bad)) == one


@MANY
@given(
    days=st.lists(st.none() | st.dates(), min_size=1), whole=st.lists(st.none() | st.integers(-99, 99), min_size=1),
    parts=st.lists(st.none() | st.decimals(-99, 99, places=2), min_size=1),
    moments=st.lists(st.none() | st.datetimes(min_value=datetime(1, 1, 1)), min_size=1),
)
def test_ranges_of_dates_and_numbers(
    days: list[date | None], whole: list[int | None], parts: list[Decimal | None], moments: list[datetime | None]
) -> None:
    agree(Between("1900-01-01", "2026-06-01"), Field(name="f", type="date"), days)
    agree(Between("1950-01-01T00:00:00"), Field(name="f", type="timestamp"), moments)
    agree(Between("-3", "7"), Field(name="f", type="integer"), whole)
    agree(OneOf(("0", "-1")), Field(name="f", type="integer"), whole)
    agree(Between("-3.505", "7.1"), Field(name="f", type="decimal", precision=9, scale=2), parts)
    agree(CalendarDate(), Field(name="f", type="date"), days)


@MANY
@given(
    rows=st.lists(
        st.tuples(st.none() | st.integers(-3, 3), st.none() | st.decimals(-3, 3, places=1), st.none() | st.dates(),
                  st.none() | st.sampled_from(["注销", "正常", "", "注"])),
        min_size=1, max_size=40,
    )
)
def test_rules_on_several_fields(rows: list[tuple[Any, ...]]) -> None:
    fields = {
        "n": Field(name="n", type="integer"), "d": Field(name="d", type="decimal", precision=5, scale=1),
        "day": Field(name="day", type="date"), "state": Field(name="state", type="text"),
    }
    columns = {name: [row[place] for row in rows] for place, name in enumerate(fields)}
    closed = Comparison(field="state", op="=", value="注销")
    dated = AnyOf((
        Comparison(field="day", op=">=", value="2000-01-01"), Comparison(field="n", op="in", value=["1", "2"]),
        Comparison(field="d", op="!=", value="0.05"),
    ))
    starts = Comparison(field="state", op="starts", value="注")
    gone = Comparison(field="day", op="is_null", value="true")
    for rule in (
        Rule(code="c", field="n", test=Compare("<=", "d")), Rule(code="c", field="d", test=Compare("!=", "n")),
        Rule(code="c", test=Implies(closed, dated)), Rule(code="c", test=Implies(starts, gone)),
    ):
        types = {name: field.type for name, field in fields.items()}
        assert in_duckdb(rule, fields, columns) == failing(rule, columns, types, TODAY), rule


def test_what_has_no_twin_says_so() -> None:
    table = ibis.table({"f": "float64", "g": "string"}, name="t")
    for test in (MaxLength(3), OneOf(("1",)), Between("1")):
        assert condition(Rule(code="c", field="f", test=cast(Test, test)), table, {"f": "double"}, TODAY) is None
    unlike = Rule(code="c", field="f", test=Compare("=", "g"))
    assert condition(unlike, table, {"f": "double", "g": "text"}, TODAY) is None
