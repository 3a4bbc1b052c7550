"""Questions about the catalogue, each from one scoped queryset.

What is published is announced to every department (Order 809 art. 16); what is not yet is its department's own,
and its authority's once the head has signed it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from zampa.catalogue.models import (
    Attachment,
    ClassMap,
    ClassNode,
    Dependant,
    Item,
    Placement,
    Probe,
    Resource,
    Scheme,
    SourceDay,
    StandingDecision,
    Version,
)
from zampa.contracts.actors import Actor
from zampa.ground.errors import NotFound
from zampa.identity import queries as people

IN_USE = Q(state="published", replaces=None)


def _with_attachment(rows: QuerySet[Resource]) -> QuerySet[Resource]:
    live = Attachment.objects.filter(resource=OuterRef("pk"), state__in=Attachment.OPEN)
    return rows.select_related("provider", "system").annotate(attachment_state=Subquery(live.values("state")[:1]))


def resources_of(actor: Actor) -> QuerySet[Resource]:
    """Everything this actor may see: published to all, drafts to their own, signed ones to the authority."""
    rows = _with_attachment(Resource.objects.all())
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    seen = IN_USE | (Q(provider_id=actor.department) if actor.department else Q(pk=None))
    if actor.holds("authority") and actor.governs:
        seen |= Q(provider__region_id__in=actor.governs, state__in=("signed", "published", "withdrawn"))
    return rows.filter(seen)


def search(actor: Actor, words: str) -> QuerySet[Resource]:
    """What this actor may see and every word occurs in: name, its pinyin, Tibetan name, code, abstract or provider."""
    rows = resources_of(actor)
    for word in words.split()[:10]:
        anywhere = Q()
        for path in ("name", "name_key", "name_bo", "code", "abstract", "provider__name"):
            anywhere |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(anywhere)
    return rows


def published(actor: Actor) -> QuerySet[Resource]:
    """What anybody may ask for: published entries, with the state of what is attached."""
    return _with_attachment(Resource.objects.filter(IN_USE))


def resource(actor: Actor, resource_id: UUID | str) -> Resource:
    return people.one(resources_of(actor), resource_id, "catalogue.resource.not_found")


def published_resource(actor: Actor, resource_id: UUID | str) -> Resource:
    return people.one(published(actor), resource_id, "catalogue.resource.not_found")


def items_of(resource_id: UUID | str) -> QuerySet[Item]:
    return Item.objects.filter(resource_id=resource_id).order_by("position")


def live_attachment(resource_id: UUID | str) -> Attachment | None:
    """What the entry's data is read through now; None when nothing is attached or it does not answer. Stale data is
    there and says so: whoever uses it decides."""
    rows = Attachment.objects.select_related("connection").filter(resource_id=resource_id)
    return rows.filter(state__in=Attachment.READABLE).exclude(resource__online_state="off").first()


def attachment_for_runs(resource_id: UUID | str) -> Attachment | None:
    """What a delivery may be started on: a broken source too, since the run waits for it and then goes on."""
    rows = Attachment.objects.select_related("connection", "resource").filter(resource_id=resource_id)
    return rows.filter(state__in=("live", "stale", "broken")).first()


def open_attachment(resource_id: UUID | str) -> Attachment | None:
    """The attachment applied for or in use, whatever its state."""
    rows = Attachment.objects.select_related("connection__department")
    return rows.filter(resource_id=resource_id, state__in=Attachment.OPEN).first()


def attachment(actor: Actor, attachment_id: UUID | str) -> Attachment:
    """An attachment of an entry this actor may see; where the data lies is shown to its own department only."""
    rows = Attachment.objects.select_related("resource__provider", "connection").filter(
        resource__in=resources_of(actor)
    )
    return people.one(rows, attachment_id, "catalogue.attachment.not_found")


def probes_of(attachment_id: UUID | str) -> QuerySet[Probe]:
    return Probe.objects.filter(attachment_id=attachment_id)


def versions_of(resource_id: UUID | str) -> QuerySet[Version]:
    return Version.objects.filter(resource_id=resource_id)


def dependants_of(resource_id: UUID | str) -> QuerySet[Dependant]:
    """Who uses it now."""
    return Dependant.objects.select_related("department").filter(resource_id=resource_id, gone_at=None)


def standing_decision(resource_id: UUID | str) -> StandingDecision | None:
    """The office head's yes that holds now: signed for this version or an earlier one that opened as much."""
    rows = StandingDecision.objects.filter(
        resource_id=resource_id,
        ended_at=None,
        version__lte=F("resource__version"),
        resource__state="published",
        resource__sharing="unconditional",
    )
    return rows.order_by("-version").first()


def standing_signed(resource: Resource) -> StandingDecision | None:
    """What the office head signed for this version, in force or about to be."""
    rows = StandingDecision.objects.filter(resource_id=resource.replaces_id or resource.pk, ended_at=None)
    return rows.filter(version__lte=resource.version).order_by("-version").first()


def placements_of(resource_id: UUID | str) -> QuerySet[Placement]:
    """Where it stands, the main class first."""
    return Placement.objects.select_related("node").filter(resource_id=resource_id).order_by("-main", "node")


def class_nodes(scheme: str = "guide-2017") -> QuerySet[ClassNode]:
    return ClassNode.objects.filter(scheme=scheme, retired=False)


def days_of(attachment_id: UUID | str) -> QuerySet[SourceDay]:
    """The days of an attachment, newest first."""
    return SourceDay.objects.filter(attachment_id=attachment_id)


def source_days(actor: Actor, since: date, until: date) -> list[dict[str, object]]:
    """For the yearly evaluation: how many attachment days each provider had live, stale and broken, both ends counted.

    An authority sees the departments it governs, everybody else their own."""
    rows = SourceDay.objects.filter(day__range=(since, until), attachment__resource__in=kept_by(actor))
    path = "attachment__resource__provider"
    counted = rows.values(department=F(f"{path}_id"), name=F(f"{path}__name")).order_by("name")
    states = {state: Count("pk", filter=Q(state=state)) for state in ("live", "stale", "broken")}
    return [dict(row) for row in counted.annotate(**states)]


def kept_by(actor: Actor) -> QuerySet[Resource]:
    """Entries this actor answers for: its department's own, or those of the departments it governs."""
    rows = Resource.objects.filter(replaces=None)
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    mine = Q(provider_id=actor.department) if actor.department else Q(pk=None)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider__region_id__in=actor.governs)
    return rows.filter(mine)


def class_node(scheme: str, code: str) -> ClassNode:
    """A node something may be placed in."""
    found = class_nodes(scheme).filter(code=code).first()
    if found is None:
        raise NotFound("catalogue.classes.unknown")
    return found


def class_map(map_id: int) -> ClassMap:
    found = ClassMap.objects.select_related("node", "other").filter(pk=map_id).first()
    if found is None:
        raise NotFound("catalogue.classes.unknown_map")
    return found


def schemes() -> QuerySet[Scheme]:
    """The classifications side by side, the national ones first."""
    return Scheme.objects.all()
