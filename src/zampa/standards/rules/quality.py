"""Quality rules of an element: those its value domain and length call for, and those somebody stated. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from zampa.contracts.quality import (
    DIMENSIONS,
    Between,
    CalendarDate,
    Credit,
    InList,
    MaxLength,
    MinLength,
    OneOf,
    Pattern,
    Resident,
    Rule,
    Unique,
)
from zampa.ground.errors import Fault
from zampa.standards.rules.elements import LONGEST, pattern_faults

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


# What one value decides, so that an element can ask it wherever it is used; types each kind reads.
KINDS: dict[str, tuple[str, ...]] = {
    "not_null": (), "unique": (), "max_length": ("text",), "min_length": ("text",), "pattern": ("text",),
    "one_of": (), "in_list": ("text",), "between": ("integer", "decimal", "double", "date", "timestamp"),
    "id_number": ("text",), "credit_code": ("text",), "calendar_date": ("text",),
}  # fmt: skip
CODE = re.compile(r"[a-z][a-z0-9_]{1,58}")


def rule_faults(rule: Rule, type: str, lists: frozenset[str]) -> list[Fault]:
    """Everything wrong with a rule for an element of that type, by the field of the form."""
    faults = [] if CODE.fullmatch(rule.code) else [Fault("code", "standards.rule.bad_code")]
    if rule.kind not in KINDS or (isinstance(rule.test, Unique) and rule.test.also):
        return [*faults, Fault("kind", "standards.rule.not_of_one_value")]
    if KINDS[rule.kind] and type not in KINDS[rule.kind]:
        faults.append(Fault("kind", "standards.rule.other_type", {"type": type}))
    if rule.dimension and rule.dimension not in DIMENSIONS:
        faults.append(Fault("dimension", "standards.unknown_word", {"word": rule.dimension}))
    if not 0 <= rule.tolerance_percent <= 100:
        faults.append(Fault("tolerance_percent", "standards.rule.bad_tolerance"))
    return [*faults, *_test_faults(rule.test, lists)]


def _test_faults(test: object, lists: frozenset[str]) -> list[Fault]:
    if isinstance(test, (MaxLength, MinLength)) and not 0 < test.length <= LONGEST:
        return [Fault("length", "standards.element.bad_size", {"limit": f"{LONGEST:,}"})]
    if isinstance(test, Pattern):
        return pattern_faults(test.regex, "regex")
    if isinstance(test, OneOf) and not test.values:
        return [Fault("values", "standards.missing")]
    if isinstance(test, InList) and test.list not in lists:
        return [Fault("list", "standards.element.unknown_list", {"list": test.list})]
    if isinstance(test, Between) and not (test.low or test.high):
        return [Fault("low", "standards.element.no_bound")]
    return []
