"""Quality rules held against a table as it is: the fields a rule looks at, whether it can be carried out at all, its
names as columns, and, for a rule that one row decides, its Python form.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from zampa.contracts.quality import ACROSS, Compare, Fresh, Implies, InList, Matches, Rule, Test, Unique, check_of
from zampa.contracts.schemas import DataType
from zampa.flows.checks import failures, validate_checks
from zampa.flows.filters import fields_of, predicate, read, renamed, validate_shape
from zampa.ground.errors import Fault, NotValid

DATED: frozenset[str] = frozenset({"date", "timestamp", "timestamptz", "text"})
_NUMBERS: frozenset[str] = frozenset({"integer", "decimal", "double"})
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


def names_of(rule: Rule) -> tuple[str, ...]:
    """Every field of its own table that a rule looks at, its own first."""
    return tuple(dict.fromkeys(name for name in (rule.field, *_others(rule.test)) if name))


def _others(test: Test) -> tuple[str, ...]:
    if isinstance(test, Unique):
        return test.also
    if isinstance(test, Compare):
        return (test.other,)
    if isinstance(test, Matches):
        return (test.key[0],)
    if isinstance(test, Implies):
        return tuple(sorted(fields_of(test.when) | fields_of(test.then)))
    return ()


def bound(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The rule speaking of other names, as from items to columns; KeyError on a name that is missing.

    What is named in the other resource stays as it is.
    """
    test = rule.test
    if isinstance(test, Unique):
        test = Unique(tuple(names[name] for name in test.also))
    elif isinstance(test, Compare):
        test = Compare(test.op, names[test.other])
    elif isinstance(test, Matches):
        test = Matches(test.resource, (names[test.key[0]], test.key[1]), test.item)
    elif isinstance(test, Implies):
        test = Implies(renamed(test.when, names), renamed(test.then, names))
    return msgspec.structs.replace(rule, test=test, field=names[rule.field] if rule.field else "")


def problem_of(rule: Rule, types: Mapping[str, DataType]) -> str:
    """The code of why a rule cannot be carried out on fields of these types; empty when it can."""
    names, test = names_of(rule), rule.test
    if not rule.code.strip():
        return "flows.rule.no_code"
    if not 0 <= rule.tolerance_percent <= 100:
        return "flows.rule.bad_tolerance"
    if any(name not in types for name in names):
        return "flows.rule.unknown_field"
    if isinstance(test, (Implies, *ACROSS)) or rule.field:
        return _test_problem(rule, types)
    return "flows.rule.no_field"


def _test_problem(rule: Rule, types: Mapping[str, DataType]) -> str:
    test = rule.test
    try:
        if isinstance(test, Implies):
            validate_shape(test.when, types)
            validate_shape(test.then, types)
        check = check_of(rule)
        if check is not None:
            validate_checks([check], types)
    except NotValid as error:
        return error.faults[0].code if error.faults else error.code
    if isinstance(test, Compare):
        here, there = types[rule.field], types[test.other]
        return "" if here == there or {here, there} <= _NUMBERS else "flows.rule.not_comparable"
    if isinstance(test, Fresh) and types[rule.field] not in DATED:
        return "flows.rule.not_dated"
    if isinstance(test, InList) and not test.list:
        return "flows.rule.no_list"
    if isinstance(test, ACROSS) and not rule.other_resource:
        return "flows.rule.no_resource"
    return ""


def validate_rules(rules: Sequence[Rule], types: Mapping[str, DataType]) -> None:
    """NotValid with a fault per rule that cannot be carried out on fields of these types."""
    faults = [
        Fault(rule.code or f"rules[{place}]", code, {"field": rule.field, "kind": rule.kind})
        for place, rule in enumerate(rules)
        if (code := problem_of(rule, types))
    ]
    if faults:
        raise NotValid("flows.rule.not_valid", faults=faults)


def failing(
    rule: Rule, columns: Mapping[str, Sequence[object]], types: Mapping[str, DataType], today: date
) -> list[int]:
    """The places of the rows that fail a rule which one row decides; ValueError for any other rule."""
    check = check_of(rule)
    if check is not None and check.kind != "unique":
        return failures(check, columns[rule.field], types[rule.field], today)
    test = rule.test
    if isinstance(test, Compare):
        return _comparing(test, rule.field, columns, types)
    if isinstance(test, Implies):
        when, then = predicate(test.when, types), predicate(test.then, types)
        names = names_of(rule)
        rows = [dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True)]
        return [place for place, row in enumerate(rows) if when(row) and not then(row)]
    raise ValueError(rule.kind)


def considered(rule: Rule, columns: Mapping[str, Sequence[object]], types: Mapping[str, DataType]) -> int:
    """How many rows a rule judges: where its value is there; for "not null" all; for "if" those it speaks of."""
    if rule.kind == "not_null":
        return len(columns[rule.field])
    if isinstance(rule.test, Implies):
        when, names = predicate(rule.test.when, types), names_of(rule)
        rows = zip(*(columns[name] for name in names), strict=True)
        return sum(1 for row in rows if when(dict(zip(names, row, strict=True))))
    rows = zip(*(columns[name] for name in names_of(rule)), strict=True)
    return sum(1 for row in rows if None not in row)


def _comparing(
    test: Compare, field: str, columns: Mapping[str, Sequence[object]], types: Mapping[str, DataType]
) -> list[int]:
    """Cells of untyped files are read as what they are declared to be; one that is not fails."""
    found = []
    for place, (here, there) in enumerate(zip(columns[field], columns[test.other], strict=True)):
        if here is None or there is None:
            continue
        try:
            passed = _OPERATORS[test.op](_as(here, types[field]), _as(there, types[test.other]))
        except (ValueError, ArithmeticError):
            passed = False
        if not passed:
            found.append(place)
    return found


def _as(value: object, data_type: DataType) -> Any:
    return read(value, data_type) if isinstance(value, str) and data_type != "text" else value
