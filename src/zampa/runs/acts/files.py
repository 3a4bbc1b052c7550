"""Delivered files: fetched by the requester, kept 30 days at the centre."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from zampa.contracts.actors import SYSTEM, Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import NotFound
from zampa.ledger.acts import act
from zampa.runs import queries, rules
from zampa.runs.acts import moving, records
from zampa.runs.events import Event
from zampa.runs.models import Run


@act
def fetch_file(*, by: Actor, run_id: UUID | str, name: str, now: datetime | None = None) -> Path:
    """Where the file lies, its fetching entered with its digest; NotFound for a name the run did not make."""
    now = now or utc_now()
    run = queries.run(by, run_id)
    rules.may_fetch(by, requester=str(run.requester_id)).require()
    known = {str(file["name"]): file for file in run.files}
    path = moving.folder_of(run) / name
    if name not in known or not path.is_file():
        raise NotFound("runs.file.not_found")
    records.note(Event.FILE_FETCHED, by, run, {"file": name, "sha256": known[name]["sha256"]}, now)
    return path


def expire_files(*, now: datetime | None = None) -> int:
    """Delete files that were kept for 30 days; how many runs. The requester holds them, and may ask again."""
    now = now or utc_now()
    due = Run.objects.filter(files_until__lte=now).values_list("pk", flat=True)
    return sum(_expire(by=SYSTEM, run_id=pk, now=now) for pk in list(due))


@act
def _expire(*, by: Actor, run_id: UUID, now: datetime) -> bool:
    run = Run.objects.select_for_update(of=("self",)).select_related("provider").get(pk=run_id)
    if run.files_until is None or run.files_until > now:
        return False
    moving.drop_files(run)
    run.files_until = None
    run.save(update_fields=["files_until"])
    records.note(Event.FILE_EXPIRED, by, run, {"files": len(run.files)}, now)
    return True
