"""A run is started for a delivery, and may be stopped by either party while it goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from zampa.contracts.actors import Actor
from zampa.contracts.deliveries import DeliverySpec
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.ledger.acts import act
from zampa.runs import queries, rules
from zampa.runs.acts import lineage, records
from zampa.runs.events import Event
from zampa.runs.models import Run


@act
def start_run(
    *, by: Actor, spec: DeliverySpec, delivery_id: UUID | str, cause: UUID | None = None,
    replays: Run | None = None, now: datetime | None = None,
) -> Run:
    """Queue one movement. The record of the act that asks (`cause`) carries the decision; this makes none."""
    rules.may_start(by, requester=spec.requester, provider=spec.provider).require()
    run = Run.objects.create(
        delivery=delivery_id,
        cause=cause,
        resource=spec.resource,
        grant=spec.grant,
        resource_name=spec.resource_name,
        provider_id=spec.provider,
        requester_id=spec.requester,
        spec=msgspec.to_builtins(spec),
        mode=spec.mode,
        created_at=now or utc_now(),
        replays=replays,
    )
    records.queue(run)
    return run


def note_grant(*, grant_id: UUID | str, live: bool) -> int:
    """The grant was ended or suspended, or lives again; how many runs are of it. No record: the outer act has one.

    Without a live grant nothing of it is tried again or sent again (design promise 2).
    """
    return Run.objects.filter(grant=grant_id).update(grant_live=live)


@act
def cancel_run(*, by: Actor, run_id: UUID | str, now: datetime | None = None) -> Run:
    """A waiting run ends at once, a running one at its next batch; the destination stays as it was."""
    now = now or utc_now()
    run = queries.run(by, run_id)
    rules.may_cancel(by, requester=str(run.requester_id), provider=str(run.provider_id)).require()
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.is_over:
        raise Conflict("runs.run.over", state=held.state)
    run.state = held.state
    run.cancel_asked_at = now
    if run.state in (Run.State.WAITING, Run.State.PAUSED):
        run.state, run.finished_at = Run.State.CANCELLED, now
        records.note(Event.RUN_CANCELLED, by, run, {}, now)
        lineage.note_over(run, now)
        records.tell_finished(run)
    else:
        records.note(Event.RUN_CANCEL_ASKED, by, run, {}, now)
    run.save(update_fields=["state", "cancel_asked_at", "finished_at"])
    return run
