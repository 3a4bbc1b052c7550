"""The search box: the catalogue through its index, the rest by plain queries over what the actor may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zampa.catalogue.pages import search as catalogue
from zampa.census import queries as census
from zampa.contracts.actors import Actor
from zampa.desk.pages import StaffRequest
from zampa.entrance.pages_home import address
from zampa.exchange import queries as exchange
from zampa.exchange.models import Request
from zampa.identity import queries as identity

EACH = 10


def context_of(request: StaffRequest) -> dict[str, Any]:
    """What the page shows: hits of the catalogue with their facets, then what else holds every word."""
    context = catalogue.context_of(request)
    wanted, answer = context["wanted"], context["answer"]
    chips = [value for _label, value, _url in context["chips"]]
    return {
        **context,
        "search_words": wanted.words,
        "save_as": " · ".join([one for one in (wanted.words, *chips) if one])[:200],
        "here": str(wanted.page),
        "first": (wanted.page - 1) * wanted.size + 1,
        "next": catalogue.address(wanted, page=wanted.page + 1) if wanted.page < answer.pages else "",
        "groups": groups(request.actor, wanted.words) if wanted.words and not wanted.chosen else [],
    }


def groups(actor: Actor, words: str) -> list[dict[str, Any]]:
    """Hits by kind, at most ten a kind, with the address of the whole list for more."""
    return [group for group in _all(actor, words.split()) if group["hits"]]


def _all(actor: Actor, words: list[str]) -> Iterable[dict[str, Any]]:
    requests = narrowed(
        exchange.requests(actor), words, "number", "resource__name", "requester__name", "provider__name", "scenario"
    )
    yield group(_("申请"), requests, "exchange:request", lambda row: f"{row.requester} → {row.provider}", row_title)
    systems = narrowed(census.systems_of(actor), words, "name", "code", "department__name")
    yield group(_("系统台账"), systems, "census:system", lambda row: f"{row.code} · {row.department}", "name")
    departments = narrowed(identity.departments(actor), words, "name", "short_name", "name_bo", "code")
    yield group(_("部门"), departments, "identity:department", lambda row: row.code, "name")


def row_title(row: Request) -> str:
    return f"{row.number} {row.resource}"


def narrowed(rows: QuerySet[Any], words: list[str], *paths: str) -> QuerySet[Any]:
    """Rows in which every word occurs in one of the paths."""
    for word in words:
        anywhere = Q()
        for path in paths:
            anywhere |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(anywhere)
    return rows


def group(
    label: str, rows: QuerySet[Any], url_name: str, note: Callable[[Any], str], title: str | Callable[[Any], str]
) -> dict[str, Any]:
    hits = [
        {
            "name": title(row) if callable(title) else getattr(row, title),
            "url": address(url_name, row.pk),
            "note": note(row),
        }
        for row in rows[: EACH + 1]
    ]
    return {"label": label, "hits": hits[:EACH], "more": len(hits) > EACH}
