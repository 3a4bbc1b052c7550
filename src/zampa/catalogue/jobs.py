"""Background entry points: probes on demand and on a schedule."""

from __future__ import annotations

import logging
from datetime import timedelta

from procrastinate.contrib.django import app

from zampa.catalogue import acts
from zampa.catalogue.models import Attachment
from zampa.ground.clock import utc_now
from zampa.ground.errors import ZampaError

EVERY = timedelta(hours=6)
AT_ONCE = 200
log = logging.getLogger(__name__)


@app.task(name="catalogue.probe_attachment", queueing_lock=None)
def probe_attachment(attachment_id: str) -> None:
    """One look at one source."""
    acts.probe_attachment(attachment_id=attachment_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalogue.probe_attachments", queueing_lock="catalogue.probe_attachments")
def probe_attachments(timestamp: int) -> None:
    """Look again at what was not looked at for six hours, the longest first; one that fails does not stop the rest."""
    due = Attachment.objects.filter(state__in=("approved", "live", "broken")).exclude(probed_at__gt=utc_now() - EVERY)
    for key in due.order_by("probed_at").values_list("pk", flat=True)[:AT_ONCE]:
        try:
            acts.probe_attachment(attachment_id=key)
        except ZampaError as error:
            log.warning("attachment %s could not be probed: %s", key, error)
