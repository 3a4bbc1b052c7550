"""Quality rules held against a table as it is: which fields a rule looks at, and its names as columns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from zampa.contracts.quality import Compare, Implies, Matches, Rule, Test, Unique
from zampa.flows.filters import fields_of, renamed


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
