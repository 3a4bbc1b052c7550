"""Elements, code lists and documents as JSON."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zampa.contracts.actors import Actor
from zampa.identity import queries as people
from zampa.standards import queries
from zampa.standards.models import CodeList, Document, Element

router = Router(tags=["standards"])


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class ListOut(Schema):
    id: UUID
    code: str
    name: str
    name_bo: str
    name_en: str
    standard: str
    edition: str
    source: str
    whole: str
    whole_note: str
    expected: int | None
    size: int
    version: int
    state: str


class ValueOut(Schema):
    code: str
    name: str
    name_bo: str
    name_en: str
    parent: str
    depth: int
    other: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    replaced_by: list[str]


class ElementOut(Schema):
    id: UUID
    number: str
    symbol: str
    name: str
    name_bo: str
    name_en: str
    definition: str
    object_class: str
    property: str
    type: str
    min_length: int | None
    length: int | None
    precision: int | None
    scale: int | None
    unit: str
    domain: str
    code_list: str
    pattern: str
    low: str
    high: str
    sensitivity: str
    standard: str
    department: UUID | None
    state: str
    version: int

    @staticmethod
    def resolve_code_list(row: Element) -> str:
        return row.code_list.code if row.code_list else ""

    @staticmethod
    def resolve_department(row: Element) -> UUID | None:
        return row.department_id


class DocumentOut(Schema):
    id: UUID
    family: str
    kind: str
    number: str
    edition: str
    title: str
    issuer: str
    state: str
    issued_on: date | None
    in_force_on: date | None


class Lists(Schema):
    items: list[ListOut]
    next: str


class Values(Schema):
    items: list[ValueOut]
    next: str


class Elements(Schema):
    items: list[ElementOut]
    next: str


class Documents(Schema):
    items: list[DocumentOut]
    next: str


@router.get("/lists", response=Lists)
def lists(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.code_lists(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/lists/{list_id}", response=ListOut)
def code_list(request: Asked, list_id: UUID) -> CodeList:
    return queries.code_list(request.actor, list_id)


@router.get("/lists/{list_id}/values", response=Values)
def values(
    request: Asked, list_id: UUID, on: date | None = None, code: str = "", parent: str | None = None,
    after: str = "", limit: int = 50,
) -> dict[str, object]:  # fmt: skip
    """The values valid `on` a day (today when left out); `code` looks one up, `parent` gives its children."""
    rows = queries.values_of(queries.code_list(request.actor, list_id).pk, on)
    if code:
        rows = rows.filter(code=code)
    if parent is not None:
        rows = rows.filter(parent=parent)
    items, more = people.page(rows, after, limit)
    return {"items": items, "next": more}


@router.get("/elements", response=Elements)
def elements(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.elements(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/elements/{element_id}", response=ElementOut)
def element(request: Asked, element_id: UUID) -> Element:
    return queries.element(request.actor, element_id)


@router.get("/documents", response=Documents)
def documents(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.documents(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/documents/{document_id}", response=DocumentOut)
def document(request: Asked, document_id: UUID) -> Document:
    return queries.document(request.actor, document_id)
