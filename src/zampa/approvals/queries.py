"""Questions about what waits: the inbox is one query, its count another look at the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

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


def clocks(actor: Actor) -> QuerySet[Clock]:
    """Clocks that run for one's own department or that it waits for; an authority's also of those it governs."""
    rows = Clock.objects.select_related("department", "profile")
    if actor.kind == "system":
        return rows
    mine = Q(pk=None)
    if actor.department:
        mine |= Q(department_id=actor.department) | Q(told_id=actor.department)
    if actor.holds("authority") and actor.governs:
        mine |= Q(department__region_id__in=actor.governs)
    return rows.filter(mine)


def clock(actor: Actor, clock_id: UUID | str) -> Clock:
    return people.one(clocks(actor), clock_id, "approvals.clock.not_found")


def clock_of(subject: Subject, name: str) -> Clock | None:
    """The open clock of that name, else the last one met."""
    rows = Clock.objects.filter(subject_kind=subject.kind, subject_id=subject.id, name=name)
    return rows.select_related("department").order_by(F("met_at").desc(nulls_first=True)).first()


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
    return calendars_for({region_code})[region_code]


def calendars_for(region_codes: Iterable[str]) -> dict[str, Calendar]:
    """The calendar of each region, in one query."""
    layers = {code: layers_for(code) for code in region_codes}
    days: dict[str, dict[date, bool]] = {layer: {} for pair in layers.values() for layer in pair}
    rows = CalendarDay.objects.filter(region_id__in=days) if days else CalendarDay.objects.none()
    for region, day, works in rows.values_list("region_id", "day", "works"):
        days[region][day] = works
    return {code: Calendar(tuple(days[layer] for layer in pair)) for code, pair in layers.items()}


def calendar_days(actor: Actor) -> QuerySet[CalendarDay]:
    """The calendar is public to whoever is signed in: everybody's deadlines hang on it."""
    return CalendarDay.objects.select_related("region")


def working_days_left(clock: Clock, now: datetime | None = None) -> int:
    """Whole working days until the due moment; negative once late."""
    return calendar_for(clock.department.region_id).between(local_date(now or utc_now()), last_day(clock))


def last_day(clock: Clock) -> date:
    """`due` is 24:00 of this day, that is 00:00 of the next."""
    return local_date(clock.due) - timedelta(days=1)


def inbox(actor: Actor, limit: int | None = None, now: datetime | None = None) -> list[Task]:
    """The tasks that wait, each clock with `days_left`: two queries however long the list."""
    tasks = list(tasks_for(actor)[:limit] if limit else tasks_for(actor))
    count_days([task.clock for task in tasks if task.clock is not None], now)
    return tasks


def count_days(clocks: Iterable[Clock], now: datetime | None = None) -> None:
    """Sets `days_left` on every clock (with its department), reading the calendar layers once."""
    shown = list(clocks)
    today = local_date(now or utc_now())
    codes = {clock.department.region_id for clock in shown}
    calendars = calendars_for(codes)
    for clock in shown:
        calendar = calendars[clock.department.region_id]
        clock.days_left = calendar.between(today, last_day(clock))  # type: ignore[attr-defined]


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
