"""Code lists and documents as JSON."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Router

from zampa.identity import queries as people
from zampa.standards import queries
from zampa.standards.api.shapes import Asked, DocumentOut, Documents, ListOut, Lists, Values
from zampa.standards.models import CodeList, Document

router = Router()


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


@router.get("/documents", response=Documents)
def documents(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.documents(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/documents/{document_id}", response=DocumentOut)
def document(request: Asked, document_id: UUID) -> Document:
    return queries.document(request.actor, document_id)
