"""What of this room ends by its time. The entrance's retention calls this and makes the one record."""

from __future__ import annotations

from datetime import datetime

from zampa.approvals import acts as approvals
from zampa.catalogue.acts import steps
from zampa.catalogue.models import Resource


def note_old_drafts(*, before: datetime) -> int:
    """Delete entries that were never submitted and that nobody touched since; how many. A draft joined to a source, and
    one that changes a published entry, stays: it is dropped by its editor."""
    old = Resource.objects.filter(state="draft", replaces=None, updated_at__lt=before, published_on=None)
    rows = list(old.filter(attachments=None, versions=None, requests=None, standing_decisions=None, dependants=None))
    for row in rows:
        approvals.close_tasks(subject=steps.subject_of(row))
    Resource.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
