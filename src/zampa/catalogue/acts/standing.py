"""The standing decision: the office head's yes to every request for an unconditional entry, signed once.

Order 809 art. 20 wants each reply signed by the head of the provider's sharing office, and art. 21 wants it in one
working day. So the head signs ahead, with the entry (design, section 7); it holds for the version it was signed for
and for later ones that open nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.approvals.queries import open_tasks
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Resource, StandingDecision
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act

NARROW = (
    "abstract", "name_bo", "update_cycle", "related_codes", "format_note", "code_scheme", "class_code", "class_name",
    "placements", "system", "formats", "extra",
)  # fmt: skip


@act
def sign_standing_decision(
    *,
    by: Actor,
    resource_id: UUID | str,
    verdict: str = "yes",
    reason: str = "",
    now: datetime | None = None,
) -> StandingDecision | None:
    """Sign it for an entry that is submitted, signed or published; None when the head says no: requests then wait for
    a reply of their own. `resource_id` may be a change's, then it holds from that version on."""
    now = now or utc_now()
    queries.resource(by, resource_id)
    resource = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=resource_id)
    rules.may_stand(by, str(resource.provider_id)).require()
    if resource.sharing != "unconditional" or resource.state not in ("submitted", "signed", "published"):
        raise Conflict("catalogue.standing.not_for_this", state=resource.state)
    version = resource.version
    main = resource.replaces_id or resource.pk
    if StandingDecision.objects.filter(resource_id=main, version=version, ended_at=None).exists():
        raise Conflict("catalogue.standing.already")
    about = steps.standing_subject(resource)
    if not open_tasks(about).exists():
        steps.ask(steps.STAND, resource, resource.provider_id, "sharing_head", now, subject=about)
    approvals.decide(by=by, subject=about, kind=steps.STAND, verdict=verdict, reason=reason, now=now)
    facts: dict[str, object] = {"version": version, "verdict": verdict, "reason": reason.strip()}
    if verdict != "yes":
        steps.note(Event.STANDING_REFUSED, by, resource, facts, now)
        return None
    made = StandingDecision.objects.create(
        resource_id=main, version=version, signed_by=by.id, signed_by_name=by.name, signed_at=now
    )
    steps.note(Event.STANDING_SIGNED, by, resource, facts | {"standing": str(made.pk)}, now)
    return made


@act
def end_standing_decision(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> None:
    """Take it back, with the reason: from now on each request waits for a reply of its own. Grants given stay."""
    now = now or utc_now()
    queries.resource(by, resource_id)
    resource = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=resource_id)
    rules.may_stand(by, str(resource.provider_id)).require()
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    if not end_all(resource, reason, now):
        raise Conflict("catalogue.standing.none")
    steps.note(Event.STANDING_ENDED, by, resource, {"reason": reason.strip()}, now)


def end_all(resource: Resource, reason: str, now: datetime) -> int:
    rows = StandingDecision.objects.filter(resource=resource, ended_at=None)
    return rows.update(ended_at=now, ended_reason=reason.strip()[:500])


def renew(resource: Resource, changed: Sequence[tuple[str, object, object]], now: datetime) -> None:
    """At publication: what was signed for an earlier version ends when this one opens more or is not unconditional.

    An open task for the standing decision stays; it may be signed after publication as well.
    """
    rows = StandingDecision.objects.filter(resource=resource, ended_at=None)
    if resource.sharing != "unconditional":
        rows.update(ended_at=now, ended_reason=f"version {resource.version}")
        approvals.close_tasks(subject=steps.standing_subject(resource), now=now)
    elif any(opens_more(name) for name, _, _ in changed):
        rows.filter(version__lt=resource.version).update(ended_at=now, ended_reason=f"version {resource.version}")


def wanted(resource: Resource) -> bool:
    """Whether the head must be asked: an unconditional entry for which nothing that was signed goes on to hold."""
    if resource.sharing != "unconditional":
        return False
    before = resource.replaces
    if before is None or not StandingDecision.objects.filter(resource=before, ended_at=None).exists():
        return True
    changed = rules.differences(steps.snapshot(before), steps.snapshot(resource))
    return any(opens_more(name) for name, _, _ in changed)


def opens_more(name: str) -> bool:
    """Whether a changed field may widen what the head's signature covers; only what plainly cannot is left out."""
    return name not in NARROW
