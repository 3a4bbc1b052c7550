"""The search box: plain queries over what the actor may see; the full-text index takes over in a later step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zampa.contracts.actors import Actor
from zampa.identity import queries as identity

EACH = 10


def groups(actor: Actor, words: str) -> list[dict[str, Any]]:
    """Hits by kind, at most ten a kind, with the address of the whole list for more."""
    return [group for group in _all(actor, words.split()) if group["hits"]]


def _all(actor: Actor, words: list[str]) -> Iterable[dict[str, Any]]:
    departments = narrowed(identity.departments(actor), words, "name", "short_name", "name_bo", "code")
    yield group(_("部门"), departments, "identity:department", lambda row: row.code)


def narrowed(rows: QuerySet[Any], words: list[str], *paths: str) -> QuerySet[Any]:
    """Rows in which every word occurs in one of the paths."""
    for word in words:
        anywhere = Q()
        for path in paths:
            anywhere |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(anywhere)
    return rows


def group(label: str, rows: QuerySet[Any], url_name: str, note: Callable[[Any], str]) -> dict[str, Any]:
    hits = [{"name": str(row), "url": address(url_name, row.pk), "note": note(row)} for row in rows[: EACH + 1]]
    return {"label": label, "hits": hits[:EACH], "more": len(hits) > EACH}


def address(url_name: str, key: object) -> str:
    try:
        return reverse(url_name, args=[key])
    except NoReverseMatch:
        return ""
