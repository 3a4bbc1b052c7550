from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from zampa.contracts.flowspecs import Check
from zampa.flows import checks
from zampa.flows.identifiers import CREDIT_ALPHABET, is_calendar_date, is_credit_code, is_resident_number
from zampa.ground.errors import NotValid

TODAY = date(2026, 6, 1)


def passes(kind: str, value: object, data_type: str = "text", **params: object) -> bool:
    check = Check(code="c", field="f", kind=kind, params=params)  # type: ignore[arg-type]
    return not checks.failures(check, [value], data_type, TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "well_formed"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),  # wrong check digit
        ("1101051949123100２X", False),  # a digit of full width
        ("11010519491231002X ", False),
        ("110105491231002", False),  # fifteen digits
        ("", False),
    ],
)
def test_resident_numbers(number: str, well_formed: bool) -> None:
    assert is_resident_number(number, TODAY) is well_formed


def with_digit(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


def test_a_region_of_yesterday_is_no_fault_but_a_birthday_of_tomorrow_is() -> None:
    assert is_resident_number(with_digit("54210019600101001"), TODAY)  # Qamdo prefecture until 2014
    assert is_resident_number(with_digit("99999919600101001"), TODAY)
    assert not is_resident_number(with_digit("54010220260602001"), TODAY)
    assert is_resident_number(with_digit("54010220260601001"), TODAY)
    assert not is_resident_number(with_digit("54010219230229001"), TODAY)
    assert not is_resident_number(with_digit("54010200000101001"), TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_any_wrong_digit_is_found(day: date, sequence: int, place: int, shift: int) -> None:
    number = with_digit(f"540102{day:%Y%m%d}{sequence:03}")
    assert is_resident_number(number, TODAY)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_resident_number(wrong, TODAY)


@pytest.mark.parametrize(
    ("code", "well_formed"),
    [
        ("91350100M000100Y43", True),
        ("11100000000013338W", True),
        ("113700000045046442", True),
        ("91350100M000100Y44", False),
        ("91350100m000100Y43", False),
        ("9135010OM000100Y43", False),
        ("91350100M000100Y4", False),
    ],
)
def test_credit_codes(code: str, well_formed: bool) -> None:
    assert is_credit_code(code) is well_formed


def test_rural_collectives_have_codes_too() -> None:
    body = "N2540102MF0000001"
    assert is_credit_code(body + uscc.calc_check_digit(body))
    assert not is_credit_code("B2540102MF0000001" + uscc.calc_check_digit("B2540102MF0000001"))


@given(st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.integers(0, 16), st.integers(1, 30))
def test_any_wrong_character_of_a_credit_code_is_found(body: str, place: int, shift: int) -> None:
    code = "91540102" + body
    code += uscc.calc_check_digit(code)
    assert is_credit_code(code)
    other = CREDIT_ALPHABET[(CREDIT_ALPHABET.index(code[place]) + shift) % 31]
    assert not is_credit_code(code[:place] + other + code[place + 1 :])


@given(st.dates())
def test_calendar_dates_in_both_spellings(day: date) -> None:
    assert is_calendar_date(f"{day.year:04}{day.month:02}{day.day:02}")
    assert is_calendar_date(day.isoformat())
    assert not is_calendar_date(f"{day.year:04}-{day.month:02}{day.day:02}")


def test_each_kind_on_its_own_bad_value() -> None:
    assert not passes("not_null", None)
    assert passes("max_length", "扎西顿珠", length=4) and not passes("max_length", "扎西顿珠们", length=4)
    assert passes("min_length", "扎西", length=2) and not passes("min_length", "扎", length=2)
    assert passes("pattern", "1380013800", regex="1[3-9][0-9]{8}")
    assert not passes("pattern", "a1380013800", regex="1[3-9][0-9]{8}")
    assert not passes("pattern", "1380013800\n", regex="1[3-9][0-9]{8}")
    assert passes("one_of", 4, "integer", values=["4", "54"]) and not passes("one_of", "05", values=["4"])
    assert passes("between", Decimal("9.5"), "decimal", low="0", high="10")
    assert not passes("between", date(2030, 1, 1), "date", high="2026-12-31")
    assert not passes("between", "9999", low="A")
    assert not passes("calendar_date", "20230229") and passes("calendar_date", date(2023, 1, 1), "date")


@pytest.mark.parametrize(
    "kind", ["max_length", "min_length", "pattern", "one_of", "between", "id_number", "credit_code", "calendar_date"]
)
def test_null_passes_all_but_not_null(kind: str) -> None:
    assert passes(kind, None, length=1, regex="x", values=["x"], low="x")


@pytest.mark.parametrize(
    ("check", "data_type", "code"),
    [
        (Check(code="c", field="g", kind="not_null"), "text", "unknown_field"),
        (Check(code="c", field="f", kind="max_length"), "text", "bad_length"),
        (Check(code="c", field="f", kind="pattern", params={"regex": "(?=x)"}), "text", "bad_pattern"),
        (Check(code="c", field="f", kind="pattern", params={"regex": "("}), "text", "bad_pattern"),
        (Check(code="c", field="f", kind="one_of", params={"values": []}), "text", "no_values"),
        (Check(code="c", field="f", kind="between", params={"low": "early"}), "date", "bad_bound"),
        (Check(code="c", field="f", kind="between"), "date", "bad_bound"),
    ],
)
def test_checks_that_cannot_be_carried_out_are_refused(check: Check, data_type: str, code: str) -> None:
    with pytest.raises(NotValid) as refused:
        checks.validate_checks([check], {"f": data_type})  # type: ignore[dict-item]
    assert refused.value.faults[0].code == f"flows.check.{code}"


def test_a_pattern_made_to_hang_does_not() -> None:
    assert not passes("pattern", "a" * 5000 + "!", regex="(a+)+")
