"""Cataloguing a whole database in one job: every table becomes a draft or says why not; killed, it goes on from there.

A table is one transaction: its draft, its record in the ledger and its row of the job come together or not at all. The
source is read outside any transaction. What a table fails for stops no other; a source that is silent three times in a
row stops the job, which a person then takes up again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from zampa.catalogue import queries_drafting as queries
from zampa.catalogue import rules
from zampa.catalogue.acts import reflecting
from zampa.catalogue.acts.drafts import Draft, draft_resource
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, ClassNode, DraftingJob, DraftingTable, Resource
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.actors import Actor, Subject
from zampa.contracts.schemas import TableRef
from zampa.desk.deferring import defer
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid, Unavailable, ZampaError
from zampa.identity.queries import actor_of
from zampa.ledger.acts import act, enter

CARRY_OUT = "catalogue.draft_tables"
MOST = 5_000
SILENCES = 3
DEAD = timedelta(seconds=60)
log = logging.getLogger(__name__)


def draft_database(
    *, by: Actor, connection_id: UUID | str, tables: Sequence[str] = (), now: datetime | None = None
) -> DraftingJob:
    """Ask for drafts of these tables ("schema/name"; none named = all) of one connection. The source is asked for its
    tables before the transaction opens."""
    source = reflecting.may_reflect(by=by, connection_id=connection_id)
    endpoint = census.endpoint_of(connection_id)
    found = connector(endpoint.engine, census.address_policy(connection_id)).tables(endpoint)
    chosen = [one for one in found if not tables or key_of(one) in set(tables)]
    if unknown := set(tables) - {key_of(one) for one in found}:
        raise NotValid(
            "catalogue.drafting.unknown_table",
            faults=[Fault("tables", "catalogue.drafting.unknown_table", {"table": one}) for one in sorted(unknown)],
        )
    if not chosen or len(chosen) > MOST:
        raise NotValid(
            "catalogue.drafting.how_many",
            faults=[Fault("tables", "catalogue.drafting.how_many", {"count": len(chosen), "most": MOST})],
        )
    return _asked(by=by, source_id=source.pk, source_name=source.name, chosen=chosen, now=now or utc_now())


def key_of(table: TableRef) -> str:
    return f"{table.schema}/{table.name}"


@act
def _asked(*, by: Actor, source_id: UUID, source_name: str, chosen: Sequence[TableRef], now: datetime) -> DraftingJob:
    if DraftingJob.objects.filter(connection_id=source_id, state__in=("waiting", "running")).exists():
        raise Conflict("catalogue.drafting.open", name=source_name)
    job = DraftingJob.objects.create(
        department_id=by.department,
        connection_id=source_id,
        person_id=by.id,
        asked_by_name=by.name,
        asked_at=now,
        total=len(chosen),
    )
    DraftingTable.objects.bulk_create(
        DraftingTable(
            job=job,
            position=place,
            name=key_of(table)[:300],
            comment=table.comment[:500],
            table_ref=msgspec.to_builtins(table),
        )
        for place, table in enumerate(chosen, start=1)
    )
    _note(Event.DRAFTING_ASKED, by, job, {"tables": len(chosen), "connection": source_name}, now)
    defer(CARRY_OUT, once=f"draft:{job.pk}", job_id=str(job.pk))
    return job


@act
def stop_drafting(*, by: Actor, job_id: UUID | str, now: datetime | None = None) -> DraftingJob:
    """Stop after the table at hand; drafts already made stay."""
    now = now or utc_now()
    job = _locked(by, job_id)
    if job.is_over:
        raise Conflict("catalogue.drafting.over")
    job.state, job.ended_at, job.problem = DraftingJob.State.STOPPED, now, "catalogue.drafting.stopped"
    job.problem_params = {"name": by.name}
    job.save(update_fields=["state", "ended_at", "problem", "problem_params"])
    _note(Event.DRAFTING_STOPPED, by, job, {"left": _left(job)}, now)
    return job


@act
def resume_drafting(*, by: Actor, job_id: UUID | str, again: bool = False, now: datetime | None = None) -> DraftingJob:
    """Go on with what is left; with `again` also with the tables that failed."""
    now = now or utc_now()
    job = _locked(by, job_id)
    if not job.is_over:
        raise Conflict("catalogue.drafting.open", name=job.connection.name)
    if again:
        failed = DraftingTable.objects.filter(job=job, state=DraftingTable.State.FAILED)
        failed.update(state=DraftingTable.State.WAITING, problem="", problem_params={})
    if not _left(job):
        raise Conflict("catalogue.drafting.nothing_left")
    job.state, job.ended_at, job.problem, job.problem_params = DraftingJob.State.WAITING, None, "", {}
    job.save(update_fields=["state", "ended_at", "problem", "problem_params"])
    _note(Event.DRAFTING_RESUMED, by, job, {"left": _left(job)}, now)
    defer(CARRY_OUT, once=f"draft:{job.pk}", job_id=str(job.pk))
    return job


def _locked(by: Actor, job_id: UUID | str) -> DraftingJob:
    found = queries.drafting_job(by, job_id)
    rules.may_edit(by, str(found.department_id)).require()
    return DraftingJob.objects.select_for_update(of=("self",)).select_related("connection").get(pk=found.pk)


def _left(job: DraftingJob) -> int:
    return DraftingTable.objects.filter(job=job, state=DraftingTable.State.WAITING).count()


def _note(event: Event, by: Actor, job: DraftingJob, facts: dict[str, object], now: datetime) -> None:
    subject = Subject("catalogue.drafting", str(job.pk), job.connection.name)
    enter(event=event, by=by, subject=subject, parties=[str(job.department_id)], facts=facts, at=now)


def carry_out_drafting(job_id: UUID | str, *, seconds: float | None = None) -> None:
    """Draft every table that waits; nothing when another worker has the job. `seconds`: give up after so long, the
    job then waits for its next turn."""
    job = _taken(job_id)
    if job is None:
        return
    by = actor_of(job.person)
    end = None if seconds is None else time.monotonic() + seconds
    guesses, silent = _Guesses(by), 0
    for row in DraftingTable.objects.filter(job=job, state=DraftingTable.State.WAITING).order_by("position"):
        if end is not None and time.monotonic() >= end:
            DraftingJob.objects.filter(pk=job.pk, state="running").update(state=DraftingJob.State.WAITING)
            return
        silent = silent + 1 if _one_table(job, row, by, guesses) else 0
        now = utc_now()
        if silent == SILENCES:
            _over(job, DraftingJob.State.STOPPED, "catalogue.drafting.silent", now)
            return
        if not DraftingJob.objects.filter(pk=job.pk, state="running").update(beat=now):
            return  # stopped by a person
    _over(job, DraftingJob.State.DONE, "", utc_now())


def _taken(job_id: UUID | str) -> DraftingJob | None:
    """The job, now this worker's: waiting, or running under a worker that has not been heard for a minute."""
    now = utc_now()
    with transaction.atomic():
        rows = DraftingJob.objects.select_for_update(of=("self",), skip_locked=True).select_related(
            "connection", "person"
        )
        job = rows.filter(pk=job_id).first()
        if job is None or job.is_over:
            return None
        if job.state == DraftingJob.State.RUNNING and job.beat and job.beat > now - DEAD:
            return None
        job.state, job.beat, job.started_at = DraftingJob.State.RUNNING, now, job.started_at or now
        job.save(update_fields=["state", "beat", "started_at"])
    return job


