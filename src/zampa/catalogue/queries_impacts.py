"""Questions about impact assessments. They are read by the department itself, its authority and the auditor."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from zampa.catalogue import queries
from zampa.catalogue.models import Impact, Resource
from zampa.catalogue.rules import impacts
from zampa.contracts.actors import Actor


def held_now(resource: Resource) -> impacts.Assessed:
    """The personal items of an entry, and how far it shares and opens them."""
    rows = queries.items_of(resource.pk).values_list("column", "name", "sensitivity")
    return impacts.Assessed(items=impacts.personal(list(rows)), sharing=resource.sharing, opening=resource.opening)


def in_force(resource_id: UUID | str) -> Impact | None:
    """The assessment signed last."""
    return Impact.objects.filter(resource_id=resource_id).order_by("-number").first()


def assessed(resource: Resource) -> impacts.Assessed | None:
    """What was looked at last, of the entry or of the one it changes."""
    row = in_force(resource.replaces_id or resource.pk)
    if row is None:
        return None
    items = msgspec.convert(row.items, tuple[impacts.PersonalItem, ...])
    return impacts.Assessed(items=items, sharing=row.sharing, opening=row.opening)


def impacts_kept(actor: Actor) -> QuerySet[Impact]:
    """Assessments this actor answers for: of its department, or of the departments it governs."""
    rows = Impact.objects.select_related("provider", "resource")
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    mine = Q(provider_id=actor.department) if actor.department else Q(pk=None)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider__region_id__in=actor.governs)
    return rows.filter(mine)


def impacts_of(actor: Actor, resource: Resource) -> QuerySet[Impact]:
    """Every assessment of an entry, the newest first."""
    return impacts_kept(actor).filter(resource_id=resource.replaces_id or resource.pk).order_by("-number")
