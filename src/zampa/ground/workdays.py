"""Working days on a layered calendar: national, then regional, then prefecture; the last layer wins.

The national layer is the State Council's yearly notice as `chinesecalendar` carries it; beyond its last
year, Monday to Friday counts until the notice is known. Order 809 counts every deadline in working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import chinese_calendar

from zampa.ground.clock import SHANGHAI, local_date

LONGEST = 3660  # days looked ahead before a calendar without working days is called wrong


@lru_cache(maxsize=8192)
def national_workday(day: date) -> bool:
    """Whether the State Council's notice makes `day` a working day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@dataclass(frozen=True)
class Calendar:
    """Days that differ from the national layer, lowest layer first; True means people work."""

    layers: tuple[Mapping[date, bool], ...] = field(default_factory=tuple)

    def is_workday(self, day: date) -> bool:
        for layer in reversed(self.layers):
            if day in layer:
                return layer[day]
        return national_workday(day)

    def add(self, start: date, days: int) -> date:
        """The last of `days` working days after `start`, which itself is not counted."""
        day = start
        for _ in range(LONGEST):
            if days <= 0:
                return day
            day += timedelta(days=1)
            if self.is_workday(day):
                days -= 1
        raise ValueError("a calendar without working days")

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        count = (end - start).days
        return sum(self.is_workday(start + timedelta(days=step)) for step in range(1, count + 1))


def due_moment(calendar: Calendar, received: datetime, days: int) -> datetime:
    """24:00 Asia/Shanghai of the last working day; the day of receipt is not counted."""
    last = calendar.add(local_date(received), days)
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=SHANGHAI)
