"""Where an entry's data comes from and goes, drawn and told as a list; and the latest events."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from zampa.catalogue import queries, queries_lineage
from zampa.catalogue.drawing import drawn
from zampa.desk.pages import StaffRequest, signed_in

EVENTS_SHOWN = 20


@signed_in
def lineage(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The graph as far as this reader may see it."""
    found = queries.resource(request.actor, pk)
    graph = queries_lineage.lineage_of(request.actor, found)
    events = queries_lineage.events_of(request.actor).filter(resource=found.replaces_id or found.pk)
    context = {
        "resource": found,
        "picture": drawn(graph),
        "origins": graph.of("system", "collection"),
        "sources": graph.of("source"),
        "items": graph.of("item"),
        "users": graph.of("grant", "register"),
        "others": graph.of("others"),
        "deliveries": graph.of("delivery"),
        "events": list(events.order_by("-id")[:EVENTS_SHOWN]),
    }
    return render(request, "catalogue/lineage.html", context)
