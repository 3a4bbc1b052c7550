"""Jobs that begin to exist when the transaction commits, and not otherwise.

Inside a worker the application's own connector is the worker's, with connections of its own; a job deferred through
it would start before the act is committed, or although it is rolled back. So the job row is written through Django's
connection, in the running transaction.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.types import TimeDeltaParams


def defer(name: str, *, once: str | None = None, seconds: int = 0, **arguments: str) -> bool:
    """Queue the job of this spelled name; False when one with the same `once` is waiting already."""
    later: TimeDeltaParams | None = {"seconds": seconds} if seconds else None
    job = app.configure_task(name, queueing_lock=once, schedule_in=later)
    job.job_manager = JobManager(DjangoConnector())
    try:
        with transaction.atomic():
            job.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
