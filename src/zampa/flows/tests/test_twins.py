"""Every check and mask that is pushed into PostgreSQL gives there what it gives in Python, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from zampa.contracts.flowspecs import Check, Mask
from zampa.contracts.quality import Compare, Rule
from zampa.contracts.schemas import Field, TableRef, TableSchema
from zampa.flows import checks, masks, twins
from zampa.flows.identifiers import CREDIT_ALPHABET
from zampa.flows.rulings import failing

TODAY = date(2026, 6, 1)
TEXT = Field(name="f", type="text", native="character varying(40)")
REAL = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Provider = psycopg.Connection[Any]

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=24)
DIGITS = st.text("0123456789Xx-", max_size=20)
YEARS = st.sampled_from([0, 1, 1600, 1900, 1996, 2000, 2023, 2024, 2026])
DAYS = st.builds(lambda y, m, d: f"{y:04}{m:02}{d:02}", YEARS, st.integers(0, 13), st.integers(0, 32))
RESIDENT = st.builds(
    lambda day, last, wrong: (lambda body: body + (wrong or ric.calc_check_digit(body + "0")))(f"540102{day}{last:03}"),
    DAYS, st.integers(0, 999), st.sampled_from(["", "", "X", "x", "3", "٣"]),
)
CREDIT = st.builds(
    lambda head, body, wrong: head + body + (wrong or uscc.calc_check_digit(head + body)),
    st.sampled_from(["91540102", "N2540102", "B1540102", "11100000", "9154O102".replace("O", "A")]),
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.sampled_from(["", "", "0", "Y", "y"]),
)
DATES = DAYS | st.builds(lambda day: f"{day[:4]}-{day[4:6]}-{day[6:]}", DAYS) | DIGITS
CASES: dict[str, tuple[Check, st.SearchStrategy[str]]] = {
    "not_null": (Check(code="c", field="f", kind="not_null"), WORDS),
    "max_length": (Check(code="c", field="f", kind="max_length", params={"length": 4}), WORDS),
    "min_length": (Check(code="c", field="f", kind="min_length", params={"length": 4}), WORDS),
    "one_of": (Check(code="c", field="f", kind="one_of", params={"values": ["", "a", "扎", "%"]}),
               st.sampled_from(["", "a", "A", "a ", "扎", "%", "b"])),
    "between": (Check(code="c", field="f", kind="between", params={"low": "5", "high": "扎"}), WORDS | DIGITS),
    "id_number": (Check(code="c", field="f", kind="id_number"), RESIDENT | DIGITS | WORDS),
    "credit_code": (Check(code="c", field="f", kind="credit_code"), CREDIT | DIGITS | WORDS),
    "calendar_date": (Check(code="c", field="f", kind="calendar_date"), DATES | WORDS),
}


@pytest.mark.parametrize("kind", sorted(CASES))
def test_text_checks(provider: Provider, kind: str) -> None:
    check, strategy = CASES[kind]

    @REAL
    @given(st.lists(st.none() | strategy, min_size=1, max_size=40))
    def agree(values: list[str | None]) -> None:
        assert checked(provider, check, TEXT, values) == python_checked(check, TEXT, values)

    agree()


@REAL
@given(day=st.lists(st.none() | st.dates(), min_size=1), number=st.lists(st.decimals(-99, 99, places=1), min_size=1))
def test_between_on_dates_and_numbers(provider: Provider, day: list[date | None], number: list[Decimal]) -> None:
    dates = Field(name="f", type="date", native="date")
    check = Check(code="c", field="f", kind="between", params={"low": "1900-01-01", "high": "2026-06-01"})
    assert checked(provider, check, dates, day) == python_checked(check, dates, day)
    numbers = Field(name="f", type="decimal", native="numeric(9,1)")
    check = Check(code="c", field="f", kind="between", params={"low": "-3.5"})
    assert checked(provider, check, numbers, number) == python_checked(check, numbers, number)


MASKS = [
    Mask(kind="keep", first=3, last=4), Mask(kind="keep", first=1), Mask(kind="keep"), Mask(kind="keep", last=2),
    Mask(kind="region", to="prefecture"), Mask(kind="region", to="county"),
]


@pytest.mark.parametrize("mask", MASKS, ids=lambda mask: f"{mask.kind}-{mask.first}-{mask.last}-{mask.to}")
def test_text_masks(provider: Provider, mask: Mask) -> None:
    @REAL
    @given(st.lists(st.none() | WORDS | DIGITS, min_size=1, max_size=40))
    def agree(values: list[str | None]) -> None:
        expression = twins.mask_sql(mask, TEXT, "v.f")
        assert shown(provider, expression, "varchar", values) == [masks.apply(value, mask) for value in values]
        readable = twins.readable_sql(mask, TEXT, "v.f")
        if readable is not None:
            expected = [not masks.unreadable(value, masks.apply(value, mask), mask) for value in values]
            assert shown(provider, readable, "varchar", values) == expected

    agree()


@pytest.mark.parametrize("to", ["month", "year"])
def test_date_masks(provider: Provider, to: str) -> None:
    mask = Mask(kind="date", to=to)

    @REAL
    @given(st.lists(st.none() | st.datetimes(), min_size=1))
    def agree(moments: list[datetime | None]) -> None:
        field = Field(name="f", type="timestamp", native="timestamp without time zone")
        expected = [masks.apply(value, mask) for value in moments]
        assert shown(provider, twins.mask_sql(mask, field, "v.f"), "timestamp", moments) == expected
        days = [value and value.date() for value in moments]
        field = Field(name="f", type="date", native="date")
        expected = [masks.apply(value, mask) for value in days]
        assert shown(provider, twins.mask_sql(mask, field, "v.f"), "date", days) == expected

    agree()


PAIRS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text("aBz扎９0 ", max_size=3), "integer": st.integers(-3, 3), "date": st.dates(),
    "timestamp": st.datetimes(), "double": st.sampled_from([0.0, -1.5, 2.0]),
}


@pytest.mark.parametrize("kind", sorted(PAIRS))
@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">="])
def test_two_fields_are_compared_alike(provider: Provider, kind: Any, op: Any) -> None:
    native = {"integer": "bigint", "double": "double precision"}.get(kind, kind)
    table = TableSchema(table=TableRef(name="t"), fields=(Field(name="a", type=kind), Field(name="b%", type=kind)))
    rule = Rule(code="c", field="a", test=Compare(op, "b%"))
    made = twins.rule_sql(rule, table)
    if kind == "double":
        assert made is None  # NaN is a number there and none here
        return
    assert made is not None

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.none() | PAIRS[kind], st.none() | PAIRS[kind]), min_size=1, max_size=30))
    def agree(rows: list[tuple[Any, Any]]) -> None:
        given_ = {"a": [a for a, _ in rows], "b%": [b for _, b in rows]}
        found = provider.execute(
            f"SELECT {made[0]} FROM unnest(%s::{native}[], %s::{native}[]) WITH ORDINALITY"
            ' AS v(a, "b%%", p) ORDER BY p',
            [*made[1], given_["a"], given_["b%"]],
        ).fetchall()
        failed = set(failing(rule, given_, dict.fromkeys(given_, kind), TODAY))
        assert [passed for (passed,) in found] == [place not in failed for place in range(len(rows))]

    agree()


def test_what_has_no_exact_twin_is_not_pushed() -> None:
    assert twins.mask_sql(Mask(kind="hash"), TEXT, "f") is None
    assert twins.check_sql(Check(code="c", field="f", kind="pattern", params={"regex": "x"}), TEXT, "f", TODAY) is None
    number = Field(name="f", type="double", native="double precision")
    assert twins.check_sql(Check(code="c", field="f", kind="between", params={"low": "1"}), number, "f", TODAY) is None


def checked(provider: Provider, check: Check, field: Field, values: list[Any]) -> list[bool]:
    made = twins.check_sql(check, field, "v.f", TODAY)
    assert made is not None
    return shown(provider, made.condition, field.native.split("(")[0], values, made.values, made.once or "NULL")


def shown(
    provider: Provider, expression: str | None, native: str, values: list[Any], bound: Sequence[Any] = (),
    once: str = "NULL",
) -> list[Any]:
    assert expression is not None
    rows = provider.execute(
        f"SELECT {expression} FROM (SELECT v.*, {once} AS zampa_once FROM unnest(%s::{native}[])"
        " WITH ORDINALITY AS v(f, place) OFFSET 0) AS v ORDER BY place",
        [*bound, values],
    ).fetchall()
    return [value for (value,) in rows]


def python_checked(check: Check, field: Field, values: list[Any]) -> list[bool]:
    failed = set(checks.failures(check, values, field.type, TODAY))
    return [place not in failed for place in range(len(values))]
