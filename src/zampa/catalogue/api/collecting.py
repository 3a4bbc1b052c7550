"""The register of collections, and the check whether something is shared already."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from ninja import Router, Schema, Status

from zampa.catalogue import acts, queries_collections
from zampa.catalogue.api.shapes import ReasonIn, StaffCall, VerdictIn
from zampa.catalogue.models import Collection
from zampa.catalogue.rules.collections import Wanted

router = Router()
MOST = 200


class WantedIn(Schema):
    """An item to be collected. `element`: its data element; `source`: the shared item it is taken from instead."""

    name: str
    element: str = ""
    source: UUID | None = None
    note: str = ""


class CollectionIn(Schema):
    """`plea`: why items that are shared already are collected all the same; then the authority rules on it."""

    name: str
    basis: str = ""
    whom: str = "persons"
    asked_whom: str = ""
    channel: str = "online"
    period: str = "once"
    feeds_id: UUID | None = None
    items: list[WantedIn] = []
    plea: str = ""


class CollectedOut(Schema):
    name: str
    element: str
    source_id: UUID | None
    source_name: str


class CollectionOut(Schema):
    id: UUID
    number: str
    name: str
    department_id: UUID
    basis: str
    whom: str
    asked_whom: str
    channel: str
    period: str
    feeds_id: UUID | None
    state: str
    overlaps: list[dict[str, Any]]
    plea: str
    ruling: str
    created_at: datetime
    ended_at: datetime | None
    items: list[CollectedOut]

    @staticmethod
    def resolve_items(row: Collection) -> list[Any]:
        return list(row.items.all())


class CollectionsOut(Schema):
    collections: list[CollectionOut]
    next: str


@router.get("/collections", response=CollectionsOut)
def collections(request: StaffCall, state: str = "", after: UUID | None = None, limit: int = 50) -> dict[str, object]:
    """Collections; `next` is what to pass as `after` for the following page, empty at the end."""
    rows = queries_collections.collections_of(request.actor).prefetch_related("items").order_by("id")
    chosen = {"state": state, "id__gt": after}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    size = max(1, min(limit, MOST))
    page = list(rows[: size + 1])
    return {"collections": page[:size], "next": str(page[size - 1].pk) if len(page) > size else ""}


@router.post("/collections/check", response=list[dict[str, Any]])
def check(request: StaffCall, given: CollectionIn) -> Any:
    """What of these items is shared already, and where; changes nothing."""
    return msgspec.to_builtins(queries_collections.shared_already(_wanted(given), given.feeds_id))


@router.post("/collections", response={201: CollectionOut})
def register(request: StaffCall, given: CollectionIn) -> Status[Collection]:
    """Register a collection; refused with every item and entry that has it already, unless a plea is made."""
    names = ("name", "basis", "whom", "asked_whom", "channel", "period", "feeds_id")
    draft = acts.CollectionDraft(**{name: getattr(given, name) for name in names})
    made = acts.register_collection(by=request.actor, draft=draft, items=_wanted(given), plea=given.plea)
    return Status(201, made)


@router.get("/collections/{uuid:collection_id}", response=CollectionOut)
def one(request: StaffCall, collection_id: UUID) -> Collection:
    """One collection with its items."""
    return queries_collections.collection(request.actor, collection_id)


@router.post("/collections/{uuid:collection_id}/ruling", response=CollectionOut)
def ruling(request: StaffCall, collection_id: UUID, given: VerdictIn) -> Collection:
    """The authority's word: yes overrules the check, no refuses; with its reason."""
    return acts.rule_collection(
        by=request.actor, collection_id=collection_id, verdict=given.verdict, reason=given.reason
    )


@router.post("/collections/{uuid:collection_id}/end", response=CollectionOut)
def end(request: StaffCall, collection_id: UUID, given: ReasonIn) -> Collection:
    """It collects no more."""
    return acts.end_collection(by=request.actor, collection_id=collection_id, reason=given.reason)


def _wanted(given: CollectionIn) -> list[Wanted]:
    return [Wanted(**{**one.dict(), "source": str(one.source or "")}) for one in given.items]
