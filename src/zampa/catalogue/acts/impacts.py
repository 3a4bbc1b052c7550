"""The impact assessment: filled in and signed by the department before its head is asked for the entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import Q

from zampa.catalogue import queries_impacts, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Impact, Resource
from zampa.catalogue.rules import impacts
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotValid
from zampa.ledger.acts import act


@act
def assess_impact(
    *, by: Actor, resource_id: UUID | str, answers: impacts.Answers, now: datetime | None = None
) -> Impact:
    """Sign what was found about the personal items the entry holds now; it follows the one signed before.

    Conflict for an entry without personal items; NotValid names everything that is missing, at once.
    """
    now = now or utc_now()
    resource, _ = steps.locked(by, resource_id, "assess")
    rules.may_edit(by, str(resource.provider_id)).require()
    held = queries_impacts.held_now(resource)
    if not held.items:
        raise Conflict("catalogue.impact.nothing_personal")
    if faults := impacts.answer_faults(answers, held):
        raise NotValid("catalogue.impact.not_valid", faults=faults, count=len(faults))
    root = resource.replaces_id or resource.pk
    Resource.objects.select_for_update(of=("self",)).get(pk=root)  # two that sign at once take two numbers
    before = queries_impacts.in_force(root)
    if before is not None:
        before.followed_at = now
        before.save(update_fields=["followed_at"])
    made = Impact.objects.create(
        resource_id=root, resource_name=resource.name, provider=resource.provider, version=resource.version,
        number=before.number + 1 if before else 1, items=msgspec.to_builtins(held.items), sharing=held.sharing,
        opening=held.opening, signed_by=by.id, signed_by_name=by.name, signed_at=now,
        **{**msgspec.structs.asdict(answers), "situations": list(answers.situations)},
    )  # fmt: skip
    facts = {
        "number": made.number,
        "version": made.version,
        "risk": made.risk,
        "situations": made.situations,
        "items": [item.name for item in held.items],
    }
    steps.note(Event.IMPACT_ASSESSED, by, resource, facts, now)
    return made


def note_old_impacts(*, before: datetime) -> int:
    """Delete assessments that another followed, or whose entry is gone or withdrawn, since before then; how many.
    The one in force stays however old it is."""
    over = Q(followed_at__lt=before) | Q(resource=None) | Q(resource__withdrawn_at__lt=before)
    rows = Impact.objects.filter(over, signed_at__lt=before)
    count = rows.count()
    rows.delete()
    return count
