"""Clocks are started, paused and met by the owning room's act; only this file computes a due date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import policy, queries, rules
from zampa.approvals.acts.profiles import load_packaged_profiles
from zampa.approvals.models import Clock, ClockChange, PolicyProfile, Task
from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotFound, NotValid
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.identity.models import Department


def start_clock(
    *,
    subject: Subject,
    name: str,
    department_id: UUID | str,
    received: datetime,
    profile: str = policy.DEFAULT,
    tell_department_id: UUID | str | None = None,
) -> Clock:
    """Starts the clock `name` of a profile for the department that must act, on that department's calendar.

    `received` is when the department got it; `tell_department_id` is told when the clock is extended.
    """
    row = _profile(profile)
    days = policy.stored(row.data).clock(name).days
    if Clock.objects.filter(subject_kind=subject.kind, subject_id=subject.id, name=name, met_at=None).exists():
        raise Conflict("approvals.clock.runs_already", name=name)
    department = Department.objects.get(pk=department_id)
    clock = Clock.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name[:300],
        name=name,
        profile=row,
        department=department,
        told_id=tell_department_id,
        started=received,
        days=days,
        due=rules.due(queries.calendar_for(department.region_id), received, days=days),
    )
    note_change(clock, "started", None, SYSTEM, "", received)
    return clock


def _profile(code: str) -> PolicyProfile:
    """A fresh database loads the packaged profiles at its first clock."""
    try:
        return queries.profile(code)
    except NotFound:
        load_packaged_profiles(by=SYSTEM)
        return queries.profile(code)


def open_clock(subject: Subject, name: str) -> Clock:
    """The running clock, locked; Conflict when there is none."""
    rows = Clock.objects.select_for_update(of=("self",)).select_related("department", "profile")
    clock = rows.filter(subject_kind=subject.kind, subject_id=subject.id, name=name, met_at=None).first()
    if clock is None:
        raise Conflict("approvals.clock.does_not_run", name=name)
    return clock


def pause_clock(*, subject: Subject, name: str, by: Actor, reason: str, now: datetime | None = None) -> Clock:
    """Stops the days from counting; NotValid unless the profile says that missing papers pause this clock."""
    now = now or utc_now()
    clock = open_clock(subject, name)
    if not policy.stored(clock.profile.data).clock(name).missing_papers_pause:
        raise NotValid("approvals.clock.never_pauses", name=name)
    if clock.paused_at is not None:
        raise Conflict("approvals.clock.paused_already", name=name)
    clock.paused_at = now
    clock.save(update_fields=["paused_at"])
    note_change(clock, "paused", clock.due, by, reason, now)
    return clock


def resume_clock(*, subject: Subject, name: str, by: Actor, now: datetime | None = None) -> Clock:
    """Counts on; the working days of the pause are added."""
    now = now or utc_now()
    clock = open_clock(subject, name)
    if clock.paused_at is None:
        raise Conflict("approvals.clock.not_paused", name=name)
    calendar = queries.calendar_for(clock.department.region_id)
    clock.paused_days += rules.paused_days(calendar, clock.paused_at, now)
    clock.paused_at = None
    recompute(clock, what="resumed", by=by, reason="", now=now)
    return clock


def extend_clock(
    *, subject: Subject, name: str, by: Actor, days: int, reason: str, now: datetime | None = None
) -> Clock:
    """Adds working days, once, at most what the profile allows; `by` is the authority that consents."""
    now = now or utc_now()
    clock = open_clock(subject, name)
    rules.may_consent(by, clock.department.region_id).require()
    faults = rules.extension_faults(policy.stored(clock.profile.data).clock(name), clock.extended, days)
    if faults:
        raise NotValid("approvals.extension.not_valid", faults=faults)
    clock.extended = days
    recompute(clock, what="extended", by=by, reason=reason, now=now)
    if clock.told_id:
        send_message(
            to_person_ids=people.post_holders(clock.told_id, "sharing_head", now).values_list("pk", flat=True),
            code="approvals.message.extended",
            params={"department": clock.department.name, "days": days, "reason": reason},
            subject=subject,
            now=now,
        )
    return clock


def meet_clock(*, subject: Subject, name: str, now: datetime | None = None) -> Clock | None:
    """Ends the clock; None when none runs, since what is done early has no deadline to meet."""
    now = now or utc_now()
    try:
        clock = open_clock(subject, name)
    except Conflict:
        return None
    clock.met_at, clock.paused_at = now, None
    clock.save(update_fields=["met_at", "paused_at"])
    note_change(clock, "met", clock.due, SYSTEM, "", now)
    return clock


def recompute(clock: Clock, *, what: str, by: Actor, reason: str, now: datetime) -> bool:
    """Computes `due` anew, keeps the change and its reason, moves the tasks' dates; whether `due` changed."""
    before = clock.due
    clock.due = rules.due(
        queries.calendar_for(clock.department.region_id),
        clock.started,
        days=clock.days,
        extended=clock.extended,
        paused=clock.paused_days,
    )
    clock.save(update_fields=["due", "extended", "paused_days", "paused_at"])
    if what == "calendar" and clock.due == before:
        return False
    note_change(clock, what, before, by, reason, now)
    Task.objects.filter(clock=clock, closed=None).update(due=clock.due)
    return clock.due != before


def note_change(clock: Clock, what: str, before: datetime | None, by: Actor, reason: str, now: datetime) -> None:
    ClockChange.objects.create(
        clock=clock, what=what, due_before=before, due_after=clock.due, by_name=by.name, reason=reason[:500], at=now
    )
