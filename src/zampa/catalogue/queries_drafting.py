"""Questions about drafting jobs: a department's own only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from zampa.catalogue.models import DraftingJob, DraftingTable
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.identity import queries as people


@dataclass(frozen=True)
class Progress:
    """How far a job is: tables by outcome, how many a minute, and seconds left at that pace (None: cannot be told)."""

    done: int
    total: int
    drafted: int
    there: int
    failed: int
    a_minute: int
    seconds_left: int | None


def drafting_jobs(actor: Actor) -> QuerySet[DraftingJob]:
    rows = DraftingJob.objects.select_related("connection", "department")
    if actor.kind == "system":
        return rows
    return rows.filter(department_id=actor.department) if actor.department else rows.none()


def drafting_job(actor: Actor, job_id: UUID | str) -> DraftingJob:
    return people.one(drafting_jobs(actor), job_id, "catalogue.drafting.not_found")


def tables_of(job: DraftingJob) -> QuerySet[DraftingTable]:
    return DraftingTable.objects.select_related("resource").filter(job=job)


def progress(job: DraftingJob, now: datetime | None = None) -> Progress:
    """Counts from the rows themselves: they are what a killed worker leaves behind."""
    found = dict(tables_of(job).order_by().values_list("state").annotate(n=Count("pk")))
    done = sum(n for state, n in found.items() if state != "waiting")
    ended = job.ended_at or now or utc_now()
    spent = (ended - job.started_at).total_seconds() if job.started_at else 0.0
    pace = done / spent if spent > 0 and done else 0.0
    left = None if job.is_over or not pace else round((job.total - done) / pace)
    return Progress(
        done=done,
        total=job.total,
        drafted=found.get("drafted", 0),
        there=found.get("there", 0),
        failed=found.get("failed", 0),
        a_minute=round(pace * 60),
        seconds_left=left,
    )
