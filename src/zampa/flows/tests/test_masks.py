from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zampa.contracts.flowspecs import Mask
from zampa.flows import masks
from zampa.ground.clock import SHANGHAI
from zampa.ground.errors import NotValid

KEY = bytes(range(32))
ANY_VALUE = st.one_of(
    st.text(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.decimals(allow_nan=False), st.uuids()
)
ANY_MASK = st.sampled_from(
    [
        Mask(kind="none"),
        Mask(kind="keep", first=3, last=4),
        Mask(kind="keep"),
        Mask(kind="hash"),
        Mask(kind="date", to="month"),
        Mask(kind="date", to="year"),
        Mask(kind="region", to="prefecture"),
        Mask(kind="region", to="county"),
        Mask(kind="drop"),
    ]
)


@given(ANY_MASK)
def test_null_stays_null(mask: Mask) -> None:
    assert masks.apply(None, mask, KEY) is None


@given(ANY_VALUE, ANY_MASK)
def test_a_mask_depends_on_nothing_but_value_and_key(value: object, mask: Mask) -> None:
    assert masks.apply(value, mask, KEY) == masks.apply(value, mask, KEY)


@given(st.text(), st.integers(0, 6), st.integers(0, 6))
def test_keep_shows_only_both_ends_and_never_all(text: str, first: int, last: int) -> None:
    shown = masks.keep(text, first, last)
    assert len(shown) == len(text)
    if len(text) <= first + last:
        assert set(shown) <= {"*"}
    else:
        assert shown.startswith(text[:first]) and shown.endswith(text[len(text) - last :])
        assert shown[first : len(text) - last] == "*" * (len(text) - first - last)


def test_keep_of_an_identity_number() -> None:
    assert masks.apply("11010519491231002X", Mask(kind="keep", first=3, last=4)) == "110***********002X"
    assert masks.apply("扎西顿珠", Mask(kind="keep", first=1)) == "扎***"


@given(st.text(), st.binary(min_size=32, max_size=32))
def test_hash_is_rfc_2104_over_the_text(text: str, key: bytes) -> None:
    shown = str(masks.apply(text, Mask(kind="hash"), key))
    assert len(shown) == 43
    expected = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    assert urlsafe_b64decode(shown + "=") == expected


@given(st.text(), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_hashes_of_two_grants_do_not_meet(text: str, one: bytes, other: bytes) -> None:
    same = masks.apply(text, Mask(kind="hash"), one) == masks.apply(text, Mask(kind="hash"), other)
    assert same == (one == other)


def test_a_hash_without_its_key_is_refused_not_made() -> None:
    with pytest.raises(NotValid, match="missing_key"):
        masks.apply("5401", Mask(kind="hash"), b"")


@given(st.dates(), st.sampled_from(["month", "year"]))
def test_date_is_cut_alike_in_every_spelling(day: date, to: str) -> None:
    cut = masks.cut_date(day, to)
    assert isinstance(cut, date) and cut.day == 1 and cut.year == day.year
    assert cut.month == (day.month if to == "month" else 1)
    assert masks.cut_date(day.isoformat(), to) == cut.isoformat()
    compact = f"{day.year:04}{day.month:02}{day.day:02}"
    assert masks.cut_date(compact, to) == f"{cut.year:04}{cut.month:02}{cut.day:02}"
    moment = datetime(day.year, day.month, day.day, 13, 5, tzinfo=UTC)
    assert masks.cut_date(moment, to) == datetime(cut.year, cut.month, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text", ["", "2024", "2024-13-01", "2023-02-29", "20240230", "1/2/2024", "２０２４0101", "生日不详"]
)
def test_what_is_no_date_is_hidden_and_said_to_be_unreadable(text: str) -> None:
    mask = Mask(kind="date", to="year")
    assert masks.apply(text, mask) is None
    assert masks.unreadable(text, masks.apply(text, mask), mask)


@given(st.from_regex(r"[0-9]{6,12}", fullmatch=True), st.sampled_from(["prefecture", "county"]))
def test_region_keeps_its_level_and_its_length(code: str, to: str) -> None:
    digits = masks.REGION_DIGITS[to]
    assert masks.cut_region(code, to) == code[:digits] + "0" * (len(code) - digits)


def test_region_of_text_and_of_a_number() -> None:
    assert masks.cut_region("540102001001", "county") == "540102000000"
    assert masks.cut_region(540102, "prefecture") == 540100
    assert masks.cut_region("５４０１０２", "prefecture") is None
    assert masks.cut_region(True, "prefecture") is None


@given(ANY_VALUE)
def test_a_cut_never_answers_the_value_it_could_not_read(value: object) -> None:
    for mask in (Mask(kind="date", to="year"), Mask(kind="region", to="county")):
        after = masks.apply(value, mask)
        assert after is None or masks.apply(after, mask) == after


def test_text_of_is_one_spelling() -> None:
    assert masks.text_of(Decimal("1E+3")) == "1000"
    assert masks.text_of(True) == "true"
    assert masks.text_of(b"\x01\xff") == "01ff"


@pytest.mark.parametrize(
    ("mask", "data_type", "code"),
    [
        (Mask(kind="keep", first=-1), "text", "negative_keep"),
        (Mask(kind="date", to="day"), "date", "bad_date_unit"),
        (Mask(kind="date", to="year"), "integer", "not_a_date"),
        (Mask(kind="region", to="village"), "text", "bad_region_level"),
        (Mask(kind="region", to="county"), "date", "not_a_code"),
    ],
)
def test_settings_that_make_no_sense_are_refused(mask: Mask, data_type: str, code: str) -> None:
    with pytest.raises(NotValid, match=code):
        masks.validate_mask(mask, data_type)  # type: ignore[arg-type]


def test_types_behind_masks() -> None:
    assert masks.masked_type("integer", Mask(kind="hash")) == "text"
    assert masks.masked_type("date", Mask(kind="date", to="year")) == "date"
    assert masks.masked_length(18, Mask(kind="hash")) == 43
