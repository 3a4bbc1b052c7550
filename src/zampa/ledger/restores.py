"""The log after a restore: held until those who watched it have said what they hold, then a new epoch names the gap.

Going on at once would sign other states at sizes that gateways already hold signed: a fork. So `begin` holds the log,
`note_told` gathers what gateways hand over, `end` opens the epoch. A gateway that speaks only later, and knows of more,
is heard as well: one more epoch names what the first could not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from zampa.contracts.book import Signed
from zampa.evidence.checkpoints import EpochStatement
from zampa.ground.clock import utc_now
from zampa.ledger import models
from zampa.ledger.acts import act
from zampa.ledger.sequencer import hold_the_log, sequence_pending
from zampa.ledger.steps import newest_lost, open_epoch

ARCHIVE = "archive"


def begin(known: Iterable[Signed], wait: timedelta, now: datetime | None = None) -> models.Restore:
    """Hold the log for `wait` at most. `known`: checkpoints at hand (the archive's, the replaced database's)."""
    now = now or utc_now()
    models.Restore.objects.filter(ended_at=None).update(ended_at=now)  # one that was held when the archive was made
    told = {f"{ARCHIVE}-{number}": _text(signed) for number, signed in enumerate(known)}
    return models.Restore.objects.create(begun_at=now, until=now + wait, told=told)


def waiting() -> models.Restore | None:
    """The restore that still holds the log, if any."""
    return models.Restore.objects.filter(ended_at=None).order_by("id").last()


@act
def note_told(*, teller: str, signed: Signed | None, now: datetime | None = None) -> set[str]:
    """`teller` holds `signed` as the newest checkpoint it knows, or none. Who has spoken while the log is held.

    When the log is not held and this names records that it lost unnoticed, a new epoch says so at once.
    """
    held = models.Restore.objects.select_for_update().filter(ended_at=None).order_by("id").last()
    if held is None:
        if signed is not None and newest_lost([signed]) is not None:
            open_epoch(known=[signed], reason="told", now=now)
        return set()
    held.told = {**held.told, teller: _text(signed)}
    held.save(update_fields=["told"])
    return set(held.told)


def end(now: datetime | None = None) -> EpochStatement | None:
    """Open the new epoch with all that was told, and put what waits in order; None when nothing was held."""
    statement = _end(now=now)
    sequence_pending(now)
    return statement


def end_overdue(now: datetime | None = None) -> EpochStatement | None:
    """End a restore whose time to wait is over."""
    held = waiting()
    return end(now) if held is not None and held.until <= (now or utc_now()) else None


@act
def _end(*, now: datetime | None = None) -> EpochStatement | None:
    hold_the_log()
    held = models.Restore.objects.select_for_update().filter(ended_at=None).order_by("id").last()
    if held is None:
        return None
    known = [msgspec.json.decode(text, type=Signed) for text in held.told.values() if text]
    statement = open_epoch(known=known, now=now)
    models.Restore.objects.filter(ended_at=None).update(ended_at=now or utc_now())
    return statement


def _text(signed: Signed | None) -> str:
    return msgspec.json.encode(signed).decode() if signed is not None else ""
