"""Quality rules of an element: those its value domain and length call for, and those somebody stated. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from zampa.contracts.quality import (
    Between,
    CalendarDate,
    Credit,
    InList,
    MaxLength,
    MinLength,
    Pattern,
    Resident,
    Rule,
)

DOMAIN = "domain"
DERIVED = (DOMAIN, "max_length", "min_length")  # names of rules nobody states


class Shaped(Protocol):
    """What of an element its own rules follow from."""

    type: str
    length: int | None
    min_length: int | None
    domain: str
    pattern: str
    low: str
    high: str


def derived(element: Shaped, list_code: str = "") -> list[Rule]:
    """The rules that follow from an element's length and value domain; `list_code` names its code list."""
    rules = []
    if element.type == "text" and element.length:
        rules.append(Rule(code="max_length", test=MaxLength(element.length)))
    if element.type == "text" and element.min_length:
        rules.append(Rule(code="min_length", test=MinLength(element.min_length)))
    tests = {
        "id_number": Resident(),
        "credit_code": Credit(),
        "calendar_date": CalendarDate() if element.type == "text" else None,
        "pattern": Pattern(element.pattern) if element.pattern else None,
        "range": Between(low=element.low, high=element.high),
        "list": InList(list_code) if list_code else None,
    }
    test = tests.get(element.domain)
    return rules if test is None else [*rules, Rule(code=DOMAIN, test=test)]


def whole(element: Shaped, list_code: str, stated: Iterable[object]) -> tuple[Rule, ...]:
    """An element's rules, derived and stated; a stated rule of a derived one's name takes its place."""
    own: Sequence[Rule] = [msgspec.convert(spec, Rule) for spec in stated]
    named = {rule.code for rule in own}
    return (*(rule for rule in derived(element, list_code) if rule.code not in named), *own)
