"""Cataloguing a whole database by one job."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from ninja import Router, Schema, Status

from zampa.catalogue import queries_drafting as queries
from zampa.catalogue.acts import bulk
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import DraftingJob, DraftingTable

router = Router()
MOST = 5_000


class DraftingIn(Schema):
    """`tables`: "schema/name" each; none = every table of the connection."""

    connection_id: UUID
    tables: list[str] = []


class DraftingOut(Schema):
    id: UUID
    state: str
    total: int
    asked_at: datetime
    ended_at: datetime | None
    problem: str
    progress: dict[str, int | None]

    @staticmethod
    def resolve_progress(job: DraftingJob) -> dict[str, int | None]:
        return asdict(queries.progress(job))


class DraftingTableOut(Schema):
    name: str
    comment: str
    state: str
    resource_id: UUID | None
    items: int
    milliseconds: int
    problem: str


@router.post("/drafting", response={201: DraftingOut})
def draft_database(request: StaffCall, given: DraftingIn) -> Status[DraftingJob]:
    """A draft of every table named, by one job."""
    made = bulk.draft_database(by=request.actor, connection_id=given.connection_id, tables=given.tables)
    return Status(201, made)


@router.get("/drafting/{uuid:job_id}", response=DraftingOut)
def drafting_job(request: StaffCall, job_id: UUID) -> DraftingJob:
    """How far it is."""
    return queries.drafting_job(request.actor, job_id)


@router.get("/drafting/{uuid:job_id}/tables", response=list[DraftingTableOut])
def drafting_tables(request: StaffCall, job_id: UUID) -> list[DraftingTable]:
    """The outcome of each table."""
    return list(queries.tables_of(queries.drafting_job(request.actor, job_id))[:MOST])


@router.post("/drafting/{uuid:job_id}/stop", response=DraftingOut)
def stop_drafting(request: StaffCall, job_id: UUID) -> DraftingJob:
    """Stop after the table at hand."""
    return bulk.stop_drafting(by=request.actor, job_id=job_id)


@router.post("/drafting/{uuid:job_id}/resume", response=DraftingOut)
def resume_drafting(request: StaffCall, job_id: UUID, again: bool = False) -> DraftingJob:
    """Go on with what is left; with `again` also with what failed."""
    return bulk.resume_drafting(by=request.actor, job_id=job_id, again=again)
