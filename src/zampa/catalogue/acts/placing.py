"""分类挂载: a resource stands in several classes, in each under a code of its own; one of them is the main one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import ClassNode, Placement, Resource
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotFound, NotValid
from zampa.ledger.acts import act

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Place:
    """A class by scheme and code, as a clerk names it."""

    scheme: str
    code: str


@act
def place_resource(
    *, by: Actor, resource_id: UUID | str, places: Sequence[Place], now: datetime | None = None
) -> Resource:
    """Where the resource stands from now on: these classes, the first the main one. A code already given stays with
    its class; a new one is given when the resource (or its change) is published."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "edit")
    rules.may_edit(by, str(resource.provider_id)).require()
    nodes = _nodes(places)
    before = steps.snapshot(resource)
    main = nodes[0] if nodes else None
    resource.class_code = main.code if main else ""
    resource.class_name = main.name if main else ""
    if main:
        resource.code_scheme = main.scheme
    _write(resource, nodes)
    resource.state, resource.updated_at = state, now
    resource.save(update_fields=["class_code", "class_name", "code_scheme", "related_codes", "state", "updated_at"])
    changed = [name for name, _, _ in rules.differences(before, steps.snapshot(resource))]
    steps.note(Event.RESOURCE_EDITED, by, resource, {"changed": changed}, now)
    return resource


def _nodes(places: Sequence[Place]) -> list[ClassNode]:
    nodes: list[ClassNode] = []
    faults: list[Fault] = []
    for number, place in enumerate(places, start=1):
        params = {"number": number, "code": place.code, "scheme": place.scheme}
        try:
            node = queries.class_node(place.scheme, place.code)
        except NotFound:
            faults.append(Fault(f"places.{number}", "catalogue.place.unknown", params))
            continue
        if node in nodes:
            faults.append(Fault(f"places.{number}", "catalogue.place.twice", params))
        nodes.append(node)
    if len(places) > MOST:
        faults.append(Fault("places", "catalogue.place.many", {"most": MOST}))
    if faults:
        raise NotValid("catalogue.place.not_valid", faults=faults, count=len(faults))
    return nodes


def _write(resource: Resource, nodes: Sequence[ClassNode]) -> None:
    old = Placement.objects.filter(resource=resource)
    lost = set(old.exclude(node__in=nodes).values_list("code", flat=True)) - {""}
    old.exclude(node__in=nodes).delete()
    old.update(main=False)
    for node in nodes:
        Placement.objects.update_or_create(resource=resource, node=node, defaults={"main": node == nodes[0]})
    resource.related_codes = [code for code in resource.related_codes if code not in lost]


def follow_class(resource: Resource) -> None:
    """The main placement follows the class named in the resource's own form; the others stay."""
    node = ClassNode.objects.filter(scheme=resource.code_scheme, code=resource.class_code).first()
    rows = list(Placement.objects.filter(resource=resource))
    main = next((row for row in rows if row.main), None)
    if main is not None and node is not None and main.node_id == node.pk:
        return
    code = ""
    if main is not None:
        code = main.code
        main.delete()
    if node is None:
        return
    twin = next((row for row in rows if not row.main and row.node_id == node.pk), None)
    if twin is not None:
        twin.main = True
        twin.save(update_fields=["main"])
        return
    Placement.objects.create(resource=resource, node=node, main=True, code=code)


def copy_places(source: Resource, to: Resource) -> None:
    """A change begins where its entry stands; codes stay with the entry."""
    Placement.objects.bulk_create(
        Placement(resource=to, node_id=row.node_id, main=row.main) for row in Placement.objects.filter(resource=source)
    )


def apply_places(change: Resource, to: Resource) -> None:
    """The entry stands where its change said; a class kept keeps its code, and the main code stays the entry's."""
    wanted = [row.node for row in Placement.objects.select_related("node").filter(resource=change)]
    old = set(Placement.objects.filter(resource=to).values_list("code", flat=True))
    to.related_codes = [code for code in to.related_codes if code not in old]
    wanted.sort(key=lambda node: (node.code != change.class_code or node.scheme != change.code_scheme, node.code))
    main = Placement.objects.filter(resource=to, main=True).first()
    moved = bool(main and wanted and main.node_id != wanted[0].pk)
    if moved and main is not None:
        main.delete()
    _write(to, wanted)
    if moved:
        Placement.objects.filter(resource=to, main=True).update(code=to.code)


def give_codes(resource: Resource) -> None:
    """On publishing: the resource's own code for its main class, one for each other class, its related codes."""
    rows = list(Placement.objects.select_related("node").filter(resource=resource))
    others = []
    for row in rows:
        code = row.code or (resource.code if row.main and resource.code else steps.next_code(row.node.code))
        if row.code != code:
            row.code = code
            row.save(update_fields=["code"])
        if row.main:
            resource.code = resource.code or code
        else:
            others.append(code)
    resource.code = resource.code or steps.next_code(resource.class_code)
    mine = {row.code for row in rows}
    resource.related_codes = [*others, *(one for one in resource.related_codes if one not in mine)]
