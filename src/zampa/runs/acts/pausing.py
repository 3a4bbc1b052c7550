"""A run asks the catalogue for its source before it starts: one that is broken holds the run, with the reason, until it
is mended; the run then goes on by itself. A pause is no attempt and no failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from zampa.catalogue import acts as catalogue_acts
from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Attachment
from zampa.contracts.actors import SYSTEM, Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.ledger.acts import act
from zampa.runs.acts import records
from zampa.runs.events import Event
from zampa.runs.models import Run

FRESH = timedelta(minutes=15)


def pause_if_ailing(run_id: UUID | str, *, fresh: bool = False) -> Run | None:
    """The run, paused, when its source is broken; None when it may go on. A look older than `FRESH` is made anew, so
    that a column dropped in the evening does not fail a run at midnight."""
    run = Run.objects.select_related("provider", "requester").filter(pk=run_id).first()
    if run is None or run.is_over or run.cancel_asked_at is not None:
        return None
    made = catalogue.attachment_for_runs(run.resource)
    if made is None:
        return None  # nothing is attached any more: the run says so and ends
    if fresh or (made.probed_at is not None and utc_now() - made.probed_at > FRESH):
        try:
            catalogue_acts.probe_attachment(attachment_id=made.pk)
        except Conflict:
            return None
        made.refresh_from_db()
    if _readable(made):
        return None
    return _pause(by=SYSTEM, run=run, made=made)


def _readable(made: Attachment) -> bool:
    return made.state != Attachment.State.BROKEN and made.resource.online_state != "off"


@act
def _pause(*, by: Actor, run: Run, made: Attachment) -> Run:
    now = utc_now()
    held = Run.objects.select_for_update(of=("self",)).select_related("provider", "requester").get(pk=run.pk)
    first = held.state != Run.State.PAUSED
    held.state, held.next_at, held.phase, held.rate = Run.State.PAUSED, None, "", 0
    broken = made.state == Attachment.State.BROKEN
    held.error_code = (made.problem or "catalogue.attachment.state.broken") if broken else "catalogue.online.off"
    held.error_params = made.problem_params if broken else {}
    held.save(update_fields=["state", "next_at", "phase", "rate", "error_code", "error_params"])
    if first:
        records.note(Event.RUN_PAUSED, by, held, {"attachment": str(made.pk), "problem": made.problem}, now)
    return held


def resumable(now: datetime) -> list[Run]:
    """Paused runs whose source answers again, or is not attached any more (they then end with that reason): waiting."""
    paused = list(Run.objects.select_related("provider", "requester").filter(state=Run.State.PAUSED)[:500])
    states = {resource: catalogue.attachment_for_runs(resource) for resource in {run.resource for run in paused}}
    mended = [run for run in paused if (made := states[run.resource]) is None or _readable(made)]
    return [_resume(by=SYSTEM, run=run, now=now) for run in mended]


@act
def _resume(*, by: Actor, run: Run, now: datetime) -> Run:
    run.state, run.error_code, run.error_params = Run.State.WAITING, "", {}
    run.save(update_fields=["state", "error_code", "error_params"])
    records.note(Event.RUN_RESUMED, by, run, {}, now)
    return run
