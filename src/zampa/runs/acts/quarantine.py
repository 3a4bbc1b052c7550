"""Rows kept back: sealed under a key of their run, shown to their owner, sent again, deleted after 30 days.

Reading them is an act: they are personal rows, and the law wants to know who looked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from zampa.census.secrets import master_key
from zampa.contracts.actors import SYSTEM, Actor
from zampa.evidence import rows as kept
from zampa.flows.watching import BadRow as Bad
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.ground.ids import new_id
from zampa.identity.acts import send_message
from zampa.identity.queries import post_holders
from zampa.ledger.acts import act
from zampa.runs import queries, rules
from zampa.runs.acts import records
from zampa.runs.acts.starting import start_run
from zampa.runs.events import Event
from zampa.runs.models import BadRow, Run

PAGE = 50


@dataclass(frozen=True)
class Opened:
    """A kept-back row as its owner sees it."""

    place: int
    codes: list[str]
    commitment: str
    key: dict[str, str | None]
    values: dict[str, str | None]


def new_key(run: Run) -> str:
    """A fresh key for the rows of a run, sealed under the master key and bound to the run."""
    return kept.new_key(master_key(), _key_context(run))


def sink(run: Run) -> Callable[[list[Bad]], None]:
    """Takes bad rows from a movement and writes them down sealed."""
    key = kept.open_key(master_key(), run.sealed_key, _key_context(run))

    places = itertools.count(1)

    def keep(rows: list[Bad]) -> None:
        BadRow.objects.bulk_create([_sealed(run, key, row, next(places)) for row in rows])

    return keep


def _sealed(run: Run, key: bytes, row: Bad, place: int) -> BadRow:
    pk = new_id()
    commitment, sealed = kept.seal_row(key, _row_context(pk), row.key, row.values)
    return BadRow(pk=pk, run=run, place=place, codes=list(row.codes), commitment=commitment, sealed=sealed)


@act
def read_quarantine(
    *, by: Actor, run_id: UUID | str, after: int = 0, now: datetime | None = None
) -> list[Opened]:
    """One page of kept-back rows in clear, after the `after`-th; the reading is entered with its count."""
    now = now or utc_now()
    run = queries.run(by, run_id)
    rules.may_read_rows(by, provider=str(run.provider_id)).require()
    rows = queries.bad_rows_of(by, run)
    page = list(rows.filter(place__gt=after)[:PAGE])
    if not page:
        return []
    key = kept.open_key(master_key(), run.sealed_key, _key_context(run))
    records.note(Event.QUARANTINE_READ, by, run, {"rows": len(page)}, now)
    return [_opened(key, row) for row in page]


def _opened(key: bytes, row: BadRow) -> Opened:
    held = kept.open_row(key, _row_context(row.pk), row.sealed)
    return Opened(row.place, row.codes, row.commitment, held.key, held.values)


@act
def replay_quarantine(*, by: Actor, run_id: UUID | str, now: datetime | None = None) -> Run:
    """The rows are mended at the source: move the table again, whole, and forget the kept-back rows when it stands.

    Whole, because a full load is what was granted: one swap brings the mended rows and loses none. Conflict when
    nothing is kept back, or a newer run is on its way.
    """
    now = now or utc_now()
    run = queries.run(by, run_id)
    rules.may_replay(by, provider=str(run.provider_id)).require()
    Run.objects.select_for_update().get(pk=run.pk)
    if not run.grant_live:
        raise Conflict("runs.run.grant_not_live")
    if not run.is_over or not run.bad_rows.exists():
        raise Conflict("runs.quarantine.nothing_kept")
    if Run.objects.filter(delivery=run.delivery, state__in=("waiting", "running", "paused")).exists():
        raise Conflict("runs.quarantine.under_way")
    record = records.note(Event.QUARANTINE_REPLAYED, by, run, {"rows": run.bad_rows.count()}, now)
    return start_run(
        by=by, spec=queries.spec_of(run), delivery_id=run.delivery, cause=record, replays=run, now=now
    )


def settle(run: Run, record: UUID, now: datetime) -> None:
    """At the end of a run: set the day its kept-back rows go, tell their owner, forget what a replay has mended."""
    if not run.bad_rows.exists():
        run.sealed_key = ""
    else:
        run.quarantine_until = now + timedelta(days=rules.KEPT_DAYS)
        people = {
            person
            for post in ("editor", "sharing_head")
            for person in post_holders(run.provider_id, post, now).values_list("pk", flat=True)  # type: ignore[arg-type]
        }
        send_message(
            to_person_ids=people, code="runs.message.quarantined",
            params={"resource": run.resource_name, "rows": run.rows_bad, "days": rules.KEPT_DAYS},
            subject=records.subject_of(run), url_name="runs:quarantine", url_arg=str(run.pk), cause=record, now=now,
        )
    if run.replays is not None:
        forget(run.replays, now)


def forget(run: Run, now: datetime) -> None:
    """Delete the rows and the key that could have opened a copy of them."""
    run.bad_rows.all().delete()
    run.sealed_key, run.quarantine_cleared_at = "", now
    run.save(update_fields=["sealed_key", "quarantine_cleared_at"])


def expire_quarantine(*, now: datetime | None = None) -> int:
    """Delete what was kept back for 30 days; how many runs."""
    now = now or utc_now()
    due = Run.objects.filter(quarantine_until__lte=now, quarantine_cleared_at=None).values_list("pk", flat=True)
    return sum(_expire(by=SYSTEM, run_id=pk, now=now) for pk in list(due))


@act
def _expire(*, by: Actor, run_id: UUID, now: datetime) -> bool:
    run = Run.objects.select_for_update(of=("self",)).select_related("provider").get(pk=run_id)
    if run.quarantine_cleared_at is not None:
        return False
    records.note(Event.QUARANTINE_EXPIRED, by, run, {"rows": run.bad_rows.count()}, now)
    forget(run, now)
    return True


def _key_context(run: Run) -> str:
    return f"runs.run:{run.pk}"


def _row_context(row_id: UUID) -> str:
    return f"runs.bad_row:{row_id}"
