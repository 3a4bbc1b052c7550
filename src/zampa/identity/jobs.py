"""Background entry points."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.ground.errors import NotValid, Unavailable
from zampa.identity import acts

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="identity.mail_messages", queueing_lock="identity.mail_messages")
def mail_messages(timestamp: int) -> None:
    """Every minute, where an SMTP server is named: tells people by mail that messages wait."""
    close_old_connections()
    if not settings.ZAMPA_SMTP_URL:
        return
    try:
        acts.mail_messages(url=settings.ZAMPA_SMTP_URL)
    except (NotValid, Unavailable) as error:
        log.warning("mail could not be sent: %s", error)
