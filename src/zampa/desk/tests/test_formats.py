"""Numbers, sizes, days as readers of each language write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from zampa.desk import formats


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("zh-hans", 8412, "8,412"),
        ("zh-hans", 1_284_000, "128.4\u202f万"),
        ("zh-hans", 12_340_000, "1,234\u202f万"),
        ("zh-hans", 350_000_000, "3.5\u202f亿"),
        ("zh-hans", -20_000, "-2\u202f万"),
        ("en", 1_284_000, "1.3\u202fM"),
        ("en", 12_000, "12\u202fk"),
        ("bo", 1_284_000, "128.4\u202fཁྲི"),
        ("zh-hans", "41 / 46", "41 / 46"),
        ("zh-hans", None, "—"),
    ],
)
def test_short(language: str, value: object, text: str) -> None:
    with override(language):
        assert formats.short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (118204, "118,204"),
        (0, "0"),
        (Decimal("12.50"), "12.5"),
        (None, "—"),
        ("", "—"),
        (True, "True"),
        (-1234.5, "-1,234.5"),
    ],
)
def test_number(value: object, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (3 << 20, "3.0 MiB"), (None, "—")]
)
def test_size(value: object, text: str) -> None:
    assert formats.size(value) == text


def test_days_and_moments_are_told_in_shanghai() -> None:
    late = datetime(2026, 12, 11, 16, 30, tzinfo=UTC)
    assert formats.day(late) == "2026-12-12"
    assert formats.moment(late) == "2026-12-12 00:30"
    assert formats.day(date(2026, 1, 2)) == "2026-01-02"
    assert formats.moment(None) == "—"
