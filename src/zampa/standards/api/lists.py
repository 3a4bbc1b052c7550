"""Code lists and documents as JSON."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import File, Router, UploadedFile

from zampa.identity import queries as people
from zampa.standards import acts, queries
from zampa.standards.api.shapes import (
    AdoptionIn,
    AdoptionOut,
    Asked,
    DocumentIn,
    DocumentOut,
    Documents,
    InForceIn,
    ListIn,
    ListOut,
    Lists,
    NewDocument,
    ReasonIn,
    Values,
)
from zampa.standards.models import Adoption, CodeList, Document
from zampa.standards.rules.documents import DocumentDraft, ListDraft

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


@router.post("/lists", response={201: ListOut})
def enter_list(request: Asked, given: ListIn, own: bool = False) -> CodeList:
    """A list of the region's, for the authority; with `own` one of the caller's department."""
    return acts.enter_list(by=request.actor, draft=ListDraft(**given.dict()), own=own)


@router.put("/lists/{list_id}", response=ListOut)
def change_list(request: Asked, list_id: UUID, given: ListIn) -> CodeList:
    return acts.change_list(by=request.actor, list_id=list_id, draft=ListDraft(**given.dict()))


@router.post("/lists/{list_id}/values", response=ListOut)
def load_values(request: Asked, list_id: UUID, file: UploadedFile = File(...)) -> CodeList:  # noqa: B008 ninja's way
    """All values of the list as an XLSX or CSV file; what it leaves out ends today."""
    return acts.load_values(by=request.actor, list_id=list_id, name=file.name or "", content=file.read())


@router.post("/lists/{list_id}/end", response=ListOut)
def end_list(request: Asked, list_id: UUID, given: ReasonIn) -> CodeList:
    return acts.end_list(by=request.actor, list_id=list_id, reason=given.reason)


@router.post("/documents", response={201: DocumentOut})
def enter_document(request: Asked, given: NewDocument, own: bool = False) -> Document:
    values = given.dict()
    replaces = values.pop("replaces")
    return acts.enter_document(by=request.actor, draft=DocumentDraft(**values), replaces_id=replaces, own=own)


@router.put("/documents/{document_id}", response=DocumentOut)
def change_document(request: Asked, document_id: UUID, given: DocumentIn) -> Document:
    return acts.change_document(by=request.actor, document_id=document_id, draft=DocumentDraft(**given.dict()))


@router.post("/documents/{document_id}/in-force", response=DocumentOut)
def bring_in_force(request: Asked, document_id: UUID, given: InForceIn) -> Document:
    return acts.bring_in_force(by=request.actor, document_id=document_id, on=given.on)


@router.post("/documents/{document_id}/abolish", response=DocumentOut)
def abolish_document(request: Asked, document_id: UUID, given: ReasonIn) -> Document:
    return acts.abolish_document(by=request.actor, document_id=document_id, reason=given.reason)


@router.get("/documents/{document_id}/adoptions", response=list[AdoptionOut])
def adoptions(request: Asked, document_id: UUID) -> list[Adoption]:
    return list(queries.document(request.actor, document_id).adoptions.select_related("department"))


@router.post("/documents/{document_id}/adoptions", response={201: AdoptionOut})
def note_adoption(request: Asked, document_id: UUID, given: AdoptionIn) -> Adoption:
    """A department follows the document from a day on."""
    return acts.note_adoption(
        by=request.actor, document_id=document_id, department_id=given.department, on=given.on, note=given.note
    )
