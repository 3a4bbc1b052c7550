"""Runs as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Router, Schema

from zampa.contracts.actors import Actor
from zampa.runs import acts, queries
from zampa.runs.models import Run

router = Router(tags=["runs"])
MOST = 200


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class FileOut(Schema):
    name: str
    bytes: int
    sha256: str


class RunOut(Schema):
    id: UUID
    delivery: UUID
    resource: UUID
    resource_name: str
    provider: UUID
    requester: UUID
    mode: str
    state: str
    phase: str
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_read: int
    rows_written: int
    rows_bad: int
    rate: int
    bad_by_code: dict[str, int]
    algorithm: str
    digest_sent: str
    digest_stored: str
    error_code: str
    error_params: dict[str, Any]
    files: list[FileOut]
    replays: UUID | None

    @staticmethod
    def resolve_provider(row: Run) -> UUID:
        return row.provider_id

    @staticmethod
    def resolve_requester(row: Run) -> UUID:
        return row.requester_id

    @staticmethod
    def resolve_replays(row: Run) -> UUID | None:
        return row.replays_id


class BadRowOut(Schema):
    place: int
    codes: list[str]
    commitment: str
    key: dict[str, str | None]
    values: dict[str, str | None]


@router.get("", response=list[RunOut], summary="Runs of one's own deliveries, newest first")
def listed(
    request: Asked, state: str = "", delivery: UUID | None = None, before: UUID | None = None, limit: int = 50
) -> Any:
    rows = queries.runs_of(request.actor).order_by("-id")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(delivery=delivery) if delivery else rows
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows[: max(1, min(limit, MOST))])


@router.get("/{run_id}", response=RunOut, summary="One run with its progress and digests")
def shown(request: Asked, run_id: UUID) -> Any:
    return queries.run(request.actor, run_id)


@router.get("/{run_id}/quarantine", response=list[BadRowOut], summary="Rows kept back, for their owner; entered")
def quarantine(request: Asked, run_id: UUID, after: int = 0) -> Any:
    return acts.read_quarantine(by=request.actor, run_id=run_id, after=after)


@router.post("/{run_id}/cancel", response=RunOut, summary="Stop a run; the destination stays as it was")
def cancel(request: Asked, run_id: UUID) -> Any:
    return acts.cancel_run(by=request.actor, run_id=run_id)


@router.post("/{run_id}/replay", response=RunOut, summary="Send again after the rows were mended")
def replay(request: Asked, run_id: UUID) -> Any:
    return acts.replay_quarantine(by=request.actor, run_id=run_id)


@router.get("/{run_id}/files/{name}", summary="A delivered file, for the requester; entered")
def file(request: Asked, run_id: UUID, name: str) -> FileResponse:
    place = acts.fetch_file(by=request.actor, run_id=run_id, name=name)
    return FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
