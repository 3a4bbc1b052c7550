"""How a granted field is shown: the masks of contracts.flowspecs, value by value.

A mask that cannot read its value answers None, never the value: a field that should have been cut and was not
is a leak nobody sees. `unreadable` tells the two kinds of None apart, so that a table delivery can quarantine
the row instead of losing the value in silence.

Pure Python and nothing else: the gateway imports this file.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from zampa.contracts.flowspecs import Mask
from zampa.contracts.schemas import DataType
from zampa.ground.clock import SHANGHAI
from zampa.ground.errors import NotValid

Masker = Callable[[object], object]

REGION_DIGITS = {"prefecture": 4, "county": 6}  # GB/T 2260: two digits each for province, prefecture, county
KEY_BYTES = 32
_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})(?:[T ].*)?", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+")
_HIDING: frozenset[str] = frozenset({"keep", "hash", "date", "region", "drop"})


def hides(mask: Mask) -> bool:
    """Whether the mask changes what is seen; a hidden field is not filtered or sorted by."""
    return mask.kind in _HIDING


def validate_mask(mask: Mask, data_type: DataType) -> None:
    """NotValid when the mask's settings make no sense, or not for a field of this type."""
    if mask.kind == "keep" and (mask.first < 0 or mask.last < 0):
        raise NotValid("flows.mask.negative_keep")
    if mask.kind == "date":
        if mask.to not in ("month", "year"):
            raise NotValid("flows.mask.bad_date_unit", unit=mask.to)
        if data_type not in ("date", "timestamp", "timestamptz", "text"):
            raise NotValid("flows.mask.not_a_date", type=data_type)
    if mask.kind == "region":
        if mask.to not in REGION_DIGITS:
            raise NotValid("flows.mask.bad_region_level", level=mask.to)
        if data_type not in ("text", "integer"):
            raise NotValid("flows.mask.not_a_code", type=data_type)


def masked_type(data_type: DataType, mask: Mask) -> DataType:
    """The type of a field behind its mask: stars and hashes are text, cut dates and codes stay what they were."""
    return "text" if mask.kind in ("keep", "hash") else data_type


def masked_length(length: int | None, mask: Mask) -> int | None:
    """The longest a text field can be behind its mask, in characters; None when unbounded or unknown."""
    return 43 if mask.kind == "hash" else length


def text_of(value: object) -> str:
    """The one spelling of a value that stars and hashes are made from; floats by shortest round trip."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return str(value)


def keep(value: object, first: int, last: int) -> str:
    """The first and last characters, the rest stars; a text too short to hide anything is stars altogether."""
    text = text_of(value)
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[len(text) - last :]


def keyed_hash(value: object, key: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) of the value's text in UTF-8, base64url without padding: 43 characters.

    Equal values give equal hashes under one grant and tell nothing across grants; without the key an
    identity number cannot be found by trying all of them, as it can be behind a bare SHA-256.
    """
    digest = hmac.digest(key, text_of(value).encode("utf-8", "surrogatepass"), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def cut_date(value: object, to: str) -> object:
    """The first day of the value's month or year, in the value's own form; None when it is no date.

    A moment is cut where the clerks' calendar cuts it, in Asia/Shanghai: born on the first at home must not become
    the month before because the database keeps UTC.
    """
    month_only = to == "month"
    if isinstance(value, datetime):
        local = value if value.tzinfo is None else value.astimezone(SHANGHAI)
        return local.replace(month=local.month if month_only else 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    if isinstance(value, date):
        return value.replace(month=value.month if month_only else 1, day=1)
    if not isinstance(value, str):
        return None
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year, dash, month, day = found.groups()
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return None
    return f"{year}{dash}{month if month_only else '01'}{dash}01"


def cut_region(value: object, to: str) -> object:
    """The code of the region above, zeros to the code's own length; None when it is no code of enough digits."""
    digits = REGION_DIGITS[to]
    number = isinstance(value, int) and not isinstance(value, bool)
    if not number and not isinstance(value, str):
        return None
    text = str(value)
    if len(text) < digits or _DIGITS.fullmatch(text) is None:
        return None
    cut = text[:digits] + "0" * (len(text) - digits)
    return int(cut) if number else cut


def masker(mask: Mask, key: bytes = b"") -> Masker:
    """The mask as a function of one value, for loops; NotValid when a hash has no key. Null stays null."""
    kind = mask.kind
    if kind == "none":
        return lambda value: value
    if kind == "drop":
        return lambda value: None
    if kind == "keep":
        first, last = mask.first, mask.last
        return lambda value: None if value is None else keep(value, first, last)
    if kind == "hash":
        if len(key) < KEY_BYTES:
            raise NotValid("flows.mask.missing_key")
        return lambda value: None if value is None else keyed_hash(value, key)
    to = mask.to
    if kind == "date":
        return lambda value: None if value is None else cut_date(value, to)
    return lambda value: None if value is None else cut_region(value, to)


def apply(value: object, mask: Mask, key: bytes = b"") -> object:
    """One value behind its mask. `key` is the grant's mask key, 32 bytes, needed for `hash` only."""
    return masker(mask, key)(value)


def unreadable(before: object, after: object, mask: Mask) -> bool:
    """Whether the mask answered null because it could not read the value, not because there was none."""
    return after is None and before is not None and mask.kind in ("date", "region")
