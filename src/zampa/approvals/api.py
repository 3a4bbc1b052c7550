"""Tasks, clocks, calendars and profiles as JSON. Deciding happens at the room that owns the subject."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zampa.approvals import acts, queries
from zampa.approvals.models import CalendarDay, Clock, Extension, PolicyProfile, Task
from zampa.contracts.actors import Actor
from zampa.identity import queries as people

router = Router(tags=["approvals"])


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class TaskOut(Schema):
    id: UUID
    kind: str
    post: str
    subject_kind: str
    subject_id: str
    subject_name: str
    opened: datetime
    due: datetime | None
    working_days_left: int | None

    @staticmethod
    def resolve_working_days_left(row: Task) -> int | None:
        return getattr(row.clock, "days_left", None)


class ClockOut(Schema):
    id: UUID
    name: str
    subject_kind: str
    subject_id: str
    subject_name: str
    department: UUID
    profile: str
    started: datetime
    days: int
    extended: int
    paused_days: int
    due: datetime
    paused_at: datetime | None
    met_at: datetime | None

    @staticmethod
    def resolve_department(row: Clock) -> UUID:
        return row.department_id

    @staticmethod
    def resolve_profile(row: Clock) -> str:
        return f"{row.profile.code}/{row.profile.version}"


class DayOut(Schema):
    region: str
    day: date
    works: bool
    note: str

    @staticmethod
    def resolve_region(row: CalendarDay) -> str:
        return row.region_id


class DayIn(Schema):
    day: date
    works: bool | None


class CalendarIn(Schema):
    """`works`: true people work, false they do not, null the layer says nothing of that day any more."""

    region_code: str
    days: list[DayIn]
    note: str


class ProfileOut(Schema):
    id: UUID
    code: str
    version: int
    title: str
    digest: str
    data: dict[str, object]


class ExtensionIn(Schema):
    days: int
    reason: str


class AnswerIn(Schema):
    verdict: str
    reason: str = ""


class ExtensionOut(Schema):
    id: UUID
    clock: UUID
    days: int
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    answered_at: datetime | None

    @staticmethod
    def resolve_clock(row: Extension) -> UUID:
        return row.clock_id


class Tasks(Schema):
    items: list[TaskOut]
    count: int


class Days(Schema):
    items: list[DayOut]
    next: str


class Clocks(Schema):
    items: list[ClockOut]
    next: str


@router.get("/tasks", response=Tasks)
def tasks(request: Asked, limit: int = 50) -> dict[str, object]:
    """What waits for the caller, the nearest deadline first."""
    items = queries.inbox(request.actor, max(1, min(limit, 200)))
    return {"items": items, "count": queries.waiting_count(request.actor)}


@router.get("/clocks", response=Clocks)
def clocks(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.clocks(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/clocks/{clock_id}", response=ClockOut)
def clock(request: Asked, clock_id: UUID) -> Clock:
    return queries.clock(request.actor, clock_id)


@router.post("/clocks/{clock_id}/extensions", response={201: ExtensionOut})
def ask_extension(request: Asked, clock_id: UUID, given: ExtensionIn) -> Extension:
    return acts.ask_extension(by=request.actor, clock_id=clock_id, days=given.days, reason=given.reason)


@router.get("/extensions/{extension_id}", response=ExtensionOut)
def extension(request: Asked, extension_id: UUID) -> Extension:
    return queries.extension(request.actor, extension_id)


@router.post("/extensions/{extension_id}/answer", response=ExtensionOut)
def answer_extension(request: Asked, extension_id: UUID, given: AnswerIn) -> Extension:
    return acts.answer_extension(
        by=request.actor, extension_id=extension_id, verdict=given.verdict, reason=given.reason
    )


@router.get("/calendar", response=Days)
def calendar(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.calendar_days(request.actor), after, limit)
    return {"items": items, "next": more}


@router.post("/calendar", response={200: dict[str, int]})
def set_calendar_days(request: Asked, given: CalendarIn) -> dict[str, int]:
    """Sets days of one layer; answers how many open clocks moved."""
    days = {entry.day: entry.works for entry in given.days}
    moved = acts.set_calendar_days(by=request.actor, region_code=given.region_code, days=days, note=given.note)
    return {"clocks_moved": moved}


@router.get("/profiles", response=list[ProfileOut])
def profiles(request: Asked) -> list[PolicyProfile]:
    return list(queries.profiles(request.actor)[:200])
