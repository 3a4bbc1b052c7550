"""What a look makes of an attachment: live, stale or broken; and when to look again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

# How old the newest row may be under each declared update cycle: the cycle and the grace a clerk needs to load it.
# OPEN: no text sets the grace; the cycles are the guide's. Irregular and never-updated data cannot be late.
OLDEST: Mapping[str, timedelta] = {
    "realtime": timedelta(days=1),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=9),
    "monthly": timedelta(days=40),
    "quarterly": timedelta(days=110),
    "half_yearly": timedelta(days=200),
    "yearly": timedelta(days=400),
}
EVERY = timedelta(hours=6)
FIRST_AGAIN = timedelta(minutes=15)
WORSE: Mapping[str, int] = {"live": 0, "approved": 0, "stale": 1, "broken": 2}
BREAKING = frozenset({"gone", "type"})


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The state and, unless it is live, why."""

    state: str
    problem: str = ""
    params: dict[str, str] = {}


def verdict(
    *,
    problem: str,
    params: Mapping[str, str],
    differences: Sequence[tuple[str, str, str]],
    newest: datetime | None,
    cycle: str,
    now: datetime,
) -> Verdict:
    """What does not answer or lost a column is broken; what is older than its cycle allows is stale; else live.

    Data whose newest row is not known cannot be called stale: the page says that no time item was chosen.
    """
    if problem:
        return Verdict(state="broken", problem=problem, params=dict(params))
    lost = [column for column, kind, _ in differences if kind in BREAKING]
    if lost:
        return Verdict(state="broken", problem="catalogue.probe.columns", params={"columns": "、".join(lost[:5])})
    late = late_by(newest, cycle, now)
    if late is not None and newest is not None:
        days = {"days": str((now - newest).days), "allowed": str(OLDEST[cycle].days)}
        return Verdict(state="stale", problem="catalogue.probe.stale", params=days)
    return Verdict(state="live")


def late_by(newest: datetime | None, cycle: str, now: datetime) -> timedelta | None:
    """How far the newest row is behind what the cycle allows; None when it is not, or cannot be told."""
    oldest = OLDEST.get(cycle)
    if newest is None or oldest is None or now - newest <= oldest:
        return None
    return now - newest - oldest


def next_look(state: str, failures: int, now: datetime) -> datetime:
    """Every six hours; what is broken sooner at first (it may be mended), then less and less often up to that."""
    if state != "broken":
        return now + EVERY
    wait: timedelta = FIRST_AGAIN * 2 ** max(0, min(failures - 1, 10))
    return now + min(EVERY, wait)


def worse(one: str, other: str) -> str:
    """The worse of two states, for the word of a day."""
    return max(one, other, key=lambda state: WORSE.get(state, 0))
