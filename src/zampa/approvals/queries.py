"""Questions about what waits: the inbox is one query, its count another look at the same rows."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from zampa.approvals.models import CalendarDay, Clock, ClockChange, Extension, PolicyProfile, Review, Task
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import NotFound
from zampa.ground.workdays import Calendar
from zampa.identity import queries as people


def tasks_for(actor: Actor) -> QuerySet[Task]:
    """Everything that waits for this actor now, the nearest deadline first."""
    mine = Q(person_id=actor.id) if actor.kind == "person" else Q(pk=None)
    if actor.department and actor.posts:
        mine |= Q(person=None, department_id=actor.department, post__in=actor.posts)
    rows = Task.objects.filter(mine, closed=None).select_related("department", "clock__department", "clock__profile")
    return rows.order_by("due", "opened")


def waiting_count(actor: Actor) -> int:
    """How many tasks wait, for the badge of every page."""
    return tasks_for(actor).count()


def task(actor: Actor, task_id: UUID | str) -> Task:
    """One of the actor's open tasks; NotFound for all others."""
    return people.one(tasks_for(actor), task_id, "approvals.task.not_found")


def open_tasks(subject: Subject) -> QuerySet[Task]:
    return Task.objects.filter(subject_kind=subject.kind, subject_id=subject.id, closed=None)


def clock_of(subject: Subject, name: str) -> Clock | None:
    """The open clock of that name, else the last one met."""
    rows = Clock.objects.filter(subject_kind=subject.kind, subject_id=subject.id, name=name)
    return rows.select_related("department").order_by("met_at").last() if not rows.filter(met_at=None).exists() else (
        rows.select_related("department").get(met_at=None)
    )


def clocks_of(subject: Subject) -> QuerySet[Clock]:
    return Clock.objects.filter(subject_kind=subject.kind, subject_id=subject.id).select_related("department")


def changes_of(clock: Clock) -> QuerySet[ClockChange]:
    return ClockChange.objects.filter(clock=clock)


def overdue(now: datetime | None = None) -> QuerySet[Clock]:
    """Open clocks past their due moment; owning rooms' periodic jobs read this."""
    return Clock.objects.filter(met_at=None, paused_at=None, due__lte=now or utc_now())


def layers_for(region_code: str) -> tuple[str, str]:
    """The region codes whose calendar rows apply, lowest layer first: autonomous region, then prefecture."""
    return region_code[:2] + "0000", region_code[:4] + "00"


def calendar_for(region_code: str) -> Calendar:
    """National days with the regional and the prefecture layer on top."""
    regional, prefecture = layers_for(region_code)
    days: dict[str, dict[date, bool]] = {regional: {}, prefecture: {}}
    for region, day, works in CalendarDay.objects.filter(region_id__in=days).values_list("region_id", "day", "works"):
        days[region][day] = works
    return Calendar(tuple(days.values()))


def calendar_days(actor: Actor) -> QuerySet[CalendarDay]:
    """The calendar is public to whoever is signed in: everybody's deadlines hang on it."""
    return CalendarDay.objects.select_related("region")


def working_days_left(clock: Clock, now: datetime | None = None) -> int:
    """Whole working days until the due moment; negative once late."""
    last = local_date(clock.due) if clock.due.tzinfo is None else _last_day(clock)
    return calendar_for(clock.department.region_id).between(local_date(now or utc_now()), last)


def _last_day(clock: Clock) -> date:
    """`due` is 24:00, that is 00:00 of the next day."""
    return date.fromordinal(local_date(clock.due).toordinal() - 1)


def reviews_of(subject: Subject) -> QuerySet[Review]:
    return Review.objects.filter(subject_kind=subject.kind, subject_id=subject.id)


def profile(code: str) -> PolicyProfile:
    """The newest loaded version; NotFound when the code was never loaded."""
    found = PolicyProfile.objects.filter(code=code).order_by("-version").first()
    if found is None:
        raise NotFound("approvals.profile.not_found", code=code)
    return found


def profiles(actor: Actor) -> QuerySet[PolicyProfile]:
    return PolicyProfile.objects.all()


def extensions(actor: Actor) -> QuerySet[Extension]:
    """Asked by one's own department, or waiting for it as authority."""
    if not actor.department:
        return Extension.objects.none()
    mine = Q(clock__department_id=actor.department) | Q(authority_id=actor.department)
    return Extension.objects.filter(mine).select_related("clock__department", "clock__profile", "authority")


def extension(actor: Actor, extension_id: UUID | str) -> Extension:
    return people.one(extensions(actor), extension_id, "approvals.extension.not_found")
