"""How a run is told on a page and in JSON: its steps, the reasons of its kept-back rows, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from django.utils.translation import gettext as _

from zampa.catalogue.telling import sentence
from zampa.census.models import Network
from zampa.contracts.flowspecs import Check
from zampa.contracts.quality import Rule
from zampa.desk.wording import text_of
from zampa.flows.plan import as_rule, coded
from zampa.runs import queries, rules
from zampa.runs.models import Run

ORDER = ("looking", "moving", "comparing", "swapping")


class Step(TypedDict):
    """One mark of the progress line."""

    label: str
    note: str
    status: str


class Bar(TypedDict):
    label: str
    share: float
    text: str


def steps(run: Run) -> list[Step]:
    """Where the movement stands; a run that is over has all behind it or stops where it broke off."""
    if run.state == Run.State.DONE:
        at = len(ORDER)
    elif run.state == Run.State.RUNNING:
        phase = "moving" if run.phase == Run.Phase.QUARANTINING else run.phase
        at = ORDER.index(phase) if phase in ORDER else 0
    else:
        at = -1
    made: list[Step] = []
    for place, phase in enumerate(ORDER):
        status = "done" if place < at else "now" if place == at else "todo"
        made.append({"label": str(Run.Phase(phase).label), "note": "", "status": status})
    return made


def reasons(run: Run) -> dict[str, str]:
    """Every code a kept-back row of this run may bear, as a sentence that names the field."""
    spec = queries.spec_of(run)
    names = {field.column: field.name for field in spec.fields}
    texts = {code: _reason(one, names) for code, one in coded(spec).items()}
    return {**texts, **{code: text_of(code) for code in ("flows.mask.unreadable", "flows.value.unreadable")}}


def _reason(asked: Check | Rule, names: Mapping[str, str]) -> str:
    if isinstance(asked, Rule):
        rule = as_rule(asked, names)
        return " ".join(part for part in (rule.field, rule.message or sentence(rule, {})) if part)
    length = asked.params.get("length", "")
    return text_of(f"runs.check.{asked.kind}", {"field": names.get(asked.field, asked.field), "length": length})


def bad_bars(run: Run) -> list[Bar]:
    """The reasons with their counts, the most frequent first."""
    texts, most = reasons(run), max(run.bad_by_code.values(), default=1)
    found = sorted(run.bad_by_code.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"label": texts.get(code, code), "share": 100 * count / most, "text": f"{count:,}"} for code, count in found
    ]


def network_notes(run: Run) -> list[str]:
    """What to say of ends that lie in a network which the centre's workers are not in."""
    if run.state == Run.State.DONE:
        return []
    networks = queries.networks_of(run)
    words = {"source": _("数据源"), "destination": _("目标")}
    return [
        _("%(end)s在“%(network)s”，中心的工作进程在“%(centre)s”，需先打通网络并由安全管理员批准网段，作业才能到达。")
        % {"end": words[end], "network": Network(networks[end]).label, "centre": Network(rules.CENTRE_NETWORK).label}
        for end in rules.out_of_reach(networks)
    ]
