"""Drafts and their items as a book, out and in."""

from __future__ import annotations

from uuid import UUID

from django.http.response import HttpResponseBase
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile

from zampa.catalogue import rules
from zampa.catalogue.acts import sheets
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.books import book_of

router = Router()


class TakenOut(Schema):
    """How many entries were new, how many changed."""

    entered: int
    changed: int


class Which(Schema):
    """`of`: "all" drafts, or "none" for the empty template; or the ids of those wanted."""

    of: str = "all"
    pk: list[UUID] = []


@router.get("/book", response={200: None})
def book_out(request: StaffCall, which: Query[Which]) -> HttpResponseBase:
    """The caller's drafts and their items as an XLSX book of two sheets."""
    rules.may_edit(request.actor, request.actor.department).require()
    return book_of(request.actor, [str(key) for key in which.pk], empty=not which.pk and which.of == "none")


@router.post("/book", response=TakenOut)
def book_in(request: StaffCall, file: File[UploadedFile]) -> sheets.Taken:
    """A filled book, whole or not at all; the answer of a wrong one names every cell."""
    return sheets.import_entries(by=request.actor, name=file.name or "", content=file.read())
