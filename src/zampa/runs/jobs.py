"""Background entry points."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.runs import acts


@app.task(name="runs.perform_run")
def perform_run(run_id: str) -> None:
    """One run from its start to its end; does nothing when another worker has it."""
    close_old_connections()
    acts.perform_run(run_id)


@app.periodic(cron="* * * * * */15")
@app.task(name="runs.resume_runs", queueing_lock="runs.resume_runs")
def resume_runs(timestamp: int) -> None:
    """Every quarter of a minute: runs whose worker was killed are queued again."""
    close_old_connections()
    acts.resume_runs()


@app.periodic(cron="17 * * * *")
@app.task(name="runs.expire_kept", queueing_lock="runs.expire_kept")
def expire_kept(timestamp: int) -> None:
    """Every hour: rows and files whose 30 days are over."""
    close_old_connections()
    acts.expire_quarantine()
    acts.expire_files()
