"""Background entry points."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.entrance import exports, retention


@app.task(name=exports.MAKE)
def make_export(export_id: str) -> None:
    """One long list into its file."""
    close_old_connections()
    exports.make_export(export_id=export_id)


@app.periodic(cron="23 * * * *")
@app.task(name="entrance.expire_exports", queueing_lock="entrance.expire_exports")
def expire_exports(timestamp: int) -> None:
    """Every hour: files whose seven days are over; exports whose worker was killed are queued again."""
    close_old_connections()
    exports.expire_exports()


@app.periodic(cron="41 18 * * *")  # 02:41 in Shanghai
@app.task(name=retention.JOB, queueing_lock=retention.JOB)
def carry_out_retention(timestamp: int) -> None:
    """Every night: what is over its time."""
    close_old_connections()
    retention.carry_out()
