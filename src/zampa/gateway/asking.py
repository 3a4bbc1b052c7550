"""The query language of `rows`: what a consumer's parameters mean.

    ?name=eq.value        field, operator, value; several are joined by and
    ?code=in.a,b,"c,d"    a list, quoted where a value holds a comma
    ?born=null.true
    ?sort=born,-name      ascending, or descending with "-"
    ?fields=name,born     fewer than granted
    ?limit=100            1 to 1,000
    ?after=...            the cursor an earlier answer gave
    ?format=json|ndjson|csv   (or by Accept)

A field called like one of these words is asked for as where.limit=eq.5. Errors name fields and rules, never values.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from zampa.contracts.flowspecs import AllOf, Comparison, Filter, GrantedField, Operator
from zampa.flows.filters import validate_filter
from zampa.flows.masks import hides
from zampa.gateway.refusals import Refusal
from zampa.ground.errors import NotValid

Format = Literal["json", "ndjson", "csv"]
OPERATORS: dict[str, Operator] = {
    "eq": "=", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "in", "starts": "starts",
    "null": "is_null",
}
DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
MAX_PARAMETERS = 100
_WORDS = frozenset({"sort", "fields", "limit", "after", "format"})
_MEDIA: dict[str, Format] = {
    "application/json": "json", "application/x-ndjson": "ndjson", "application/ndjson": "ndjson", "text/csv": "csv",
}
OPAQUE = frozenset({"binary", "json"})


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. `sort`: names with True for descending; `fields` in the order of the answer."""

    wanted: Filter | None
    sort: tuple[tuple[str, bool], ...]
    fields: tuple[GrantedField, ...]
    limit: int
    after: str
    format: Format


def read(query: str, accept: str, granted: Sequence[GrantedField], known: Sequence[str]) -> Question:
    """Refusal when a parameter is not right, or asks for what the grant does not give."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=MAX_PARAMETERS,
                          errors="strict")
    except (ValueError, UnicodeDecodeError) as error:
        raise _wrong("query", "encoding") from error
    words: dict[str, str] = {}
    comparisons: list[Comparison] = []
    for name, value in pairs:
        if name in _WORDS:
            if name in words:
                raise _wrong(name, "twice")
            words[name] = value
        else:
            comparisons.append(_comparison(name.removeprefix("where."), value))
    by_name = {field.name: field for field in granted}
    wanted = AllOf(tuple(comparisons)) if comparisons else None
    if wanted is not None:
        _check(wanted, granted, known)
    return Question(
        wanted, _sort(words.get("sort", ""), by_name), _fields(words.get("fields", ""), by_name, granted),
        _limit(words.get("limit", "")), words.get("after", ""), _format(words.get("format", ""), accept),
    )


def _comparison(name: str, text: str) -> Comparison:
    word, dot, value = text.partition(".")
    op = OPERATORS.get(word)
    if op is None or not dot:
        raise _wrong(name[:64], "operator")
    if op == "in":
        return Comparison(field=name, op=op, value=_listed(name, value))
    return Comparison(field=name, op=op, value=value)


def _listed(name: str, text: str) -> list[str]:
    try:
        (values,) = csv.reader([text], strict=True) if text else ([],)
    except (csv.Error, ValueError) as error:
        raise _wrong(name[:64], "list") from error
    return values


def _check(wanted: Filter, granted: Sequence[GrantedField], known: Sequence[str]) -> None:
    try:
        validate_filter(wanted, granted, known)
    except NotValid as error:
        fault = error.faults[0] if error.faults else None
        name = str(fault.params.get("field", ""))[:64] if fault else "filter"
        if fault is None:
            raise _wrong("filter", error.code.rpartition(".")[2]) from error
        if fault.code in ("flows.filter.ungranted_field", "flows.filter.unknown_field"):
            raise Refusal("gateway.field.not_granted", name=name) from error
        if fault.code == "flows.filter.masked_field":
            raise Refusal("gateway.field.masked", name=name) from error
        raise Refusal("gateway.field.value", name=name) from error


def _sort(text: str, by_name: Mapping[str, GrantedField]) -> tuple[tuple[str, bool], ...]:
    found: dict[str, bool] = {}
    for word in filter(None, text.split(",")):
        name = word.removeprefix("-")
        field = _granted(name, by_name)
        if hides(field.mask):
            raise Refusal("gateway.field.masked", name=name)
        if field.type in OPAQUE or name in found:
            raise Refusal("gateway.field.value", name=name)
        found[name] = word.startswith("-")
    return tuple(found.items())


def _fields(
    text: str, by_name: Mapping[str, GrantedField], granted: Sequence[GrantedField]
) -> tuple[GrantedField, ...]:
    chosen = [_granted(name, by_name) for name in dict.fromkeys(filter(None, text.split(",")))] or list(granted)
    return tuple(field for field in chosen if field.mask.kind != "drop")


def _granted(name: str, by_name: Mapping[str, GrantedField]) -> GrantedField:
    if name not in by_name:
        raise Refusal("gateway.field.not_granted", name=name[:64])
    return by_name[name]


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal()) or len(text) > 5 or not 1 <= int(text) <= MAX_LIMIT:
        raise _wrong("limit", f"1-{MAX_LIMIT}")
    return int(text)


def _format(text: str, accept: str) -> Format:
    if text:
        for known in ("json", "ndjson", "csv"):
            if text == known:
                return known
        raise _wrong("format", "json ndjson csv")
    for part in accept.split(","):
        media = part.split(";", 1)[0].strip().lower()
        if media in _MEDIA:
            return _MEDIA[media]
    return "json"


def _wrong(name: str, rule: str) -> Refusal:
    return Refusal("gateway.request.parameter", name=name, rule=rule)
