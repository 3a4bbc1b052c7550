"""What a run tells other tools, in the words of OpenLineage: begun, done, failed, given up."""

from __future__ import annotations

from datetime import datetime

from zampa.catalogue import acts as catalogue
from zampa.catalogue.emitting import Told
from zampa.runs import queries
from zampa.runs.models import Run

ENDS = {"done": "COMPLETE", "failed": "FAIL", "cancelled": "ABORT"}


def note_begun(run: Run, at: datetime) -> None:
    """Once a run, however often it is tried again."""
    if run.attempt == 1:
        _note(run, "START", at)


def note_over(run: Run, at: datetime) -> None:
    _note(run, ENDS[run.state], at)


def _note(run: Run, type: str, at: datetime) -> None:
    fields = [(one.name, one.type) for one in queries.spec_of(run).fields]
    told = Told(
        kind="delivery", type=type, run=run.pk, about=run.delivery, resource=run.resource, at=at, fields=fields,
        rows=run.rows_written if type == "COMPLETE" else None, error=run.error_code if type == "FAIL" else "",
    )  # fmt: skip
    catalogue.note_lineage(told, provider_id=run.provider_id, requester_id=run.requester_id)
