"""Performing a run. It may be killed at any line and performed again: the movement writes a staging table or file and
swaps it in last, so the second attempt ends in the same state, and an attempt's kept-back rows replace those before.

Two workers never perform one run: each holds the run's advisory lock, which ends with its connection, so a worker
that was killed lets go at once while one that is slow does not.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error as DatabaseFailure
from django.db import connection, transaction

from zampa.catalogue import acts as catalogue
from zampa.contracts.actors import SYSTEM, Actor
from zampa.flows.plan import coded
from zampa.flows.watching import MoveResult
from zampa.ground.clock import utc_now
from zampa.ground.errors import ZampaError
from zampa.ledger.acts import act
from zampa.runs import queries, rules
from zampa.runs.acts import lineage, moving, pausing, quarantine, records
from zampa.runs.events import Event
from zampa.runs.models import Run

SILENT_SECONDS = 20


def perform_run(run_id: UUID | str) -> Run | None:
    """Carry a waiting or broken-off run to its end; None when it is over already or another worker has it."""
    with _alone(run_id) as alone:
        if not alone:
            return None
        paused = pausing.pause_if_ailing(run_id)
        if paused is not None:
            return paused
        run = _claim(run_id)
        if run is None:
            return None
        try:
            result = moving.move_rows(run)
            files = moving.files_of(run)
        except ZampaError as error:
            if error.code in rules.SOURCE_CHANGED and (paused := pausing.pause_if_ailing(run_id, fresh=True)):
                return paused
            return _ended_badly(by=SYSTEM, run=run, error=error)
        return _done(by=SYSTEM, run=run, result=result, files=files)


def resume_runs(*, now: datetime | None = None) -> int:
    """Queue again every run whose worker has fallen silent, and every waiting one whose hour has come; how many."""
    now = now or utc_now()
    silent = now - timedelta(seconds=SILENT_SECONDS)
    running = Run.objects.filter(state=Run.State.RUNNING, heard_at__lt=silent)
    waiting = Run.objects.filter(state=Run.State.WAITING, created_at__lt=silent).exclude(next_at__gt=silent)
    found = [*running, *waiting, *pausing.resumable(now)]
    for run in found:
        records.queue(run)
    return len(found)


@contextlib.contextmanager
def _alone(run_id: UUID | str) -> Iterator[bool]:
    key = int.from_bytes(hashlib.sha256(f"runs.run:{run_id}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with contextlib.suppress(DatabaseFailure), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _claim(run_id: UUID | str) -> Run | None:
    """The run as ours to perform, with everything of an earlier attempt put back to nothing."""
    now = utc_now()
    with transaction.atomic():
        held = Run.objects.select_for_update(of=("self",)).select_related("provider", "requester", "replays")
        run = held.filter(pk=run_id).first()
        if run is None or run.is_over:
            return None
        if run.cancel_asked_at is not None:
            _over(run, Run.State.CANCELLED, now)
            records.note(Event.RUN_CANCELLED, SYSTEM, run, {}, now)
            return None
        if run.attempt >= rules.MOST_ATTEMPTS:
            _over(run, Run.State.FAILED, now, "runs.run.gave_up", {"attempts": run.attempt})
            records.note(Event.RUN_FAILED, SYSTEM, run, {"error": run.error_code}, now)
            return None
        run.bad_rows.all().delete()
        run.state, run.phase, run.attempt = Run.State.RUNNING, Run.Phase.LOOKING, run.attempt + 1
        run.started_at, run.heard_at, run.next_at = run.started_at or now, now, None
        run.rows_read = run.rows_written = run.rows_bad = run.rate = 0
        run.bad_by_code, run.error_code, run.error_params, run.files = {}, "", {}, []
        run.sealed_key = quarantine.new_key(run)
        run.save()
        lineage.note_begun(run, now)
    return run


@act
def _done(*, by: Actor, run: Run, result: MoveResult, files: list[dict[str, object]]) -> Run:
    """The rows stand at the destination, both digests agree: the run is over and whoever waits is told."""
    now = utc_now()
    for name in ("rows_read", "rows_written", "rows_bad", "bad_by_code", "algorithm", "digest_sent", "digest_stored"):
        setattr(run, name, getattr(result, name))
    run.rate = int(result.rows_read / max(result.seconds, 0.001))
    run.files = files
    run.files_until = now + timedelta(days=rules.KEPT_DAYS) if files else None
    facts: dict[str, object] = {
        "mode": run.mode, "way": result.way, "attempt": run.attempt, "rows_read": result.rows_read,
        "rows_written": result.rows_written, "rows_bad": result.rows_bad, "bad_by_code": result.bad_by_code,
        "algorithm": result.algorithm, "digest_sent": result.digest_sent, "digest_stored": result.digest_stored,
    }
    if files:
        facts["files"] = files
    record = records.note(Event.RUN_DONE, by, run, facts, now)
    quarantine.settle(run, record, now)
    _note_quality(run, now)
    _over(run, Run.State.DONE, now)
    return run


def _note_quality(run: Run, now: datetime) -> None:
    """What the run's checks told of the rows goes to the entry they are of."""
    spec = queries.spec_of(run)
    if not spec.checks and not spec.rules:
        return
    catalogue.note_delivery_checks(
        resource_id=run.resource, delivery_id=run.delivery, asked=coded(spec), rows=run.rows_read,
        failed=run.bad_by_code, names={field.column: field.name for field in spec.fields}, now=now,
    )


@act
def _ended_badly(*, by: Actor, run: Run, error: ZampaError) -> Run:
    """Cancelled, to be tried again, or failed; in each case nothing has changed at the destination."""
    now = utc_now()
    moving.drop_files(run)
    run.rows_written = run.rate = 0
    if error.code == "flows.cancelled":
        run.bad_rows.all().delete()
        run.sealed_key = ""
        records.note(Event.RUN_CANCELLED, by, run, {"attempt": run.attempt}, now)
        _over(run, Run.State.CANCELLED, now)
        return run
    params = {name: _plain(value) for name, value in error.params.items()}
    delay = rules.delay_before_next(error.code, run.attempt)
    if delay is not None:
        run.state, run.next_at = Run.State.WAITING, now + timedelta(seconds=delay)
        run.error_code, run.error_params = error.code, params
        run.save()
        records.queue(run, seconds=delay)
        return run
    record = records.note(Event.RUN_FAILED, by, run, {"error": error.code, "attempt": run.attempt}, now)
    run.rows_bad = run.bad_rows.count()
    quarantine.settle(run, record, now)
    _over(run, Run.State.FAILED, now, error.code, params)
    return run


def _over(run: Run, state: str, now: datetime, code: str = "", params: dict[str, object] | None = None) -> None:
    run.state, run.finished_at, run.phase = state, now, ""
    run.error_code, run.error_params = code, params or {}
    run.save()
    lineage.note_over(run, now)
    records.tell_finished(run)


def _plain(value: object) -> object:
    """A parameter as JSON: whole numbers stay, everything else is text."""
    return value if value is None or isinstance(value, (bool, int)) else str(value)[:200]
