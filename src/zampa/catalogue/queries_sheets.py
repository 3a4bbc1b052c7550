"""What goes out into a book: the department's own drafts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from zampa.catalogue.models import Item, Resource
from zampa.contracts.actors import Actor


def drafts_of(actor: Actor, chosen: Sequence[UUID | str] = ()) -> QuerySet[Resource]:
    """Drafts and returned entries of the actor's department; those chosen, or all."""
    rows = Resource.objects.select_related("system").filter(state__in=("draft", "returned"), replaces=None)
    rows = rows.filter(provider_id=UUID(actor.department)) if actor.department else rows.none()
    return (rows.filter(pk__in=chosen) if chosen else rows).order_by("name_key", "pk")


def items_of_drafts(drafts: QuerySet[Resource]) -> QuerySet[Item]:
    return (
        Item.objects.select_related("resource")
        .filter(resource__in=drafts.order_by())
        .order_by("resource__name_key", "resource_id", "position")
    )
