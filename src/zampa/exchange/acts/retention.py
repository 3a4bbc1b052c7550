"""What of this room ends by its time. The entrance's retention calls these and makes the one record; a hold wins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from zampa.approvals import acts as approvals
from zampa.exchange.acts import steps
from zampa.exchange.acts.papers import paper_path
from zampa.exchange.models import CallRow, Delivery, Grant, Paper, Request, TrailSegment


def note_old_drafts(*, before: datetime) -> int:
    """Delete drafts that nobody touched since: the request, its items, its papers. How many requests."""
    old = Request.objects.filter(state=Request.State.DRAFT, held_at=None, created_at__lt=before)
    rows = list(old.filter(Q(submitted_at=None) | Q(submitted_at__lt=before)))
    digests = set(Paper.objects.filter(request__in=rows).values_list("digest", flat=True))
    for row in rows:
        approvals.close_tasks(subject=steps.request_subject(row))
    Request.objects.filter(pk__in=[row.pk for row in rows]).delete()
    kept = set(Paper.objects.filter(digest__in=digests).values_list("digest", flat=True))
    for digest in digests - kept:
        paper_path(digest).unlink(missing_ok=True)
    return len(rows)


def note_old_calls(*, before: datetime) -> int:
    """Delete the rows of calls made before, except those of held grants; how many."""
    held = Grant.objects.filter(request__held_at__isnull=False).values("pk")
    count, _ = CallRow.objects.filter(at__lt=before).exclude(grant__in=held).delete()
    return count


def note_old_segments(*, before: datetime) -> int:
    """Delete trail segments closed before that no call leads to any more; how many.

    The newest of each gateway and epoch stays: by it the next one's place is known.
    """
    newest = TrailSegment.objects.values("gateway", "epoch").annotate(last=Max("first"))
    kept = Q(pk__in=[])
    for row in newest:
        kept |= Q(gateway=row["gateway"], epoch=row["epoch"], first=row["last"])
    opens, closes = (CallRow.objects.filter(**{side: OuterRef("pk")}) for side in ("opened_segment", "closed_segment"))
    old = TrailSegment.objects.filter(~Exists(opens), ~Exists(closes), closed__lt=before).exclude(kept)
    count, _ = old.delete()
    return count


def held_ids() -> set[str]:
    """Everything under a hold, as records name it: requests, their grants, deliveries and runs."""
    requests = Request.objects.filter(held_at__isnull=False)
    grants = Grant.objects.filter(request__in=requests)
    found: list[UUID | None] = [*requests.values_list("pk", flat=True), *grants.values_list("pk", flat=True)]
    for delivery, run in Delivery.objects.filter(grant__in=grants).values_list("pk", "run"):
        found += [delivery, run]
    return {str(key) for key in found if key}


def segment_records() -> QuerySet[TrailSegment, UUID]:
    """The records of the segments that are still here: without their bodies no call in them could be proven."""
    return TrailSegment.objects.values_list("record", flat=True)
