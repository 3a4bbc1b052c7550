"""Quality rules stated for an element: every item of it inherits them (contracts.quality)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from zampa.contracts.actors import Actor, Answer
from zampa.contracts.quality import Rule
from zampa.ground.clock import utc_now
from zampa.ground.errors import NotFound, NotValid
from zampa.ledger.acts import act
from zampa.standards.acts.elements import code_lists, locked, note
from zampa.standards.events import Event
from zampa.standards.models import Element, ElementRule
from zampa.standards.rules import access
from zampa.standards.rules.quality import rule_faults


@act
def state_rule(*, by: Actor, element_id: UUID | str, rule: Rule, now: datetime | None = None) -> ElementRule:
    """State a rule, or state one anew under its code. Those that length and value domain call for need no stating;
    one under their code (domain, max_length, min_length) takes their place, so that it can warn instead of block."""
    now = now or utc_now()
    row = locked(by, element_id)
    _may(by, row).require()
    if faults := rule_faults(rule, row.type, frozenset(code_lists())):
        raise NotValid("standards.rule.not_valid", faults=faults)
    held = ElementRule.objects.filter(element=row, code=rule.code).first()
    place = held.position if held else row.rules.count() + 1
    made, _new = ElementRule.objects.update_or_create(
        element=row, code=rule.code,
        defaults={"kind": rule.kind, "spec": msgspec.to_builtins(rule), "position": place, "added_by_name": by.name,
                  "added_at": now},
    )  # fmt: skip
    facts = {"rule": rule.code, "kind": rule.kind, "dimension": rule.measures, "severity": rule.severity}
    note(Event.RULE_STATED, by, row, facts, now)
    return made


@act
def drop_rule(*, by: Actor, element_id: UUID | str, rule_id: UUID | str, now: datetime | None = None) -> None:
    """Take a stated rule off an element."""
    row = locked(by, element_id)
    _may(by, row).require()
    found = row.rules.filter(pk=rule_id).first()
    if found is None:
        raise NotFound("standards.rule.not_found")
    found.delete()
    note(Event.RULE_DROPPED, by, row, {"rule": found.code, "kind": found.kind}, now or utc_now())


def _may(by: Actor, row: Element) -> Answer:
    if row.state == Element.State.IN_FORCE:
        return access.may_keep(by)
    return access.may_change(by, str(row.department_id or ""))
