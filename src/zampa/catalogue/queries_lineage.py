"""Where an entry's data comes from and where it goes: the graph, and the events that say it happened.

Everybody sees the system and the items; the table and the columns only the entry's own department (where data lies is
not told to others); users by name the provider, its authority and the auditor, everybody else their own and the count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from zampa.catalogue import queries, queries_collections
from zampa.catalogue.models import Attachment, Dependant, LineageEvent, Resource
from zampa.contracts.actors import Actor

MOST_USERS = 200


@dataclass(frozen=True)
class Node:
    """`kind`: system, collection, source, item, grant, register, delivery or others; `link`: (address name, id)."""

    id: str
    kind: str
    name: str
    note: str = ""
    link: tuple[str, str] | None = None


@dataclass
class Graph:
    """`edges`: from node to node, in the direction the data flows."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Node]:
        return [node for node in self.nodes if node.kind in kinds]


def lineage_of(actor: Actor, resource: Resource) -> Graph:
    """What feeds each item of an entry, and whom each item feeds, as far as this actor may see."""
    graph = Graph()
    own = bool(actor.department) and actor.department == str(resource.provider_id)
    attachment = queries.open_attachment(resource.replaces_id or resource.pk)
    upstream = _upstream(graph, resource, attachment if own else None)
    items = {str(item.pk): item for item in queries.items_of(resource.pk)}
    for key, item in items.items():
        column = item.column if own else ""
        graph.nodes.append(Node(f"item:{key}", "item", item.name, column))
        graph.edges += [(origin, f"item:{key}") for origin in upstream]
    all_seen = own or actor.holds("audit_admin") or _governs(actor, resource)
    _downstream(graph, actor, resource, list(items), all_seen)
    named = {name: f"item:{key}" for key, item in items.items() for name in (item.column, item.name) if name}
    _deliveries(graph, actor, resource, named)
    return graph


def _governs(actor: Actor, resource: Resource) -> bool:
    return actor.holds("authority") and resource.provider.region_id in actor.governs


def _upstream(graph: Graph, resource: Resource, attachment: Attachment | None) -> list[str]:
    """System and collections, through the table where the reader may see it; the nodes that items come from."""
    origins: list[str] = []
    if resource.system is not None:
        graph.nodes.append(Node("system", "system", resource.system.name))
        origins.append("system")
    for row in queries_collections.fed_by(resource.replaces_id or resource.pk):
        node = Node(f"collection:{row.pk}", "collection", row.name, row.number, ("catalogue:collection", str(row.pk)))
        graph.nodes.append(node)
        origins.append(node.id)
    if attachment is None:
        return origins
    ref = attachment.table_ref
    name = ".".join(part for part in (ref.get("schema", ""), ref.get("name", "")) if part) or attachment.path
    graph.nodes.append(Node("source", "source", name or attachment.connection.name, attachment.connection.name))
    graph.edges += [(origin, "source") for origin in origins]
    return ["source"]


def _downstream(graph: Graph, actor: Actor, resource: Resource, items: Sequence[str], all_seen: bool) -> None:
    rows = queries.dependants_of(resource.replaces_id or resource.pk)
    seen = rows if all_seen else rows.filter(department_id=actor.department) if actor.department else rows.none()
    for row in seen[:MOST_USERS]:
        node = _user(row)
        graph.nodes.append(node)
        used = [key for key in (row.items or items) if key in set(items)] or list(items)
        graph.edges += [(f"item:{key}", node.id) for key in used]
    hidden = rows.count() - len(graph.of("grant", "register"))
    if hidden > 0:
        graph.nodes.append(Node("others", "others", str(hidden)))
        graph.edges += [(f"item:{key}", "others") for key in items]


def _user(row: Dependant) -> Node:
    if row.kind == "catalogue.collection":
        link = ("catalogue:collection", row.dependant)
        return Node(f"user:{row.pk}", "register", row.name, row.department.name, link)
    return Node(f"user:{row.pk}", "grant", row.name, row.department.name)


def _deliveries(graph: Graph, actor: Actor, resource: Resource, named: Mapping[str, str]) -> None:
    """The deliveries that have run, each with how its latest run ended, behind the items that took part in it:
    a delivery outlives its grant. `named`: columns and names of the items -> node."""
    rows = events_of(actor).filter(resource=resource.replaces_id or resource.pk, kind="delivery")
    latest = rows.select_related("requester").order_by("about", "-id").distinct("about")
    for row in latest[:MOST_USERS]:
        requester = row.requester.name if row.requester else ""
        node = Node(f"delivery:{row.about}", "delivery", requester, row.type)
        graph.nodes.append(node)
        fields = row.content["inputs"][0].get("facets", {}).get("schema", {}).get("fields", [])
        graph.edges += [(named[one["name"]], node.id) for one in fields if one["name"] in named]


def events_of(actor: Actor) -> QuerySet[LineageEvent]:
    """Events of one's own entries and deliveries, and of the departments one governs."""
    rows = LineageEvent.objects.all()
    if actor.kind == "system" or actor.holds("audit_admin"):
        return rows
    mine = Q(pk=None)
    if actor.department:
        mine = Q(provider_id=actor.department) | Q(requester_id=actor.department)
    if actor.holds("authority") and actor.governs:
        mine |= Q(provider__region_id__in=actor.governs)
    return rows.filter(mine)
