"""Lineage events: noted by whoever moves or checks, kept, and sent on where the installation says so.

A measurement, not an act: it makes no ledger record. Sending is a job of its own, so that a receiver that is down
delays nothing but itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
from django.conf import settings

from zampa.catalogue.emitting import Told, event
from zampa.catalogue.models import Attachment, Item, Judgement, LineageEvent, Probe
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.http.posting import post_all
from zampa.ground.clock import utc_now
from zampa.ground.errors import ZampaError

PRODUCER = "urn:zampa"
AT_ONCE = 200
log = logging.getLogger(__name__)


def note_lineage(told: Told, *, provider_id: UUID | str, requester_id: UUID | str | None = None) -> LineageEvent:
    """Keep one event, in the transaction of what it tells."""
    content = event(told, installation=settings.ZAMPA_INSTALLATION, producer=PRODUCER)
    return LineageEvent.objects.create(
        at=told.at, kind=told.kind, type=told.type, run=told.run, about=told.about, resource=told.resource,
        provider_id=provider_id, requester_id=requester_id, content=content,
    )  # fmt: skip


def note_check(
    row: Judgement, type: str, at: datetime, assertions: Sequence[tuple[str, str, bool]] = ()
) -> LineageEvent:
    """A quality check began or ended, with what each rule found."""
    told = Told(
        kind="check", type=type, run=row.pk, about=row.resource_id, resource=row.resource_id, at=at,
        fields=_fields(row.resource_id), assertions=assertions, error=row.problem if type == "FAIL" else "",
    )  # fmt: skip
    return note_lineage(told, provider_id=row.resource.provider_id)


def note_look(made: Attachment, probe: Probe) -> LineageEvent:
    """A look at a source, which is over in one: a single event at its end."""
    told = Told(
        kind="probe", type="COMPLETE" if probe.well else "FAIL", run=probe.pk, about=made.resource_id,
        resource=made.resource_id, at=probe.at, error="" if probe.well else probe.problem,
    )  # fmt: skip
    return note_lineage(told, provider_id=made.resource.provider_id)


def _fields(resource_id: UUID) -> list[tuple[str, str]]:
    return list(Item.objects.filter(resource_id=resource_id).order_by("position").values_list("name", "type"))


def send_lineage(*, now: datetime | None = None) -> int:
    """Hand what waits to the receiver in ZAMPA_LINEAGE_URL, oldest first, as far as it takes them; how many."""
    url = str(settings.ZAMPA_LINEAGE_URL)
    if not url:
        return 0
    rows = list(LineageEvent.objects.filter(sent_at=None).order_by("id")[:AT_ONCE])
    taken: list[UUID] = []
    try:
        for row in post_all(url, ((row, msgspec.json.encode(row.content)) for row in rows), _policy()):
            taken.append(cast(LineageEvent, row).pk)
    except ZampaError as error:
        log.warning("lineage events wait: %s", error.code)
    LineageEvent.objects.filter(pk__in=taken).update(sent_at=now or utc_now())
    return len(taken)


def _policy() -> AddressPolicy:
    return AddressPolicy.from_environment()


def note_old_lineage(*, before: datetime) -> int:
    """Delete events of before then; how many."""
    count, _ = LineageEvent.objects.filter(at__lt=before).delete()
    return count
