"""More time needs the authority's consent, and the one who waits is told (Order 809 art. 17 and 21)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import policy, queries, rules
from zampa.approvals.acts.clocks import extend_clock
from zampa.approvals.acts.tasks import decide, open_task
from zampa.approvals.events import Event
from zampa.approvals.models import Clock, Extension
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.ledger.acts import act, enter

STEP = "approvals.extension"


@act
def ask_extension(*, by: Actor, clock_id: UUID | str, days: int, reason: str, now: datetime | None = None) -> Extension:
    """The department that must act asks for working days more; a task for its authority."""
    now = now or utc_now()
    rows = Clock.objects.select_related("department", "profile").filter(people.in_own_department(by))
    clock = people.one(rows, clock_id, "approvals.clock.not_found")
    rules.may_ask_extension(by, str(clock.department_id)).require()
    if clock.met_at is not None:
        raise Conflict("approvals.clock.does_not_run", name=clock.name)
    faults = rules.extension_faults(policy.stored(clock.profile.data).clock(clock.name), clock.extended, days)
    if not reason.strip():
        faults.append(Fault("reason", "approvals.review.reason_missing"))
    if faults:
        raise NotValid("approvals.extension.not_valid", faults=faults)
    if Extension.objects.filter(clock=clock, state="waiting").exists():
        raise Conflict("approvals.extension.waits_already")
    authority = people.authority_of(clock.department_id)
    extension = Extension.objects.create(
        clock=clock, days=days, reason=reason.strip(), asked_by=by.name, asked_at=now, authority=authority
    )
    open_task(
        kind=STEP, department_id=authority.pk, post="authority", subject=subject_of(extension),
        url_name="approvals:extension", url_arg=str(extension.pk), clock=clock, now=now,
    )  # fmt: skip
    enter(
        event=Event.EXTENSION_ASKED, by=by, subject=subject_of(extension), parties=parties_of(extension),
        facts={"clock": clock.name, "days": days, "reason": reason, "of": f"{clock.subject_kind}/{clock.subject_id}"},
        at=now,
    )  # fmt: skip
    return extension


@act
def answer_extension(
    *, by: Actor, extension_id: UUID | str, verdict: str, reason: str = "", now: datetime | None = None
) -> Extension:
    """The authority says yes or no; yes moves the due date and tells the one who waits."""
    now = now or utc_now()
    extension = queries.extension(by, extension_id)
    if verdict == "return":
        raise NotValid("approvals.review.not_valid", faults=[Fault("verdict", "approvals.review.unknown_verdict")])
    decide(by=by, verdict=verdict, reason=reason, subject=subject_of(extension), kind=STEP, now=now)
    clock = extension.clock
    if verdict == "yes":
        about = Subject(clock.subject_kind, clock.subject_id, clock.subject_name)
        extend_clock(subject=about, name=clock.name, by=by, days=extension.days, reason=extension.reason, now=now)
    extension.state = "approved" if verdict == "yes" else "refused"
    extension.answered_at = now
    extension.save(update_fields=["state", "answered_at"])
    enter(
        event=Event.EXTENSION_ANSWERED, by=by, subject=subject_of(extension), parties=parties_of(extension),
        facts={"verdict": verdict, "reason": reason, "days": extension.days}, at=now,
    )  # fmt: skip
    return extension


def subject_of(extension: Extension) -> Subject:
    return Subject("approvals.extension", str(extension.pk), extension.clock.subject_name)


def parties_of(extension: Extension) -> list[str]:
    parties = {str(extension.clock.department_id), str(extension.authority_id)}
    if extension.clock.told_id:
        parties.add(str(extension.clock.told_id))
    return sorted(parties)
