"""What rulings add up to, when to judge again, and who may see what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.contracts.quality import DIMENSIONS

# How often the whole table is judged under each declared update cycle; OPEN: no text sets it.
EVERY: Mapping[str, timedelta] = {
    "realtime": timedelta(days=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=7),
}
SELDOM = timedelta(days=30)
SAMPLES_KEPT_DAYS = 30  # as rows in quarantine (design 7, raw rows at the centre)
JUDGEMENTS_KEPT = 400  # of one entry
PERFECT = 1000  # tenths of a percent


class Told(msgspec.Struct, frozen=True):
    """What of a ruling is added up: rows judged, rows failing, failures let pass in percent, whether it ran at all."""

    dimension: str
    checked: int
    failed: int
    tolerance_percent: float = 0.0
    ran: bool = True

    @property
    def held(self) -> bool | None:
        """Kept within its tolerance; None when it did not run."""
        return self.failed * 100 <= self.tolerance_percent * self.checked if self.ran else None


def scores(told: Iterable[Told], answered: tuple[int, int] = (0, 0)) -> tuple[dict[str, int], int | None]:
    """Per dimension the mean of its rules' shares of good rows, in tenths of a percent, and the mean of the dimensions.

    A rule that judged no row says nothing. `answered`: looks at the source that went well, of how many; they are
    the dimension "accessible". Shares are rounded down: only what has no failing row is 100.
    """
    shares: dict[str, list[int]] = {}
    for one in told:
        if one.ran and one.checked:
            shares.setdefault(one.dimension, []).append(PERFECT * (one.checked - one.failed) // one.checked)
    if answered[1]:
        shares.setdefault("accessible", []).append(PERFECT * answered[0] // answered[1])
    found: dict[str, int] = {name: sum(shares[name]) // len(shares[name]) for name in DIMENSIONS if name in shares}
    return found, sum(found.values()) // len(found) if found else None


def tone(share: int) -> str:
    """The colour word of a score in tenths: good, lag or late."""
    return "good" if share >= 990 else "lag" if share >= 900 else "late"


def may_state_rules(actor: Actor, provider: str) -> Answer:
    """Rules are stated by those who keep the entry."""
    if not provider or actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("editor", "sharing_head"):
        return refused("catalogue.access.needs_editor")
    return allowed("catalogue.access.editor")


def may_see_rows(actor: Actor, provider: str) -> Answer:
    """Rows that fail are their owner's: its editors, its office head and its head see them, nobody else."""
    if not provider or actor.department != provider:
        return refused("catalogue.quality.owner_only")
    if not actor.holds("editor", "sharing_head", "department_head"):
        return refused("catalogue.access.needs_editor")
    return allowed("catalogue.quality.owner")
