"""Background entry point: a restore does not wait for ever for gateways that do not speak."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.ledger import restores


@app.periodic(cron="* * * * *")
@app.task(name="ledger.end_restore", queueing_lock="ledger.end_restore")
def end_restore(timestamp: int) -> None:
    close_old_connections()
    restores.end_overdue()
