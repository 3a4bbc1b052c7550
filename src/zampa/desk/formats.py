"""Numbers, sizes, days and moments as readers of each language write them. Times are told in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zampa.ground.clock import SHANGHAI, local_date

# Each language's own large steps: ten thousands in Chinese and Tibetan, thousands in English.
_STEPS: dict[str, tuple[tuple[int, str], ...]] = {
    "zh": ((100_000_000, "亿"), (10_000, "万")),
    "bo": ((100_000_000, "དུང་ཕྱུར"), (10_000, "ཁྲི")),
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")),
}


def language() -> str:
    """zh, bo or en."""
    return (get_language() or "zh").split("-")[0]


def number(value: object) -> str:
    """Exact, with thin separators: 118,204."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text or "0"


def short(value: Any) -> str:
    """For figures: 128.4 万, 1.28 M; exact below the language's first step (and below 10,000 in English)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return number(value)
    amount = float(value)
    if abs(amount) < 10_000:
        return number(value)
    for step, word in _STEPS.get(language(), _STEPS["en"]):
        if abs(amount) >= step:
            scaled = amount / float(step)
            digits = f"{scaled:,.0f}" if abs(scaled) >= 1000 else f"{scaled:.1f}".removesuffix(".0")
            return f"{digits}\u202f{word}"
    return number(value)


def size(value: object) -> str:
    """Bytes with their unit, steps of 1,024: 3.2 MiB."""
    if not isinstance(value, int):
        return "—" if value is None or value == "" else str(value)
    amount = float(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TiB"


def day(value: object) -> str:
    """2026-12-12, of the clerks' calendar."""
    if isinstance(value, datetime):
        return local_date(value).isoformat() if value.tzinfo else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "—" if value is None or value == "" else str(value)


def moment(value: object) -> str:
    """2026-12-12 10:42, Asia/Shanghai."""
    if isinstance(value, datetime):
        return (value.astimezone(SHANGHAI) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    return day(value)


def weekday(value: date) -> str:
    names = [_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日")]
    return names[value.weekday()]