def _over(job: DraftingJob, state: str, problem: str, now: datetime) -> None:
    changed = DraftingJob.objects.filter(pk=job.pk, state="running")
    changed.update(state=state, ended_at=now, beat=now, problem=problem, problem_params={})


def _one_table(job: DraftingJob, row: DraftingTable, by: Actor, guesses: _Guesses) -> bool:
    """Make one draft and write its row; True when the source did not answer."""
    began = time.perf_counter()
    silent = False
    try:
        table = msgspec.convert(row.table_ref, TableRef)
        if (there := _there(job, row, table)) is not None:
            row.state, row.resource, row.items = DraftingTable.State.THERE, there, there.items.count()
        else:
            reflected = reflecting.reflected(by=by, connection=job.connection, table=table)
            draft = guesses.draft(table, reflected)
            with transaction.atomic():
                made = draft_resource(by=by, draft=_free(by, draft, table), items=reflected.items)
                row.state, row.resource, row.items = DraftingTable.State.DRAFTED, made, len(reflected.items)
    except (ZampaError, IntegrityError) as error:
        row.state, silent = DraftingTable.State.FAILED, isinstance(error, Unavailable)
        row.problem, row.problem_params = _why(error)
        if silent:
            row.state = DraftingTable.State.WAITING
    row.milliseconds = int((time.perf_counter() - began) * 1000)
    row.save()
    return silent


