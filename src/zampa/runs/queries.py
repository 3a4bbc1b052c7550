"""Questions about runs, each from one scoped queryset."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from zampa.census.models import Connection
from zampa.contracts.actors import Actor
from zampa.contracts.deliveries import DeliverySpec
from zampa.identity.queries import one
from zampa.runs import rules
from zampa.runs.models import BadRow, Run


def runs_of(actor: Actor) -> QuerySet[Run]:
    """The parties', the provider's authority's; the installation and the auditor see all."""
    rows = Run.objects.select_related("provider", "requester")
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    mine = Q(pk=None)
    if actor.department:
        mine |= Q(requester_id=actor.department) | Q(provider_id=actor.department)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider__region_id__in=actor.governs)
    return rows.filter(mine)


def run(actor: Actor, run_id: UUID | str) -> Run:
    return one(runs_of(actor), run_id, "runs.run.not_found")


def run_of_delivery(delivery_id: UUID | str) -> Run | None:
    """The newest run of a delivery, for the room that owns the delivery; it has scoped it."""
    return Run.objects.select_related("provider", "requester").filter(delivery=delivery_id).order_by("-id").first()


def bad_rows_of(actor: Actor, run: Run) -> QuerySet[BadRow]:
    """Rows kept back, still sealed: the owner's only. Nobody else gets as much as a row's code."""
    if not rules.may_read_rows(actor, provider=str(run.provider_id)).allowed:
        return BadRow.objects.none()
    return BadRow.objects.filter(run=run)


def spec_of(run: Run) -> DeliverySpec:
    """What the run was told."""
    return msgspec.convert(run.spec, DeliverySpec)


def networks_of(run: Run) -> dict[str, str]:
    """The network each end lies in, for the line that says why a run cannot reach it; a file has one end only."""
    spec = spec_of(run)
    ids = {"source": spec.source_connection, "destination": spec.destination_connection}
    rows = Connection.objects.filter(pk__in=[key for key in ids.values() if key]).values_list("pk", "network")
    known = {str(pk): network for pk, network in rows}
    return {end: known[key] for end, key in ids.items() if key in known}
