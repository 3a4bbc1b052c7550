"""What a movement tells while it goes on, when it stops, and what it leaves: progress, bad rows, limits, the result."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from zampa.contracts.deliveries import DeliverySpec
from zampa.ground.errors import Conflict, NotValid

TELL_EVERY = 0.5  # seconds
SINK_ROWS = 500
Phase = Literal["looking", "moving", "quarantining", "comparing", "swapping"]


@dataclass(frozen=True)
class Progress:
    """Where a movement stands; `rate` is rows per second since rows began to move."""

    phase: Phase
    rows_read: int
    rows_written: int
    rows_bad: int
    rate: int


@dataclass(frozen=True)
class BadRow:
    """A row that stays behind: why, its key (columns and values as text), and its granted values, unmasked.

    Held in memory only; whoever writes it down seals it.
    """

    codes: tuple[str, ...]
    key: dict[str, str | None]
    values: dict[str, str | None]


@dataclass(frozen=True)
class MoveResult:
    """The end of a movement. The digests are of what was sent and of what stands in the destination, read back."""

    rows_read: int
    rows_written: int
    rows_bad: int
    digest_sent: str
    digest_stored: str
    algorithm: str
    way: Literal["pushed", "streamed"]
    bad_by_code: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


Sink = Callable[[list[BadRow]], None]


class Watch:
    """Counts rows, tells progress twice a second, asks whether to stop, keeps the limits on bad rows."""

    def __init__(
        self,
        spec: DeliverySpec,
        on_progress: Callable[[Progress], None] | None = None,
        on_bad_rows: Sink | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._spec = spec
        self._tell, self._sink, self._cancelled = on_progress, on_bad_rows, cancelled
        self._held: list[BadRow] = []
        self._began = self._told = time.monotonic()
        self.phase: Phase = "looking"
        self.read = self.written = self.bad = 0
        self.by_code: Counter[str] = Counter()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def enter(self, phase: Phase) -> None:
        self.phase = phase
        if phase == "moving":
            self._began = time.monotonic()
        self.tick(now=True)

    def tick(self, *, now: bool = False) -> None:
        """Between two batches: hand over bad rows, tell, and stop with Conflict when somebody asked for it."""
        moment = time.monotonic()
        if not now and moment - self._told < TELL_EVERY:
            return
        self._told = moment
        if self._cancelled is not None and self._cancelled():
            raise Conflict("flows.cancelled")
        self.flush()
        if self._tell is not None:
            rate = int(self.read / max(moment - self._began, 0.001))
            self._tell(Progress(self.phase, self.read, self.written, self.bad, rate))

    def quarantine(self, rows: Iterable[BadRow]) -> None:
        """Take bad rows in; NotValid as soon as there are more than the spec's count allows."""
        limit = self._spec.max_bad_rows
        for row in rows:
            self.bad += 1
            self.by_code.update(row.codes)
            self._held.append(row)
            if limit is not None and self.bad > limit:
                self.flush()
                raise NotValid("flows.too_many_bad_rows", bad=self.bad, limit=limit)
            if len(self._held) >= SINK_ROWS:
                self.flush()

    def flush(self) -> None:
        held, self._held = self._held, []
        if held and self._sink is not None:
            self._sink(held)

    def finish(self) -> None:
        """All rows are read: hand over the last bad ones and hold their share against its limit."""
        self.flush()
        limit = self._spec.max_bad_share_percent
        if limit is not None and self.bad * 100 > limit * self.read:
            share = -(-self.bad * 100 // max(self.read, 1))
            raise NotValid("flows.too_great_a_bad_share", bad=self.bad, rows=self.read, share=share, limit=limit)