def _why(error: Exception) -> tuple[str, dict[str, object]]:
    """The first fault says more than the error around it."""
    if not isinstance(error, ZampaError):
        return "catalogue.drafting.clash", {}
    fault = error.faults[0] if error.faults else None
    code, params = (fault.code, fault.params) if fault else (error.code, error.params)
    return code, {name: str(value) for name, value in params.items()}


def _there(job: DraftingJob, row: DraftingTable, table: TableRef) -> Resource | None:
    """The entry this table has already: joined to it, or drafted from it by an earlier job."""
    joined = Attachment.objects.filter(
        connection=job.connection, state__in=Attachment.OPEN, table_ref__name=table.name, table_ref__schema=table.schema
    )
    if (found := joined.select_related("resource").first()) is not None:
        return found.resource
    before = DraftingTable.objects.filter(
        job__connection=job.connection, name=row.name, resource__isnull=False, state=DraftingTable.State.DRAFTED
    )
    made = before.exclude(resource__state="withdrawn").select_related("resource").first()
    return made.resource if made else None


def _free(by: Actor, draft: Draft, table: TableRef) -> Draft:
    """Two tables of one comment make two entries: the second bears its table's name too."""
    mine = Resource.objects.filter(provider_id=UUID(by.department), replaces=None).exclude(state="withdrawn")
    for more in ("", f"（{table.name}）", f"（{table.schema}.{table.name}）"):
        name = draft.name[: 200 - len(more)] + more
        if not mine.filter(name=name).exists():
            return replace(draft, name=name)
    return draft


class _Guesses:
    """What is suggested for each entry of one job; classes and the department's habit are asked for once."""

    def __init__(self, by: Actor) -> None:
        self.classes = [
            rules.Class(scheme=node.scheme, code=node.code, name=node.name, depth=node.depth)
            for node in ClassNode.objects.filter(retired=False, depth__range=(2, 3))
        ]
        mine = Resource.objects.filter(provider_id=UUID(by.department)).exclude(class_code="")
        used = mine.values_list("code_scheme", "class_code").annotate(n=Count("pk")).order_by("-n").first()
        self.usual = (used[0], used[1]) if used else None

    def draft(self, table: TableRef, reflected: reflecting.Reflected) -> Draft:
        name = rules.guess_name(table.name, table.comment)
        words = (table.comment, table.name, reflected.source.system.name if reflected.source.system else "")
        return reflecting.filled(
            Draft(name=name.value, abstract=table.comment.strip()),
            reflected,
            name=name,
            placed=rules.guess_class(words[:2], self.classes, self.usual),
        )


def take_up_again(now: datetime | None = None) -> int:
    """Queue the jobs whose worker has not been heard for a minute; how many."""
    now = now or utc_now()
    waiting = Q(state="waiting", asked_at__lt=now - DEAD, beat=None) | Q(state="waiting", beat__lt=now - DEAD)
    lost = DraftingJob.objects.filter(waiting | Q(state="running", beat__lt=now - DEAD))
    return sum(defer(CARRY_OUT, once=f"draft:{key}", job_id=str(key)) for key in lost.values_list("pk", flat=True))
