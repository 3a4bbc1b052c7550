"""Quality rules as data: what is asked of the values of an item, of a row, of a table, and of two tables together.

A rule is held by a data element (then `field` is empty, and every item of that element inherits it) or by a resource.
Names in a rule are those of items; flows.rulings binds them to columns. A rule that one value of one field decides is
carried out as the very `Check` a delivery makes (`check_of`), so that a row is judged alike wherever it is seen.

Dimensions are those of GB/T 36344-2018.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from zampa.contracts.flowspecs import Check, CheckKind, Filter

Dimension = Literal["normative", "complete", "accurate", "consistent", "timely", "accessible"]
DIMENSIONS: tuple[Dimension, ...] = ("normative", "complete", "accurate", "consistent", "timely", "accessible")
Severity = Literal["blocks", "warns"]
Ordering = Literal["=", "!=", "<", "<=", ">", ">="]


class NotNull(msgspec.Struct, frozen=True, tag_field="kind", tag="not_null"):
    """The field is filled."""


class Unique(msgspec.Struct, frozen=True, tag_field="kind", tag="unique"):
    """No value occurs twice; with `also`, no combination of the field and these does. Null is not compared."""

    also: tuple[str, ...] = ()


class MaxLength(msgspec.Struct, frozen=True, tag_field="kind", tag="max_length"):
    """At most `length` characters."""

    length: int


class MinLength(msgspec.Struct, frozen=True, tag_field="kind", tag="min_length"):
    """At least `length` characters."""

    length: int


class Pattern(msgspec.Struct, frozen=True, tag_field="kind", tag="pattern"):
    """The whole value matches (RE2 syntax)."""

    regex: str


class OneOf(msgspec.Struct, frozen=True, tag_field="kind", tag="one_of"):
    """One of these values, compared as text."""

    values: tuple[str, ...]


class InList(msgspec.Struct, frozen=True, tag_field="kind", tag="in_list"):
    """A code of the code list named by `list`; `valid` "ever" takes retired codes too, which old rows rightly hold."""

    list: str
    valid: Literal["ever", "today"] = "ever"


class Between(msgspec.Struct, frozen=True, tag_field="kind", tag="between"):
    """From `low` to `high`, both included, as text of the field's type; an empty one is no bound."""

    low: str = ""
    high: str = ""


class Resident(msgspec.Struct, frozen=True, tag_field="kind", tag="id_number"):
    """A well-formed resident identity number (GB 11643-1999)."""


class Credit(msgspec.Struct, frozen=True, tag_field="kind", tag="credit_code"):
    """A well-formed unified social credit code (GB 32100-2015)."""


class CalendarDate(msgspec.Struct, frozen=True, tag_field="kind", tag="calendar_date"):
    """A day that exists (GB/T 7408)."""


class Compare(msgspec.Struct, frozen=True, tag_field="kind", tag="compare"):
    """The field compared with the field `other` of the same row; a null on either side passes."""

    op: Ordering
    other: str


class Implies(msgspec.Struct, frozen=True, tag_field="kind", tag="implies"):
    """Where `when` holds of a row, `then` holds too."""

    when: Filter
    then: Filter


class Refers(msgspec.Struct, frozen=True, tag_field="kind", tag="refers"):
    """Every value occurs in the item `item` of the resource `resource` (its id)."""

    resource: str
    item: str


class Matches(msgspec.Struct, frozen=True, tag_field="kind", tag="matches"):
    """Where the row's `key` (item here, item there) is found in `resource`, `item` there equals the field here."""

    resource: str
    key: tuple[str, str]
    item: str


class Counts(msgspec.Struct, frozen=True, tag_field="kind", tag="counts"):
    """As many rows as `resource` has, give or take `within_percent` of it."""

    resource: str
    within_percent: float = 0.0


class Fresh(msgspec.Struct, frozen=True, tag_field="kind", tag="fresh"):
    """The newest value of the field is at most `days` days old; without, as old as the declared update cycle lets."""

    days: int | None = None


Test = (
    NotNull | Unique | MaxLength | MinLength | Pattern | OneOf | InList | Between | Resident | Credit | CalendarDate
    | Compare | Implies | Refers | Matches | Counts | Fresh
)
ACROSS: tuple[type[msgspec.Struct], ...] = (Refers, Matches, Counts)  # looks into another resource
WHOLE: tuple[type[msgspec.Struct], ...] = (Counts, Fresh)  # one verdict of the table, not one a row
_ON_VALUES: dict[type[msgspec.Struct], CheckKind] = {
    NotNull: "not_null", Unique: "unique", MaxLength: "max_length", MinLength: "min_length", Pattern: "pattern",
    OneOf: "one_of", Between: "between", Resident: "id_number", Credit: "credit_code", CalendarDate: "calendar_date",
}
_DIMENSIONS: dict[type[msgspec.Struct], Dimension] = {
    NotNull: "complete", Unique: "accurate", MaxLength: "normative", MinLength: "normative", Pattern: "normative",
    OneOf: "normative", InList: "normative", Between: "accurate", Resident: "accurate", Credit: "accurate",
    CalendarDate: "normative", Compare: "consistent", Implies: "consistent", Refers: "consistent",
    Matches: "consistent", Counts: "consistent", Fresh: "timely",
}


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule. `code` is its name among the rules of its holder and stands on a bad row.

    `severity` "blocks": a delivery keeps back a row that fails; "warns": failures are counted and told.
    The rule is kept while at most `tolerance_percent` of the rows it looks at fail. `message`: the holder's own words
    for what is wrong, shown in place of the standing text of the kind.
    """

    code: str
    test: Test
    field: str = ""
    dimension: Dimension | Literal[""] = ""
    severity: Severity = "blocks"
    tolerance_percent: float = 0.0
    message: str = ""

    @property
    def kind(self) -> str:
        """The test's spelled name."""
        return str(type(self.test).__struct_config__.tag)

    @property
    def measures(self) -> Dimension:
        """The dimension it counts towards: the stated one, else the kind's own."""
        return self.dimension or _DIMENSIONS[type(self.test)]

    @property
    def other_resource(self) -> str:
        """The id of the resource it looks into beside its own; empty for none."""
        return self.test.resource if isinstance(self.test, (Refers, Matches, Counts)) else ""


def check_of(rule: Rule) -> Check | None:
    """The rule as the check a delivery makes; None when more than one value of one field decides it.

    A code list is resolved first (`resolved`): a delivery carries the values it was started with.
    """
    kind = _ON_VALUES.get(type(rule.test))
    if kind is None or (isinstance(rule.test, Unique) and rule.test.also):
        return None
    stated = msgspec.to_builtins(rule.test)
    params = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in stated.items()
        if name not in ("kind", "also") and value != ""
    }
    return Check(code=rule.code, field=rule.field, kind=kind, params=params)


def rule_of(check: Check, severity: Severity = "blocks") -> Rule:
    """A check as the rule it carries out."""
    test: Test = msgspec.convert({**check.params, "kind": check.kind}, Test)
    return Rule(code=check.code, field=check.field, test=test, severity=severity)


def resolved(rule: Rule, values: tuple[str, ...]) -> Rule:
    """A code-list rule with the list's codes in place of its name."""
    return msgspec.structs.replace(rule, test=OneOf(values=values), dimension=rule.measures)
