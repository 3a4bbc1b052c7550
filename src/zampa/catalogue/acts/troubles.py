"""A source that is stale or broken: its stewards are told at once and given a clock, its authority when that is over.

The clock `source_mend` is the policy profile's; the overdue of article 17 (an update not handed over, an update not
reviewed) come to the same list of the authority.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.approvals.models import Clock, Task
from zampa.approvals.queries import clock_of, overdue
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Resource
from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.ground.clock import iso, utc_now
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.ledger.acts import act

CLOCK = "source_mend"
WATCHED = (CLOCK, "catalogue_update", "catalogue_review")
EVENTS = {
    "live": Event.ATTACHMENT_LIVE,
    "stale": Event.ATTACHMENT_STALE,
    "broken": Event.ATTACHMENT_BROKEN,
}


def tell_change(made: Attachment, before: str, by: Actor, now: datetime) -> None:
    """The record of a change of state; on trouble the stewards' task, clock and message, all gone when it is mended."""
    resource, subject = made.resource, steps.subject_of(made.resource)
    facts = {"attachment": str(made.pk), "before": before, "problem": made.problem, "rows": made.rows}
    record = steps.note(EVENTS[made.state], by, resource, facts, now)
    approvals.close_tasks(subject=subject, kind=steps.MEND, now=now)
    if made.state == Attachment.State.LIVE:
        approvals.meet_clock(subject=subject, name=CLOCK, now=now)
        approvals.close_tasks(subject=subject, kind=steps.LATE, now=now)
        return
    clock = clock_of(subject, CLOCK)
    if clock is None or clock.met_at is not None:
        clock = approvals.start_clock(
            subject=subject, name=CLOCK, profile=steps.PROFILE, department_id=resource.provider_id, received=now
        )
    steps.ask(steps.MEND, resource, resource.provider_id, "editor", now, clock=clock)
    send_message(
        to_person_ids=people.post_holders(resource.provider_id, "editor", now).values_list("pk", flat=True),
        code=f"catalogue.message.source_{made.state}",
        params={"resource": resource.name},
        subject=subject,
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        cause=record,
        now=now,
    )


def tell_overdue(*, now: datetime | None = None) -> int:
    """Bring every catalogue clock that ran out before its authority, once; how many."""
    now = now or utc_now()
    late = overdue(now).filter(name__in=WATCHED).exclude(tasks__kind=steps.LATE)
    return sum(_tell_overdue(by=SYSTEM, clock_id=pk, now=now) for pk in list(late.values_list("pk", flat=True)))


@act
def _tell_overdue(*, by: Actor, clock_id: UUID, now: datetime) -> bool:
    clock = Clock.objects.select_for_update(of=("self",)).select_related("department").get(pk=clock_id)
    resource = Resource.objects.select_related("provider").filter(pk=clock.subject_id).first()
    if clock.met_at is not None or resource is None or Task.objects.filter(clock=clock, kind=steps.LATE).exists():
        return False
    subject = Subject(clock.subject_kind, clock.subject_id, clock.subject_name)
    authority = people.authority_of(resource.provider_id)
    facts = {"clock": clock.name, "due": iso(clock.due), "department": str(clock.department_id)}
    record = steps.note(Event.CLOCK_LATE, by, resource, facts, now)
    steps.ask(steps.LATE, resource, authority.pk, "authority", now, subject=subject, clock=clock)
    send_message(
        to_person_ids=people.post_holders(authority.pk, "authority", now).values_list("pk", flat=True),
        code=f"catalogue.message.late_{clock.name}",
        params={"resource": resource.name, "department": clock.department.name},
        subject=subject,
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        cause=record,
        now=now,
    )
    return True
