"""Quality in a reader's words: a rule as a sentence, scores as bars, a judgement's rules with the bad first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext as _

from zampa.catalogue.models import Judgement, Resource, Ruling
from zampa.catalogue.rules import quality as rules
from zampa.contracts.flowspecs import AllOf, Comparison, Filter
from zampa.contracts.quality import DIMENSIONS, Fresh, Implies, Matches, OneOf, Rule, Unique
from zampa.desk.wording import text_of

MOST_VALUES = 12
OPERATORS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "∈"}


@dataclass(frozen=True)
class TellingRuling:
    """A ruling as its row on the page: `asked` in words, the share of good rows in tenths of a percent."""

    row: Ruling
    asked: str
    share: int | None
    dimension: str
    severity: str
    message: str


def named(resource_ids: Iterable[str]) -> dict[str, str]:
    """Names of the entries that rules look into. A rule may be read by all who see its entry; so may the name."""
    return {str(key): name for key, name in Resource.objects.filter(pk__in=set(resource_ids)).values_list("pk", "name")}


def sentence(rule: Rule, names: dict[str, str]) -> str:
    """What the rule asks, without its field."""
    test, kind = rule.test, rule.kind
    params = {name: str(value) for name, value in msgspec.to_builtins(test).items()}
    params["resource"] = names.get(rule.other_resource, _("另一资源"))
    if isinstance(test, Unique) and test.also:
        kind, params["also"] = "unique_with", "、".join(test.also)
    elif isinstance(test, OneOf):
        more = "…" if len(test.values) > MOST_VALUES else ""
        params["values"] = "、".join(test.values[:MOST_VALUES]) + more
    elif isinstance(test, Implies):
        params |= {"when": _filter(test.when), "then": _filter(test.then)}
    elif isinstance(test, Matches):
        params["key"] = test.key[1]
    elif isinstance(test, Fresh) and test.days is None:
        kind = "fresh_by_cycle"
    params["op"] = OPERATORS.get(params.get("op", ""), "")
    params["within"] = params.get("within_percent", "")
    return text_of(f"catalogue.rule.{kind}", params)


def _filter(said: Filter) -> str:
    if isinstance(said, Comparison):
        if said.op == "is_null":
            return said.field + (_("为空") if said.value == "true" else _("不为空"))
        value = "、".join(said.value) if isinstance(said.value, list) else said.value
        word = _("开头是") if said.op == "starts" else f" {OPERATORS[said.op]} "
        return f"{said.field}{word}{value}"
    word = _(" 且 ") if isinstance(said, AllOf) else _(" 或 ")
    return word.join(_filter(part) for part in said.of)


def told(rows: Iterable[Ruling]) -> list[TellingRuling]:
    """The worst first: broken, then those that could not be carried out, then the rest."""
    held = [(row, msgspec.convert(row.spec, Rule)) for row in rows]
    names = named(rule.other_resource for _, rule in held if rule.other_resource)
    made = [
        TellingRuling(
            row, sentence(rule, names),
            rules.PERFECT * (row.checked - row.failed) // row.checked if row.checked and not row.problem else None,
            text_of(f"catalogue.dimension.{row.dimension}"), rule.severity, rule.message,
        )
        for row, rule in held
    ]  # fmt: skip
    order = {False: 0, None: 1, True: 2}
    return sorted(made, key=lambda one: (order[one.row.held], one.share or 0, one.row.position))


def bars(judgement: Judgement) -> list[dict[str, object]]:
    """The dimensions of a judgement as bars, in the standard's order."""
    return [
        {
            "label": text_of(f"catalogue.dimension.{name}"),
            "share": judgement.scores[name] / 10,
            "text": f"{judgement.scores[name] / 10:.1f}",
            "tone": rules.tone(judgement.scores[name]),
        }
        for name in DIMENSIONS
        if name in judgement.scores
    ]
