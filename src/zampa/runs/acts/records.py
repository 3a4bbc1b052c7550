"""What every act on a run does alike: name it, enter it, tell the room that asked for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.desk.deferring import defer
from zampa.ledger.acts import enter
from zampa.runs.events import Event
from zampa.runs.models import Run

PERFORM = "runs.perform_run"
FINISHED = "exchange.run_finished"


def subject_of(run: Run) -> Subject:
    return Subject("runs.run", str(run.pk), run.resource_name)


def note(event: Event, by: Actor, run: Run, facts: dict[str, object], now: datetime) -> UUID:
    """One record; the parties and the provider's authority may read its body. No value of a row is in it."""
    return enter(
        event=event,
        by=by,
        subject=subject_of(run),
        parties=[str(run.requester_id), str(run.provider_id)],
        regions=[run.provider.region_id],
        facts={"delivery": str(run.delivery), **facts},
        cause=run.cause,
        at=now,
    )


def queue(run: Run, seconds: int = 0) -> None:
    """The run will be performed; one job of it waits at most."""
    defer(PERFORM, once=f"run:{run.pk}", seconds=seconds, run_id=str(run.pk))


def tell_finished(run: Run) -> None:
    """The delivery learns of the end by a job in the same transaction."""
    defer(FINISHED, run_id=str(run.pk))
