"""Who may decide, when a clock ends, what may be extended. Pure; the reason comes with the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from zampa.approvals.policy import ClockRule
from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.ground.clock import local_date
from zampa.ground.errors import Fault
from zampa.ground.workdays import Calendar, due_moment

NEEDS_REASON = frozenset({"no", "return"})
VERDICTS = frozenset({"yes", "no", "return"})


def may_decide(
    actor: Actor,
    *,
    kind: str,
    department: str,
    post: str,
    person: str,
    decided_before: Iterable[tuple[str, str]],
) -> Answer:
    """Whether `actor` may decide a task; `decided_before` are (step kind, person id) of the same subject's reviews."""
    if actor.kind != "person":
        return refused("approvals.task.people_only")
    if person:
        if actor.id != person:
            return refused("approvals.task.somebody_else")
    elif actor.department != department or post not in actor.posts:
        return refused("approvals.task.other_post", post=post)
    if any(step != kind and who == actor.id for step, who in decided_before):
        return refused("approvals.review.second_step")
    return allowed("approvals.task.yours")


def verdict_faults(verdict: str, reason: str) -> list[Fault]:
    """The reason is asked only when something is refused or returned (Order 809 art. 21: refusal needs reasons)."""
    if verdict not in VERDICTS:
        return [Fault("verdict", "approvals.review.unknown_verdict")]
    if verdict in NEEDS_REASON and not reason.strip():
        return [Fault("reason", "approvals.review.reason_missing")]
    return []


def due(calendar: Calendar, started: datetime, *, days: int, extended: int = 0, paused: int = 0) -> datetime:
    """24:00 Asia/Shanghai of the last working day; the day of the start is not counted."""
    return due_moment(calendar, started, days + extended + paused)


def paused_days(calendar: Calendar, paused_at: datetime, resumed_at: datetime) -> int:
    """Working days lost: those after the day of the pause, up to and with the day of resuming."""
    return max(0, calendar.between(local_date(paused_at), local_date(resumed_at)))


def may_ask_extension(actor: Actor, department: str) -> Answer:
    if actor.kind == "system":
        return allowed("approvals.extension.installation")
    if actor.department != department or not actor.holds("sharing_head", "department_head"):
        return refused("approvals.extension.heads_only")
    return allowed("approvals.extension.allowed")


def may_consent(actor: Actor, region: str) -> Answer:
    """Only the authority whose powers cover the department's region consents (Order 809 art. 17, 21)."""
    if not actor.holds("authority") or region not in actor.governs:
        return refused("approvals.extension.authority_only")
    return allowed("approvals.extension.consent")


def extension_faults(rule: ClockRule, already: int, days: int) -> list[Fault]:
    if rule.extension == 0:
        return [Fault("days", "approvals.extension.none_in_profile")]
    if already:
        return [Fault("days", "approvals.extension.once_only")]
    if not 1 <= days <= rule.extension:
        return [Fault("days", "approvals.extension.too_many", {"limit": rule.extension})]
    return []


def may_edit_calendar(actor: Actor, region: str) -> Answer:
    """A layer is edited by the authority of its region, or by the autonomous region's for a prefecture below."""
    if actor.kind == "system":
        return allowed("approvals.calendar.installation")
    above = region[:2] + "0000"
    if actor.holds("authority") and ({region, above} & actor.governs):
        return allowed("approvals.calendar.authority")
    return refused("approvals.calendar.authority_only")


def may_load_profiles(actor: Actor) -> Answer:
    if actor.kind == "system" or actor.holds("system_admin"):
        return allowed("approvals.profile.allowed")
    return refused("approvals.profile.system_admin_only")


def may_let_go(actor: Actor, person_id: str) -> Answer:
    if actor.kind == "system":
        return allowed("approvals.leaver.installation")
    if not actor.holds("system_admin"):
        return refused("identity.register.system_admin_only")
    if actor.id == person_id:
        return refused("approvals.leaver.not_oneself")
    return allowed("approvals.leaver.allowed")


def read_days(text: str) -> list[date]:
    """Days from lines such as 2026-02-15 or 2026-02-15..2026-02-26; ValueError on any other line or over 100 days."""
    days: list[date] = []
    for line in text.split():
        first, dots, last = line.partition("..")
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if dots else start
        if not 0 <= (end - start).days <= 100:
            raise ValueError(line)
        days += [start + timedelta(days=step) for step in range((end - start).days + 1)]
    return days


def merge_days(off: list[date], works: list[date], cleared: list[date]) -> tuple[dict[date, bool | None], list[Fault]]:
    """One layer's changes by day; a day named twice with different meaning is a fault."""
    merged: dict[date, bool | None] = {}
    faults: list[Fault] = []
    for where, days, value in (("off", off, False), ("works", works, True), ("cleared", cleared, None)):
        for day in days:
            if day in merged and merged[day] is not value:
                faults.append(Fault(where, "approvals.calendar.day_twice", {"day": day.isoformat()}))
            merged[day] = value
    return merged, faults
