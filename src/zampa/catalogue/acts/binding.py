"""Saying which data element each item means, and bringing a draft in line with its elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.acts.drafts import ItemDraft, draft_of, edit_items
from zampa.catalogue.events import Event
from zampa.catalogue.models import Item, Resource
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act
from zampa.standards import acts as standards
from zampa.standards import queries as elements
from zampa.standards.rules.conformance import SENSITIVITIES, Asked, checks_wanted


@act
def bind_items(
    *, by: Actor, resource_id: UUID | str, bound: Mapping[str, str], now: datetime | None = None
) -> Resource:
    """Bind items (by id) to elements (by number, empty = to none), in any state but withdrawn: it changes nothing of
    what is shared. The item's name and column become learned words of the element."""
    now = now or utc_now()
    resource = queries.resource(by, resource_id)
    rules.may_edit(by, str(resource.provider_id)).require()
    if resource.state == Resource.State.WITHDRAWN:
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="bind")
    rows = {str(item.pk): item for item in Item.objects.select_for_update().filter(resource=resource)}
    faults = _binding_faults(rows, bound, str(resource.provider_id))
    if faults:
        raise NotValid("catalogue.item.not_valid", faults=faults, count=len(faults))
    changed = [rows[item_id] for item_id, number in bound.items() if rows[item_id].element != number]
    for item in changed:
        item.element = bound[str(item.pk)]
        if item.element:
            standards.note_word(by=by, number=item.element, word=item.name, now=now)
            standards.note_word(by=by, number=item.element, word=item.column, kind="column", now=now)
    Item.objects.bulk_update(changed, ["element"])
    if changed:
        steps.note(Event.RESOURCE_BOUND, by, resource, {"items": {one.name: one.element for one in changed}}, now)
    return resource


def _binding_faults(rows: Mapping[str, Item], bound: Mapping[str, str], department: str) -> list[Fault]:
    known = elements.numbers_known(bound.values(), department)
    faults = []
    for item_id, number in bound.items():
        item = rows.get(item_id)
        if item is None:
            faults.append(Fault(item_id, "catalogue.item.unknown"))
        elif number and number not in known:
            params = {"number": item.position, "element": number}
            faults.append(Fault(item_id, "catalogue.item.unknown_element", params))
    return faults


@act
def follow_elements(*, by: Actor, resource_id: UUID | str, now: datetime | None = None) -> Resource:
    """Bring a draft's bound items in line with their elements where nothing is lost by it: the sensitivity is raised,
    the check of the value domain added. Names, types and lengths describe the source and stay."""
    now = now or utc_now()
    rows = list(queries.items_of(queries.resource(by, resource_id).pk))
    asked = elements.asked_of(item.element for item in rows)
    drafts = [_followed(draft_of(item), asked.get(item.element)) for item in rows]
    return edit_items(by=by, resource_id=resource_id, items=drafts, now=now)


def _followed(draft: ItemDraft, asked: Asked | None) -> ItemDraft:
    if asked is None:
        return draft
    held = {check.kind for check in draft.checks}
    wanted = [one for one in checks_wanted(asked, draft.column or draft.name) if one.kind not in held]
    if draft.type not in ("text", "integer", "decimal", "double"):
        wanted = []
    raised = max(draft.sensitivity, asked.sensitivity, key=SENSITIVITIES.index)
    sharing = rules.sharing_of(raised) if raised != draft.sensitivity and draft.sharing == "unconditional" else ""
    return replace(draft, sensitivity=raised, sharing=sharing or draft.sharing, checks=[*draft.checks, *wanted])
