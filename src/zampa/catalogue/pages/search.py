"""Searching the catalogue: what the page shows (the entrance draws it around), suggestions, kept searches."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.catalogue.acts import searches
from zampa.catalogue.models import SavedSearch
from zampa.catalogue.search import asking
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.index import searching
from zampa.index.entries import FACETS
from zampa.index.parsing import LONGEST

SHOWN = 8  # values of a facet before "more"
AROUND = 2  # pages shown on each side of the one that is open


def wanted_of(request: StaffRequest) -> asking.Wanted:
    """The question in the address; what cannot be asked there is left out, an address is not a form."""
    given = request.GET
    words = _read(given.get("q", ""))
    sort = given.get("sort", "")
    page = given.get("page", "")
    deepest = searching.DEEPEST // asking.PAGE
    return asking.Wanted(
        words=words,
        chosen=_chosen(given),
        sort=sort if sort in asking.SORTS else "relevance" if words else "published",
        page=min(max(int(page), 1), deepest) if page.isdecimal() and len(page) < 6 else 1,
    )


def _read(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]


def _chosen(given: QueryDict) -> dict[str, list[str]]:
    """At most forty values a facet; unknown values find nothing."""
    return {key: [_read(value) for value in given.getlist(key)[:40]] for key in FACETS if given.getlist(key)}


def address(wanted: asking.Wanted, **changes: Any) -> str:
    """The search page's address with some parts changed; pages begin anew."""
    parts: list[tuple[str, str]] = [("q", changes.get("words", wanted.words))]
    chosen = {**wanted.chosen, **changes.get("chosen", {})}
    parts += [(key, value) for key in FACETS for value in chosen.get(key, ())]
    parts.append(("sort", changes.get("sort", "" if wanted.sort == "relevance" else wanted.sort)))
    parts.append(("page", str(changes.get("page", ""))))
    kept = [(key, value) for key, value in parts if value]
    return f"{reverse('search')}?{urlencode(kept)}" if kept else reverse("search")


def context_of(request: StaffRequest) -> dict[str, Any]:
    """What the search page shows of the catalogue."""
    wanted = wanted_of(request)
    answer = asking.search(request.actor, wanted)
    return {
        "answer": answer,
        "wanted": wanted,
        "facets": [_facet(wanted, one) for one in answer.facets],
        "chips": _chips(wanted, answer),
        "hidden": [(key, value) for key, values in wanted.chosen.items() for value in values],
        "sorts": [(name, label, address(wanted, sort=name)) for name, label in asking.SORTS.items()],
        "pages": _pages(answer),
        "cleared": address(wanted, chosen={key: [] for key in FACETS}),
        "tries": [(word, count, address(asking.Wanted(words=word))) for word, count in answer.tries],
        "meant_url": address(wanted, words=answer.meant),
        "saved": list(searches.searches_of(request.actor)[:SHOWN]),
    }


def _facet(wanted: asking.Wanted, facet: asking.Facet) -> dict[str, Any]:
    urls = [address(wanted, chosen={facet.key: _toggled(wanted, facet.key, value)}) for value in facet.values]
    values = list(zip(facet.values, urls, strict=True))
    return {"facet": facet, "values": values[:SHOWN], "more": values[SHOWN:]}


def _toggled(wanted: asking.Wanted, key: str, value: asking.Value) -> list[str]:
    kept = [one for one in wanted.chosen.get(key, ()) if one != value.value]
    return kept if value.chosen else [*kept, value.value]


def _chips(wanted: asking.Wanted, answer: asking.Answer) -> list[tuple[str, str, str]]:
    """What is chosen, as words, each with the address without it."""
    return [
        (str(facet.label), value.label, address(wanted, chosen={facet.key: _toggled(wanted, facet.key, value)}))
        for facet in answer.facets
        for value in facet.values
        if value.chosen
    ]


def _pages(answer: asking.Answer) -> list[tuple[str, str]]:
    """Numbers of pages near the open one, the first and the next; "" where some are left out."""
    here, last = answer.wanted.page, answer.pages
    near = [number for number in range(here - AROUND, here + AROUND + 1) if 1 <= number <= last]
    numbers = [*([1, 0] if near and near[0] > 2 else [1] if near and near[0] == 2 else []), *near]
    return [(str(one), address(answer.wanted, page=one)) if one else ("", "") for one in numbers] if last > 1 else []


@signed_in
def suggest(request: StaffRequest) -> HttpResponse:
    """Under the search box, while one types."""
    words = _read(request.GET.get("q", ""))
    hits = asking.suggest(request.actor, words) if words else []
    return render(request, "catalogue/suggestions.html", {"hits": hits, "words": words})


@signed_in
def saved(request: StaffRequest) -> HttpResponse:
    """The searches I keep."""
    rows = [(row, _place(row), _told(request, row)) for row in searches.searches_of(request.actor)]
    return render(request, "catalogue/saved_searches.html", {"rows": rows})


def _place(row: SavedSearch) -> str:
    return address(asking.Wanted(words=row.words, chosen=row.chosen, sort="relevance" if row.words else "published"))


def _told(request: StaffRequest, row: SavedSearch) -> list[tuple[str, str]]:
    """What is asked for, in words: the facet and its values."""
    told = [(_("检索词"), row.words)] if row.words else []
    for key, values in row.chosen.items():
        labels = asking.labels_of(request.actor, key, values)
        told.append((str(asking.FACET_LABELS[key]), "、".join(labels.get(value, value) for value in values)))
    return told


@signed_in
def saved_search(request: StaffRequest, search_id: UUID) -> HttpResponse:
    """From a message to the hits, the newest first."""
    row = searches.note_seen(by=request.actor, search_id=search_id)
    return see_other(address(asking.Wanted(words=row.words, chosen=row.chosen, sort="published")))


@require_POST
@signed_in
def save(request: StaffRequest) -> HttpResponse:
    """Keep what is being looked at."""
    given = request.POST
    chosen, words, name = _chosen(given), _read(given.get("q", "")), _read(given.get("name", ""))
    return press(
        request,
        lambda: searches.save_search(by=request.actor, name=name, words=words, chosen=chosen),
        said=_("检索已保存，有新的资源发布时以消息告诉您。"),
        to=reverse("catalogue:saved_searches"),
    )


@require_POST
@signed_in
def drop(request: StaffRequest, search_id: UUID) -> HttpResponse:
    """Keep it no longer."""
    return press(
        request,
        lambda: searches.drop_search(by=request.actor, search_id=search_id),
        said=_("已删去。"),
        to=reverse("catalogue:saved_searches"),
    )
