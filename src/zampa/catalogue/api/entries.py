"""Entries, their items and versions; drafting and editing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from ninja import Query, Router, Status

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.api.shapes import (
    DraftIn,
    ItemIn,
    ItemOut,
    ResourceOut,
    ResourcesOut,
    StaffCall,
    TableIn,
    VersionOut,
    Wanted,
    table_of,
)
from zampa.catalogue.models import Item, Resource, Version
from zampa.contracts.flowspecs import Check
from zampa.ground.errors import Fault, NotValid

router = Router()
MOST = 200


@router.get("/resources", response=ResourcesOut)
def list_resources(request: StaffCall, wanted: Query[Wanted]) -> dict[str, object]:
    """Entries by name; `next` is what to pass as `after` for the following page, empty at the end."""
    rows = queries.search(request.actor, wanted.q).filter(replaces=None).order_by("id")
    chosen: dict[str, object] = {
        "provider_id": wanted.provider,
        "sharing": wanted.sharing,
        "state": wanted.state,
        "grade": wanted.grade,
        "class_code__startswith": wanted.class_code,
        "id__gt": wanted.after,
    }
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    if wanted.attachment:
        rows = rows.filter(attachment_state=None if wanted.attachment == "none" else wanted.attachment)
    size = max(1, min(wanted.limit, MOST))
    page = list(rows[: size + 1])
    return {"resources": page[:size], "next": str(page[size - 1].pk) if len(page) > size else ""}


@router.get("/resources/{uuid:resource_id}", response=ResourceOut)
def one_resource(request: StaffCall, resource_id: UUID) -> Resource:
    """One entry."""
    return queries.resource(request.actor, resource_id)


@router.get("/resources/{uuid:resource_id}/items", response=list[ItemOut])
def items(request: StaffCall, resource_id: UUID) -> list[Item]:
    """Its items in their order."""
    found = queries.resource(request.actor, resource_id)
    rows = list(queries.items_of(found.pk))
    for row in rows if str(found.provider_id) != request.actor.department else ():
        row.column, row.suggestion = "", {}
        row.checks = [{**check, "field": ""} for check in row.checks]
    return rows


@router.put("/resources/{uuid:resource_id}/items", response=list[ItemOut])
def edit_items(request: StaffCall, resource_id: UUID, given: list[ItemIn]) -> list[Item]:
    """Replace the items by these; those with an id keep it."""
    acts.edit_items(by=request.actor, resource_id=resource_id, items=[_item(one) for one in given])
    return list(queries.items_of(resource_id))


def _item(given: ItemIn) -> acts.ItemDraft:
    values = given.dict(exclude={"checks"})
    try:
        checks = [
            msgspec.convert(
                {"code": one.kind, "field": given.column or given.name, "kind": one.kind, "params": one.params}, Check
            )
            for one in given.checks
        ]
    except msgspec.ValidationError:
        params = {"number": 0, "name": given.name}
        raise NotValid(
            "catalogue.item.bad_check", faults=[Fault("checks", "catalogue.item.bad_check", params)]
        ) from None
    return acts.ItemDraft(**values, checks=checks)


@router.get("/resources/{uuid:resource_id}/missing", response=list[dict[str, Any]])
def missing(request: StaffCall, resource_id: UUID) -> list[dict[str, Any]]:
    """What keeps the entry from being submitted: the same rules as submitting, asked beforehand."""
    found = queries.resource(request.actor, resource_id)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    return [
        {"where": one.where, "code": one.code, "params": dict(one.params)}
        for one in rules.faults_of(steps.entry_of(found))
    ]


@router.get("/resources/{uuid:resource_id}/versions", response=list[VersionOut])
def versions(request: StaffCall, resource_id: UUID) -> list[Version]:
    """Every published version with what it changed, newest first."""
    return list(queries.versions_of(queries.resource(request.actor, resource_id).pk))


@router.post("/resources", response={201: ResourceOut})
def draft(request: StaffCall, given: DraftIn) -> Status[Resource]:
    """A new draft of the caller's department."""
    made = acts.draft_resource(by=request.actor, draft=acts.Draft(**given.dict()))
    return Status(201, made)


@router.post("/resources/from-table", response={201: ResourceOut})
def draft_from_table(request: StaffCall, given: TableIn) -> Status[Resource]:
    """A new draft from a real table, with suggestions."""
    made = acts.draft_from_table(
        by=request.actor,
        connection_id=given.connection_id,
        table=table_of(given.table),
        draft=acts.Draft(**given.draft.dict()),
    )
    return Status(201, made)


@router.put("/resources/{uuid:resource_id}", response=ResourceOut)
def edit(request: StaffCall, resource_id: UUID, given: DraftIn) -> Resource:
    """Change a draft or a returned entry."""
    return acts.edit_resource(by=request.actor, resource_id=resource_id, draft=acts.Draft(**given.dict()))
