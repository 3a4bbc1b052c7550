"""Background entry points: the end of a run, grants that expire, deliveries that are late."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.contracts.actors import SYSTEM
from zampa.exchange.acts import deliveries, endings
from zampa.runs import queries as runs


@app.task(name="exchange.run_finished", retry=5)
def run_finished(run_id: str) -> None:
    """Deferred by the runs room, by this spelled name, when a run has ended in whatever way."""
    close_old_connections()
    deliveries.note_run_finished(by=SYSTEM, run=runs.run(SYSTEM, run_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.expire_grants", queueing_lock="exchange.expire_grants")
def expire_grants(timestamp: int) -> None:
    close_old_connections()
    endings.expire_grants()


@app.periodic(cron="*/10 * * * *")
@app.task(name="exchange.delivery_due", queueing_lock="exchange.delivery_due")
def delivery_due(timestamp: int) -> None:
    close_old_connections()
    deliveries.tell_late_deliveries()
