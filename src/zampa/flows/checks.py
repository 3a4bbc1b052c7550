"""Checks in Python: whether a row may be delivered, and the codes of what is wrong when not.

A check sees the value as it stands at the source, before any mask. Null passes all but `not_null`. A `unique`
check fails every row of a value that occurs twice: nobody but the owner can say which of them is right. It needs
the whole table, so `Duplicates` (in flows.duplicates) finds the values first.

Patterns are matched by RE2 (through Arrow): a provider's regular expression cannot make a worker hang.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import InvalidOperation

import pyarrow
import pyarrow.compute

from zampa.contracts.flowspecs import AllOf, Check, Comparison
from zampa.contracts.schemas import DataType
from zampa.flows.filters import predicate, read
from zampa.flows.identifiers import is_calendar_date, is_credit_code, is_resident_number
from zampa.flows.masks import text_of
from zampa.ground.errors import Fault, NotValid

Passes = Callable[[object], bool]


def validate_checks(checks: Sequence[Check], types: Mapping[str, DataType]) -> None:
    """NotValid with a fault per check that names no field of `types` or whose settings cannot be carried out."""
    faults = [
        Fault(check.code or f"checks[{place}]", code, {"field": check.field, "kind": check.kind})
        for place, check in enumerate(checks)
        if (code := _problem(check, types.get(check.field))) is not None
    ]
    if faults:
        raise NotValid("flows.check.not_valid", faults=faults)


def _problem(check: Check, data_type: DataType | None) -> str | None:
    if data_type is None:
        return "flows.check.unknown_field"
    if check.kind in ("max_length", "min_length"):
        length = check.params.get("length")
        return None if isinstance(length, int) and length > 0 else "flows.check.bad_length"
    if check.kind == "pattern":
        return None if _compiles(str(check.params.get("regex", ""))) else "flows.check.bad_pattern"
    if check.kind == "one_of":
        values = check.params.get("values")
        return None if isinstance(values, list) and values else "flows.check.no_values"
    if check.kind == "between":
        try:
            bounds = [read(str(check.params[side]), data_type) for side in ("low", "high") if side in check.params]
        except (ValueError, InvalidOperation):
            return "flows.check.bad_bound"
        return None if bounds else "flows.check.bad_bound"
    return None


def _compiles(regex: str) -> bool:
    try:
        pyarrow.compute.match_substring_regex(pyarrow.array([""]), whole(regex))
    except pyarrow.ArrowInvalid:
        return False
    return bool(regex)


def whole(regex: str) -> str:
    """The pattern held to the whole value."""
    return rf"\A(?:{regex})\z"


def between(check: Check) -> AllOf:
    """The bounds of a `between` check as a row filter, so that both read and compare values alike."""
    sides = (("low", ">="), ("high", "<="))
    return AllOf(
        tuple(
            Comparison(field=check.field, op=">=" if op == ">=" else "<=", value=str(check.params[side]))
            for side, op in sides
            if side in check.params
        )
    )


def tester(check: Check, data_type: DataType, today: date) -> Passes:
    """A check on single values as a function; true when the value passes. Not for `unique` and `pattern`."""
    kind = check.kind
    if kind == "not_null":
        return lambda value: value is not None
    if kind == "max_length":
        length = int(str(check.params["length"]))
        return lambda value: value is None or len(text_of(value)) <= length
    if kind == "min_length":
        least = int(str(check.params["length"]))
        return lambda value: value is None or len(text_of(value)) >= least
    if kind == "one_of":
        given = check.params["values"]
        values = frozenset(given if isinstance(given, list) else ())
        return lambda value: value is None or text_of(value) in values
    if kind == "between":
        inside = predicate(between(check), {check.field: data_type})
        return lambda value: value is None or inside({check.field: value})
    if kind == "id_number":
        return lambda value: value is None or is_resident_number(text_of(value), today)
    if kind == "credit_code":
        return lambda value: value is None or is_credit_code(text_of(value))
    if kind == "calendar_date":
        return lambda value: value is None or not isinstance(value, str) or is_calendar_date(value)
    raise ValueError(kind)


def failures(check: Check, values: Sequence[object], data_type: DataType, today: date) -> list[int]:
    """The places in `values` where the check fails."""
    if check.kind == "pattern":
        texts = pyarrow.array([None if value is None else text_of(value) for value in values], pyarrow.string())
        found = pyarrow.compute.match_substring_regex(texts, whole(str(check.params["regex"])))
        return [place for place, passed in enumerate(found.to_pylist()) if passed is False]
    passes = tester(check, data_type, today)
    return [place for place, value in enumerate(values) if not passes(value)]
