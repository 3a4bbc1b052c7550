"""Lineage: the graph of an entry, and OpenLineage events as JSON and as NDJSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from ninja import Router, Schema

from zampa.catalogue import queries, queries_lineage
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import LineageEvent

router = Router()
MOST = 1_000


class NodeOut(Schema):
    """`kind`: system, collection, source, item, grant, register, delivery or others (how many may not be named)."""

    id: str
    kind: str
    name: str
    note: str


class GraphOut(Schema):
    """`edges`: pairs of node ids, in the direction the data flows."""

    nodes: list[NodeOut]
    edges: list[tuple[str, str]]


class EventsOut(Schema):
    """`events`: OpenLineage RunEvents; `next`: what to pass as `after`, the last one's id."""

    events: list[dict[str, Any]]
    next: str


@router.get("/resources/{uuid:resource_id}/lineage", response=GraphOut)
def lineage(request: StaffCall, resource_id: UUID) -> Any:
    """Where the entry's data comes from and goes, as far as the caller may see."""
    graph = queries_lineage.lineage_of(request.actor, queries.resource(request.actor, resource_id))
    return {"nodes": [asdict(node) for node in graph.nodes], "edges": graph.edges}


@router.get("/lineage/events", response=EventsOut)
def events(request: StaffCall, after: UUID | None = None, limit: int = 100) -> dict[str, object]:
    """OpenLineage events of one's own entries and deliveries, oldest first."""
    rows = _rows(request, after, limit)
    return {"events": [row.content for row in rows], "next": str(rows[-1].pk) if rows else str(after or "")}


@router.get("/lineage/events.ndjson")
def feed(request: StaffCall, after: UUID | None = None, limit: int = 100) -> HttpResponse:
    """The same, one event a line; the header Next-After says what to pass as `after`."""
    rows = _rows(request, after, limit)
    body = b"".join(msgspec.json.encode(row.content) + b"\n" for row in rows)
    answer = HttpResponse(body, content_type="application/x-ndjson")
    answer["Next-After"] = str(rows[-1].pk) if rows else str(after or "")
    return answer


def _rows(request: StaffCall, after: UUID | None, limit: int) -> list[LineageEvent]:
    rows = queries_lineage.events_of(request.actor).order_by("id")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows[: max(1, min(limit, MOST))])
