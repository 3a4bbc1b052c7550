"""Whether a number is well formed: resident identity numbers and unified social credit codes.

Well formed is not verified: only public security knows whether a person has this number. The check digits are
python-stdnum's; its place tables are not used, because a region code in an identity number is for life while
the tables follow today's map (Xizang's prefectures were renumbered between 2014 and 2018), and neither is its
list of first characters, which refuses rural collectives ("N").
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import ric, uscc

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z
CREDIT_FIRST = "123456789ANY"  # the registering bodies: staffing, foreign affairs, ... military, rural affairs, others
_CREDIT = re.compile(f"[{CREDIT_FIRST}][{CREDIT_ALPHABET}][0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")
_RESIDENT = re.compile("[0-9]{17}[0-9Xx]")
_FIRST_RESIDENT = re.compile("[0-9]{15}")
_DATE = re.compile("([0-9]{4})(-?)([0-9]{2})\\2([0-9]{2})")


def is_resident_number(text: str, today: date) -> bool:
    """GB 11643-1999: 18 characters, a birthday that exists and is not to come, the check digit.

    A lower-case x is taken as X. Fifteen digits, out of use since 2013, are not well formed.
    """
    if _RESIDENT.fullmatch(text) is None or ric.calc_check_digit(text) != text[-1].upper():
        return False
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14])) <= today
    except ValueError:
        return False


def resident_region(text: str) -> str:
    """The division a well-formed number was first given in; it may long be retired (see the code list at that day)."""
    return text[:6]


def modern_resident_number(text: str) -> str:
    """The 18 characters of a number of the first generation (15 digits, out of use since 2013), as old tables hold
    them: the century put in, the check digit added. Empty when it is none."""
    if _FIRST_RESIDENT.fullmatch(text) is None:
        return ""
    digits = f"{text[:6]}19{text[6:]}"
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return ""
    return digits + str(ric.calc_check_digit(digits + "0"))


def is_credit_code(text: str) -> bool:
    """GB 32100-2015: 18 capitals and digits of its alphabet, six digits of region, the check character.

    The organisation code inside keeps its own check out of this: a code that the registering body has issued is
    not refused for a part that the outer check character already covers.
    """
    return _CREDIT.fullmatch(text) is not None and uscc.calc_check_digit(text) == text[-1]


def is_calendar_date(text: str) -> bool:
    """A day that exists, spelled CCYYMMDD or CCYY-MM-DD (GB/T 7408)."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return False
    return True
