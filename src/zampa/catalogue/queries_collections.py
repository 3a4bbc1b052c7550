"""Questions about collections. What is registered is everybody's to see, so that nobody asks twice; what still waits
or was refused is its department's and its authority's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, F, Func, Q, QuerySet, TextField

from zampa.catalogue.models import Collection, Item
from zampa.catalogue.rules import collections as rules
from zampa.catalogue.rules.collections import Overlap, Shared, Wanted
from zampa.contracts.actors import Actor
from zampa.identity import queries as people

QUOTED = f"[{rules.SIGNS}]+".replace("'", "''")
MOST_CANDIDATES = 2_000


class Norm(Func):
    """rules.collections.norm in SQL; the index items_by_norm is made of the same expression."""

    template = f"regexp_replace(lower(normalize(%(expressions)s, NFKC)), '{QUOTED}', '', 'g')"
    output_field = TextField()


def collections_of(actor: Actor) -> QuerySet[Collection]:
    """Every collection this actor may see."""
    rows = Collection.objects.select_related("department", "feeds").annotate(count=Count("items"))
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    seen = Q(state__in=("active", "ended"))
    if actor.department:
        seen |= Q(department_id=actor.department)
    if actor.holds("authority") and actor.governs:
        seen |= Q(department__region_id__in=actor.governs)
    return rows.filter(seen)


def collection(actor: Actor, collection_id: UUID | str) -> Collection:
    return people.one(collections_of(actor), collection_id, "catalogue.collection.not_found")


def shared_already(wanted: Sequence[Wanted], feeds: UUID | str | None = None) -> list[Overlap]:
    """What of these items the catalogue already shares, and where; the entry that the collection itself feeds does not
    count. Both look-ups use an index, so it costs the same on ten entries and on a million."""
    asked = [item for item in wanted if not item.source]
    names = {norm for item in asked if (norm := rules.norm(item.name)) and norm not in rules.HOLLOW}
    elements = {item.element for item in asked if item.element}
    rows = Item.objects.exclude(sharing="none")
    if feeds is not None:
        rows = rows.exclude(resource_id=feeds)
    in_use = Q(resource__state="published", resource__replaces=None) & ~Q(resource__sharing="none")
    found: dict[UUID, Item] = {}
    for chosen in (
        rows.filter(in_use, element__in=elements) if elements else None,
        rows.annotate(norm=Norm(F("name"))).filter(in_use, norm__in=names) if names else None,
    ):
        if chosen is not None:
            listed = chosen.select_related("resource__provider").order_by("resource_id", "position")
            found |= {row.pk: row for row in listed[:MOST_CANDIDATES]}
    return rules.overlaps(wanted, [_shared(row) for row in found.values()])


def _shared(row: Item) -> Shared:
    entry = row.resource
    return Shared(
        id=str(row.pk), name=row.name, element=row.element, resource=str(entry.pk), resource_name=entry.name,
        provider=entry.provider.name,
    )  # fmt: skip


def fed_by(resource_id: UUID) -> QuerySet[Collection]:
    """Collections that fill an entry now."""
    return Collection.objects.select_related("department").filter(feeds_id=resource_id, state="active")

