"""Search, suggestions while typing, and the searches a person keeps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from ninja import Query, Router, Schema, Status

from zampa.catalogue.acts import searches
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import SavedSearch
from zampa.catalogue.search import asking
from zampa.index.entries import FACETS
from zampa.index.marking import Piece

router = Router()


class SearchIn(Schema):
    """`q`: words in any script, pinyin, initials or codes. Facets may be given several times: any of the values."""

    q: str = ""
    department: list[str] = []
    class_code: list[str] = []
    sharing: list[str] = []
    format: list[str] = []
    cycle: list[str] = []
    live: list[str] = []
    region: list[str] = []
    year: list[str] = []
    state: list[str] = []
    sort: str = "relevance"
    page: int = 1
    limit: int = asking.PAGE
    facets: bool = True

    def wanted(self) -> asking.Wanted:
        chosen = {key: getattr(self, "class_code" if key == "class" else key) for key in FACETS}
        return asking.Wanted(
            words=self.q,
            chosen={key: values for key, values in chosen.items() if values},
            sort=self.sort,
            page=self.page,
            size=self.limit,
            facets=FACETS if self.facets else (),
        )


class PieceOut(Schema):
    """A piece of text; `hit`: it is what was searched for."""

    text: str
    hit: bool


class HitOut(Schema):
    """An entry with what was searched for marked; `items`: those of its items that hold it."""

    id: UUID
    code: str
    name: str
    name_bo: str
    department: str
    class_name: str
    sharing: str
    format: str
    update_cycle: str
    state: str
    attachment: str
    published_on: date | None
    marked_name: list[PieceOut]
    marked_abstract: list[PieceOut]
    items: list[list[PieceOut]]


class ValueOut(Schema):
    value: str
    label: str
    count: int
    chosen: bool


class FacetOut(Schema):
    key: str
    label: str
    values: list[ValueOut]


class AnswerOut(Schema):
    """`count` stops at 10,000, then `more`. `strict`: hits with every word. `meant`: a spelling that finds something;
    `corrected`: the hits are of that one. `plain`: the index is being made, and this is a simple look-up."""

    count: int
    more: bool
    strict: int
    page: int
    pages: int
    meant: str
    corrected: bool
    plain: bool
    hits: list[HitOut]
    facets: list[FacetOut]


class SuggestionOut(Schema):
    id: UUID
    name: str
    department: str
    marked_name: list[PieceOut]


class SavedIn(Schema):
    """A search to keep: its words and chosen facets, and whether to be told of new hits."""

    name: str = ""
    words: str = ""
    chosen: dict[str, list[str]] = {}
    notify: bool = True


class SavedOut(Schema):
    id: UUID
    name: str
    words: str
    chosen: dict[str, list[str]]
    notify: bool
    new_hits: int
    created_at: datetime


def _pieces(pieces: list[Piece]) -> list[dict[str, Any]]:
    return [{"text": text, "hit": hit} for text, hit in pieces]


def _hit(hit: asking.Hit) -> dict[str, Any]:
    row = hit.resource
    plain = ("id", "code", "name", "name_bo", "class_name", "sharing", "format", "update_cycle", "state")
    return {
        **{name: getattr(row, name) for name in (*plain, "published_on")},
        "department": str(row.provider),
        "attachment": row.attachment_state or "none",
        "marked_name": _pieces(hit.name),
        "marked_abstract": _pieces(hit.abstract),
        "items": [_pieces(one) for one in hit.items],
    }


@router.get("/search", response=AnswerOut)
def search(request: StaffCall, given: Query[SearchIn]) -> HttpResponse:
    """Entries found, the best first, with counts by facet. What the caller may not see is not counted either."""
    told = _answer(asking.search(request.actor, given.wanted()))
    # Some hundred facet values through the schema's checks would take longer than the search; a test checks the shape.
    return HttpResponse(msgspec.json.encode(told), content_type="application/json; charset=utf-8")


def _answer(answer: asking.Answer) -> dict[str, Any]:
    told = ("count", "more", "strict", "pages", "meant", "corrected", "plain")
    return {
        **{name: getattr(answer, name) for name in told},
        "page": answer.wanted.page,
        "hits": [_hit(one) for one in answer.hits],
        "facets": [
            {"key": one.key, "label": str(one.label), "values": [value.__dict__ for value in one.values]}
            for one in answer.facets
        ],
    }


@router.get("/search/suggestions", response=list[SuggestionOut])
def suggestions(request: StaffCall, q: str = "") -> list[dict[str, Any]]:
    """Entries whose name holds what is being typed, at most eight."""
    return [
        {
            "id": one.resource.pk,
            "name": one.resource.name,
            "department": str(one.resource.provider),
            "marked_name": _pieces(one.name),
        }
        for one in asking.suggest(request.actor, q)
    ]


@router.get("/searches", response=list[SavedOut])
def saved_searches(request: StaffCall) -> list[SavedSearch]:
    """The searches the caller keeps, newest first."""
    return list(searches.searches_of(request.actor))


@router.post("/searches", response={201: SavedOut})
def save_search(request: StaffCall, given: SavedIn) -> Status[SavedSearch]:
    """Keep a search; the same name again puts this one in its place."""
    made = searches.save_search(
        by=request.actor, name=given.name, words=given.words, chosen=given.chosen, notify=given.notify
    )
    return Status(201, made)


@router.delete("/searches/{uuid:search_id}", response={204: None})
def drop_search(request: StaffCall, search_id: UUID) -> Status[None]:
    """Keep it no longer."""
    searches.drop_search(by=request.actor, search_id=search_id)
    return Status(204, None)
