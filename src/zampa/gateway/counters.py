"""What must be remembered between calls: quotas, rates, nonces, verify attempts. Rebuilt from the trail at start,
so that a restart gives nobody a second quota and no replayed call a second chance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, date, datetime

from zampa.contracts.book import BookGrant
from zampa.contracts.calls import Call, CallClosed, CallOpened, TrailRecord
from zampa.evidence.http_signatures import WINDOW_SECONDS
from zampa.gateway.refusals import Refusal
from zampa.ground.clock import local_date, parse_iso

VALUE_SETS_A_DAY = 5
MISSES_TO_ALARM = 20
NONCE_SECONDS = 2 * WINDOW_SECONDS + 60


class Counters:
    """Day counts are of the day in Asia/Shanghai; times are seconds."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.day_ends = 0.0
        self.used: dict[str, int] = {}
        self.minutes: dict[str, deque[float]] = {}
        self.nonces: dict[str, float] = {}
        self.sets: dict[str, set[str]] = {}
        self.misses: dict[str, int] = {}

    def turn(self, now: float) -> None:
        """Begin a new day's counts when `now` is another day."""
        if now < self.day_ends:
            return
        today = local_date(datetime.fromtimestamp(now, UTC))
        self.day_ends = now - (now + 8 * 3600) % 86400 + 86400
        if today != self.day:
            self.day = today
            self.used.clear()
            self.sets.clear()

    def admit(self, grant: BookGrant, now: float) -> None:
        """Count one call; Refusal when the day's or the minute's calls are used up, which counts nothing."""
        self.turn(now)
        if grant.quota_per_day and self.used.get(grant.id, 0) >= grant.quota_per_day:
            raise Refusal("gateway.quota.day", limit=grant.quota_per_day)
        if grant.rate_per_minute:
            times = self.minutes.setdefault(grant.id, deque())
            while times and times[0] <= now - 60:
                times.popleft()
            if len(times) >= grant.rate_per_minute:
                raise Refusal("gateway.quota.minute", limit=grant.rate_per_minute)
            times.append(now)
        self.used[grant.id] = self.used.get(grant.id, 0) + 1

    def spend(self, key: str, nonce: str, now: float) -> None:
        """Use a nonce; Refusal when the same key used it before. Seen ones are forgotten past twice the window."""
        name = f"{key} {nonce}"
        if name in self.nonces:
            raise Refusal("gateway.signature.replayed")
        self.nonces[name] = now
        while self.nonces:
            oldest = next(iter(self.nonces))
            if self.nonces[oldest] > now - NONCE_SECONDS:
                break
            del self.nonces[oldest]

    def attempt(self, grant: str, probe: str, now: float) -> None:
        """Count a verify call's value set; Refusal at the sixth different one for the same key value and day."""
        self.turn(now)
        key, _, value_set = probe.partition(".")
        known = self.sets.setdefault(f"{grant} {key}", set())
        if value_set not in known and len(known) >= VALUE_SETS_A_DAY:
            raise Refusal("gateway.verify.too_many_sets", limit=VALUE_SETS_A_DAY)
        known.add(value_set)

    def judged(self, grant: str, matched: bool) -> bool:
        """Note a verify call's outcome; True when a run of misses has just grown long enough to raise an alarm."""
        self.misses[grant] = 0 if matched else self.misses.get(grant, 0) + 1
        return not matched and self.misses[grant] % MISSES_TO_ALARM == 0

    def rebuild(self, records: Iterable[TrailRecord], now: float) -> None:
        """Take in what the trail says of today and of the last minutes."""
        self.turn(now)
        open_calls: dict[str, CallOpened] = {}
        for record in records:
            if isinstance(record, Call):
                self._seen(record.opened, record.closed, now)
            elif isinstance(record, CallOpened):
                open_calls[record.call] = record
            elif record.call in open_calls:
                self._seen(open_calls.pop(record.call), record, now)
        for opened in open_calls.values():  # answered in part when the gateway was killed: they count
            self._seen(opened, None, now)

    def _seen(self, opened: CallOpened, closed: CallClosed | None, now: float) -> None:
        moment = parse_iso(opened.at)
        at = moment.timestamp()
        if opened.nonce and at > now - NONCE_SECONDS:
            self.nonces[f"{opened.key} {opened.nonce}"] = at
        if not opened.grant or (closed is not None and closed.outcome == "refused"):
            return
        if local_date(moment) == self.day:
            self.used[opened.grant] = self.used.get(opened.grant, 0) + 1
            if opened.probe:
                key, _, value_set = opened.probe.partition(".")
                self.sets.setdefault(f"{opened.grant} {key}", set()).add(value_set)
                self.misses[opened.grant] = 0 if closed and closed.rows else self.misses.get(opened.grant, 0) + 1
        if at > now - 60:
            self.minutes.setdefault(opened.grant, deque()).append(at)


class Bucket:
    """So many a minute, for calls by unknown callers that are put in the trail: nobody can fill the disk."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.level = float(per_minute)
        self.at = 0.0

    def take(self, now: float) -> bool:
        self.level = min(float(self.per_minute), self.level + max(0.0, now - self.at) * self.per_minute / 60)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True
