"""The classifications as a tree: branches as they are opened, how many resources one may see under each, and search.

A branch is one query on (scheme, parent); counts are another, asked for after the branch stands, so that the page
opens at once however many resources there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from zampa.catalogue.models import ClassMap, ClassNode, Placement
from zampa.catalogue.queries import resources_of
from zampa.contracts.actors import Actor

MOST_FOUND = 50


@dataclass
class Branch:
    """One line of the tree, with what is open below it."""

    node: ClassNode
    inner: bool
    open: bool = False
    below: list[Branch] = field(default_factory=list)


def branch(scheme: str, parent: str = "") -> list[Branch]:
    """The children of a node in the order of their codes; the roots for an empty parent."""
    children = ClassNode.objects.filter(scheme=OuterRef("scheme"), parent=OuterRef("code"), retired=False)
    rows = ClassNode.objects.filter(scheme=scheme, parent=parent, retired=False).annotate(inner=Exists(children))
    return [Branch(node, node.inner) for node in rows.order_by("code")]


def opened(scheme: str, at: ClassNode | None) -> list[Branch]:
    """The tree opened down to a node: one query a level on the way."""
    roots = branch(scheme)
    level = roots
    for code in at.lineage if at else ():
        found = next((one for one in level if one.node.code == code), None)
        if found is None:
            break
        found.open, found.below = found.inner, branch(scheme, code) if found.inner else []
        level = found.below
    return roots


def placed_in(scheme: str, code: str) -> QuerySet[Placement]:
    """Placements in a node or below it."""
    return Placement.objects.filter(node__scheme=scheme, node__lineage__contains=[code])


def counts(actor: Actor, scheme: str, parent: str = "") -> dict[str, int]:
    """Code of each child of `parent` -> how many resources this actor may see in it or below."""
    rows = Placement.objects.filter(node__scheme=scheme, resource__in=resources_of(actor).filter(replaces=None))
    depth = 0
    if parent:
        node = ClassNode.objects.filter(scheme=scheme, code=parent).first()
        if node is None:
            return {}
        depth = len(node.lineage)
        rows = rows.filter(node__lineage__contains=[parent], node__depth__gt=depth)
    grouped = rows.order_by().values(child=F(f"node__lineage__{depth}")).annotate(n=Count("resource_id", distinct=True))
    return {row["child"]: row["n"] for row in grouped}


def find_classes(words: str, scheme: str = "") -> list[ClassNode]:
    """Nodes whose code begins with, or whose name holds, each word; upper ones first."""
    rows = ClassNode.objects.filter(retired=False)
    if scheme:
        rows = rows.filter(scheme=scheme)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(code__startswith=word))
    return list(rows.order_by("depth", "code")[:MOST_FOUND]) if words.strip() else []


def crumbs(node: ClassNode) -> list[ClassNode]:
    """The way from the root to a node, itself included."""
    known = {row.code: row for row in ClassNode.objects.filter(scheme=node.scheme, code__in=node.lineage)}
    return [known[code] for code in node.lineage if code in known]


def ways_to(nodes: list[ClassNode]) -> dict[int, str]:
    """Node id -> the names above it, for telling nodes of one name apart."""
    wanted = {(node.scheme, code) for node in nodes for code in node.lineage[:-1]}
    rows = ClassNode.objects.filter(scheme__in={scheme for scheme, _ in wanted}, code__in={code for _, code in wanted})
    names = {(row.scheme, row.code): row.name for row in rows}
    return {node.pk: " / ".join(names.get((node.scheme, code), code) for code in node.lineage[:-1]) for node in nodes}


def maps_of(node: ClassNode) -> list[tuple[ClassMap, ClassNode]]:
    """What the node is called in other schemes, whichever side the map was drawn from."""
    rows = ClassMap.objects.select_related("node", "other").filter(Q(node=node) | Q(other=node))
    return [(row, row.other if row.node_id == node.pk else row.node) for row in rows]
