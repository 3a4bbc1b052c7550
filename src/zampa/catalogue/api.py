"""The JSON API of the catalogue. The acts decide who may."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema

from zampa.catalogue import acts, queries
from zampa.catalogue.models import Attachment, Item, Resource
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import TableRef

router = Router(tags=["catalogue"])
MOST = 200


class StaffCall(HttpRequest):
    actor: Actor


class ItemOut(Schema):
    id: UUID
    name: str
    column: str
    type: str
    length: int | None
    key: bool
    sensitivity: str
    sharing: str


class ResourceOut(Schema):
    id: UUID
    code: str
    name: str
    name_bo: str
    provider: str
    provider_code: str
    abstract: str
    class_code: str
    format: str
    sharing: str
    opening: str
    update_cycle: str
    grade: str
    published_on: date | None
    state: str
    version: int
    attachment: str

    @staticmethod
    def resolve_provider(found: Resource) -> str:
        return found.provider.name

    @staticmethod
    def resolve_provider_code(found: Resource) -> str:
        return found.provider.code

    @staticmethod
    def resolve_attachment(found: Resource) -> str:
        return getattr(found, "attachment_state", None) or "none"


class ResourcesOut(Schema):
    resources: list[ResourceOut]
    next: str


class DraftIn(Schema):
    """The elements of an entry; what is left out keeps its default."""

    name: str
    name_bo: str = ""
    abstract: str = ""
    class_code: str = ""
    format: str = "database"
    sharing: str = "unconditional"
    use_requirement: str = ""
    conditions: str = ""
    scope: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    opening_conditions: str = ""
    update_cycle: str = "irregular"
    grade: str = "2"
    system_id: UUID | None = None


class TableIn(Schema):
    connection_id: UUID
    table: dict[str, Any]
    draft: DraftIn


class VerdictIn(Schema):
    verdict: str = "yes"
    reason: str = ""


class ReasonIn(Schema):
    reason: str


class AttachIn(Schema):
    connection_id: UUID
    table: dict[str, Any] | None = None
    path: str = ""
    response: str = ""


class AttachmentOut(Schema):
    id: UUID
    resource_id: UUID
    kind: str
    state: str
    rows: int | None
    problem: str


@router.get("/resources", response=ResourcesOut)
def list_resources(
    request: StaffCall, q: str = "", sharing: str = "", state: str = "", after: str = "", limit: int = 50
) -> dict[str, object]:
    """Entries by name; `next` is what to pass as `after` for the following page, empty at the end."""
    rows = queries.resources_of(request.actor).filter(replaces=None).order_by("id")
    for word in q.split():
        rows = (
            rows.filter(name__icontains=word)
            | rows.filter(code__icontains=word)
            | rows.filter(abstract__icontains=word)
        )
    for name, value in (("sharing", sharing), ("state", state), ("id__gt", after)):
        rows = rows.filter(**{name: value}) if value else rows
    size = max(1, min(limit, MOST))
    page = list(rows[: size + 1])
    return {"resources": page[:size], "next": str(page[size - 1].pk) if len(page) > size else ""}


@router.get("/resources/{resource_id}", response=ResourceOut)
def one_resource(request: StaffCall, resource_id: UUID) -> Resource:
    """One entry."""
    return queries.resource(request.actor, resource_id)


@router.get("/resources/{resource_id}/items", response=list[ItemOut])
def items(request: StaffCall, resource_id: UUID) -> list[Item]:
    """Its items in their order."""
    return list(queries.items_of(queries.resource(request.actor, resource_id).pk))


@router.post("/resources", response={201: ResourceOut})
def draft(request: StaffCall, given: DraftIn) -> tuple[int, Resource]:
    """A new draft of the caller's department."""
    made = acts.draft_resource(by=request.actor, draft=acts.Draft(**given.dict()))
    return 201, made


@router.post("/resources/from-table", response={201: ResourceOut})
def draft_from_table(request: StaffCall, given: TableIn) -> tuple[int, Resource]:
    """A new draft from a real table, with suggestions."""
    made = acts.draft_from_table(
        by=request.actor,
        connection_id=given.connection_id,
        table=msgspec.convert(given.table, TableRef),
        draft=acts.Draft(**given.draft.dict()),
    )
    return 201, made


@router.put("/resources/{resource_id}", response=ResourceOut)
def edit(request: StaffCall, resource_id: UUID, given: DraftIn) -> Resource:
    """Change a draft or a returned entry."""
    return acts.edit_resource(by=request.actor, resource_id=resource_id, draft=acts.Draft(**given.dict()))


@router.post("/resources/{resource_id}/submit", response=ResourceOut)
def submit(request: StaffCall, resource_id: UUID) -> Resource:
    """Hand it to the department's head."""
    return acts.submit_resource(by=request.actor, resource_id=resource_id)


@router.post("/resources/{resource_id}/sign", response=ResourceOut)
def sign(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Resource:
    """The head signs (yes) or returns (return) with a reason."""
    return acts.sign_resource(by=request.actor, resource_id=resource_id, verdict=given.verdict, reason=given.reason)


@router.post("/resources/{resource_id}/review", response=ResourceOut)
def review(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Resource:
    """The authority publishes (yes) or returns (return) with a reason."""
    return acts.review_resource(by=request.actor, resource_id=resource_id, verdict=given.verdict, reason=given.reason)


@router.post("/resources/{resource_id}/change", response={201: ResourceOut})
def change(request: StaffCall, resource_id: UUID) -> tuple[int, Resource]:
    """Begin the next version."""
    return 201, acts.change_resource(by=request.actor, resource_id=resource_id)


@router.post("/resources/{resource_id}/withdraw", response=ResourceOut)
def withdraw(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Take an entry out; refused while anyone depends on it."""
    return acts.withdraw_resource(by=request.actor, resource_id=resource_id, reason=given.reason)


@router.post("/resources/{resource_id}/attachment", response={201: AttachmentOut})
def attach(request: StaffCall, resource_id: UUID, given: AttachIn) -> tuple[int, Attachment]:
    """Name the real table or service behind an entry."""
    made = acts.apply_attachment(
        by=request.actor,
        resource_id=resource_id,
        connection_id=given.connection_id,
        table=msgspec.convert(given.table, TableRef) if given.table else None,
        path=given.path,
        response=given.response,
    )
    return 201, made


@router.post("/attachments/{attachment_id}/decision", response=AttachmentOut)
def decide_attachment(request: StaffCall, attachment_id: UUID, given: VerdictIn) -> Attachment:
    """The office head lets it be joined, or not."""
    return acts.approve_attachment(
        by=request.actor, attachment_id=attachment_id, verdict=given.verdict, reason=given.reason
    )


@router.post("/attachments/{attachment_id}/probe", response=AttachmentOut)
def probe(request: StaffCall, attachment_id: UUID) -> Attachment:
    """Look at the source now."""
    acts.probe_attachment(by=request.actor, attachment_id=attachment_id)
    return queries.attachment(request.actor, attachment_id)
