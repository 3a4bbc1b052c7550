"""A worker is killed in the middle of a run; the run starts again and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from zampa.ground.clock import utc_now
from zampa.runs import acts
from zampa.runs.models import BadRow, Run
from zampa.runs.tests.story import Story, make_story

MANY = 150_000
WORKER = """
import sys, django
django.setup()
from zampa.runs.acts import perform_run
perform_run(sys.argv[1])
"""


@pytest.fixture
def story(transactional_db: None, provider_database: str, requester_database: str) -> Story:
    made = make_story(provider_database, requester_database)
    made.at_source(
        f"INSERT INTO people SELECT i, (SELECT id_number FROM people WHERE id = 100), '名' || i"
        f" FROM generate_series(1000, {MANY}) i"
    )
    made.at_source("UPDATE people SET id_number = 'bad' WHERE id % 10000 = 0")
    return made


def worker(run: Run) -> subprocess.Popen[bytes]:
    at = connection.settings_dict
    address = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = {**os.environ, "ZAMPA_DATABASE_URL": address, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(run.pk)], env=environment)


def until(happens: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@pytest.mark.parametrize("mode", ["table", "file"])
def test_kill_nine_in_the_middle(story: Story, mode: str) -> None:
    run = story.start(story.spec() if mode == "table" else story.file_spec("csv"))
    process = worker(run)

    def moving() -> bool:
        run.refresh_from_db()
        assert process.poll() is None and run.state in ("waiting", "running"), run.error_code
        return run.rows_written > 0

    try:
        until(moving)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    until(lambda: story.landed() == [])
    run.refresh_from_db()
    assert run.state == "running" and BadRow.objects.filter(run=run).exists()
    ProcrastinateJob.objects.all().delete()
    assert acts.resume_runs() == 0  # heard just now: it may still be alive
    assert acts.resume_runs(now=utc_now() + timedelta(minutes=1)) == 1
    assert ProcrastinateJob.objects.get().args == {"run_id": str(run.pk)}

    def performed() -> bool:
        again = acts.perform_run(run.pk)
        return again is not None and again.state == "done"

    until(performed)
    run.refresh_from_db()
    bad = 3 + MANY // 10000
    whole = 200 + MANY - 999
    assert (run.rows_read, run.rows_written, run.rows_bad) == (whole, whole - bad, bad) and run.attempt >= 2
    assert BadRow.objects.filter(run=run).count() == bad and run.digests_agree
    if mode == "table":
        assert story.landed() == ["people"] and len(story.arrived()) == whole - bad
    else:
        assert run.files[0]["name"] == "JF-2026-0001.csv"


def test_two_workers_never_perform_one_run(story: Story) -> None:
    run = story.start()
    process = worker(run)

    def claimed() -> bool:
        run.refresh_from_db()
        return run.state == "running"

    until(claimed)
    assert acts.perform_run(run.pk) is None
    assert process.wait(timeout=60) == 0
    run.refresh_from_db()
    assert (run.state, run.attempt) == ("done", 1)
