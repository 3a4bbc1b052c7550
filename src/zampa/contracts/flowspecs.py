"""What is done to rows on the way: checks, masks, filters. Data, so that any engine can carry them out."""

from __future__ import annotations

from typing import Literal

import msgspec

CheckKind = Literal[
    "not_null", "unique", "max_length", "min_length", "pattern", "one_of", "between", "id_number", "credit_code",
    "calendar_date",
]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A rule a row must pass; a row that fails any goes to quarantine with the check's `code`.

    `params` by kind: max_length and min_length {"length": 18}; pattern {"regex": "..."} (whole value, RE2 syntax);
    one_of {"values": [...]}; between {"low": ..., "high": ...} as text, either may be absent.
    Null passes every kind but not_null. id_number is GB 11643, credit_code GB 32100.
    """

    code: str
    field: str
    kind: CheckKind
    params: dict[str, str | int | list[str]] = {}


MaskKind = Literal["none", "keep", "hash", "date", "region", "drop"]


class Mask(msgspec.Struct, frozen=True, kw_only=True):
    """How a granted field is shown.

    keep: first and last n characters, the rest "*" ({"first": 3, "last": 4}); hash: HMAC-SHA256 under the
    grant's mask key, base64url; date: {"to": "month"|"year"}, first day kept; region: {"to":
    "prefecture"|"county"}, code cut to 4 or 6 digits and filled with zeros to its length; drop: the field
    is granted for matching only (verify call) and never leaves.
    """

    kind: MaskKind = "none"
    first: int = 0
    last: int = 0
    to: str = ""


Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "starts", "is_null"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True, tag="is"):
    """`field` compared with a bound value as text; `in` takes a list, `is_null` takes "true" or "false"."""

    field: str
    op: Operator
    value: str | list[str]


class AllOf(msgspec.Struct, frozen=True, tag="all"):
    of: tuple[Comparison | AllOf | AnyOf, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any"):
    of: tuple[Comparison | AllOf | AnyOf, ...]


Filter = Comparison | AllOf | AnyOf


class GrantedField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a grant: `column` at the source, `name` as delivered (the item's name in the entry)."""

    name: str
    column: str
    type: str = "text"
    mask: Mask = Mask()
    key: bool = False
    path: str = ""  # JSON path in a pass-through answer, dotted, "[]" for each element
