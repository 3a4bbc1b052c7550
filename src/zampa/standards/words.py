"""How an element's length, value domain and changes are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from django.utils.translation import gettext as now_text

from zampa.contracts.quality import Rule
from zampa.desk.wording import text_of
from zampa.standards.columns import ELEMENT_COLUMNS
from zampa.standards.models import Element
from zampa.standards.rules import quality


def length_of(row: Element) -> str:
    """As the standards write it: 18, 1..100, 12,2."""
    if row.precision:
        return f"{row.precision},{row.scale or 0}"
    if not row.length:
        return "—"
    return str(row.length) if row.min_length == row.length else f"{row.min_length or 1}..{row.length}"


def domain_of(row: Element) -> str:
    """The value domain in a few words: the list's name, the range, the pattern, or the kind of number."""
    if row.domain == Element.Domain.LIST and row.code_list is not None:
        return row.code_list.name
    if row.domain == Element.Domain.RANGE:
        return now_text("%(low)s 至 %(high)s") % {"low": row.low or "…", "high": row.high or "…"}
    if row.domain == Element.Domain.PATTERN:
        return row.pattern
    return str(row.get_domain_display())


def told(differences: Iterable[Sequence[object]]) -> list[tuple[str, str, str]]:
    """Differences of two versions as the page shows them: field, before, now."""
    return [
        (str(ELEMENT_COLUMNS.get(str(name), name)), _shown(str(name), before), _shown(str(name), after))
        for name, before, after in differences
    ]


def _shown(field: str, value: object) -> str:
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    choices = {"type": Element.Type, "domain": Element.Domain, "sensitivity": Element.Sensitivity}.get(field)
    return str(dict(choices.choices).get(str(value), str(value))) if choices else str(value)


def rule_rows(row: Element) -> list[dict[str, object]]:
    """Every rule an item of this element inherits: what it asks, its dimension and severity, and `id` when stated."""
    stated = {one.code: one.pk for one in row.rules.all()}
    rules = quality.whole(row, row.code_list.code if row.code_list else "", (one.spec for one in row.rules.all()))
    return [
        {
            "code": rule.code,
            "asks": rule.message or asks(rule),
            "dimension": text_of(f"standards.dimension.{rule.measures}"),
            "severity": text_of(f"standards.severity.{rule.severity}"),
            "tolerance": rule.tolerance_percent,
            "id": stated.get(rule.code),
        }
        for rule in rules
    ]


def asks(rule: Rule) -> str:
    """What a rule asks, in the reader's language."""
    said = {name: value for name, value in msgspec.to_builtins(rule.test).items() if name != "kind"}
    params = {
        name: " ".join(value) if isinstance(value, (list, tuple)) else value or "…" for name, value in said.items()
    }
    return text_of(f"standards.rule.{rule.kind}", params)
