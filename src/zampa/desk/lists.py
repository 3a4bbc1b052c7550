"""Every list of the portal: search, filters, sort, pages by key, ticks, export. Its whole state is the address.

A list is data (`ListSpec`) over one scoped queryset. Pages go by key, never by number: page 2,000 costs what
page 1 costs, and a row that arrives meanwhile moves nothing (PostgreSQL manual, row-wise comparison).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from zampa.desk import keyset
from zampa.desk.exports import CONTENT_TYPES, EXPORT_LIMIT, export, write
from zampa.desk.pages import see_other
from zampa.desk.states import state_word
from zampa.desk.wording import text_of

Text = str | Promise
Kind = Literal["text", "num", "day", "moment", "bytes", "state", "clock", "strong", "code", "bo"]
COUNT_LIMIT = 10_000
PAGE = 50
LONGEST_PAGE = 200
FETCH = 2_000  # rows a long export holds at a time


@dataclass(frozen=True)
class Column:
    """One column. `value`: a dotted attribute path or a function of the row; default: the attribute `key`.

    `kind` decides alignment and format (bo: Tibetan; state: the row object or a state word, see the state tag;
    `state_of` names its wording). `sort`: the ORM path it sorts by, empty = cannot be sorted. `link`: row ->
    address; the first column of a list should have one. `phone=False` hides it on narrow screens. `export=False`
    keeps it out of files.
    """

    key: str
    label: Text
    value: str | Callable[[Any], object] = ""
    kind: Kind = "text"
    sort: str = ""
    link: Callable[[Any], str] | None = None
    state_of: str = ""
    phone: bool = True
    export: bool = True

    def of(self, row: Any) -> object:
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for name in (self.value or self.key).split("."):
            found = getattr(found, name, None)
            if callable(found):
                found = found()
            if found is None:
                return None
        return found


@dataclass(frozen=True)
class Choice:
    """A filter: one select kept in the address as ?key=value.

    `options`: pairs of value and label, or a function of the request that gives them. `field`: the ORM look-up
    the value goes to (default: key); `apply(queryset, value)` instead where one look-up is not enough.
    """

    key: str
    label: Text
    options: Sequence[tuple[str, Text]] | Callable[[HttpRequest], Sequence[tuple[str, Text]]]
    field: str = ""
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None

    def pairs(self, request: HttpRequest) -> list[tuple[str, str]]:
        given = self.options(request) if callable(self.options) else self.options
        return [(str(value), str(label)) for value, label in given]

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if self.apply is not None:
            return self.apply(queryset, value)
        return queryset.filter(**{self.field or self.key: value})


@dataclass(frozen=True)
class Bulk:
    """Something done to all ticked rows: a POST of `ids` (repeated) to the address named `url_name`."""

    label: Text
    url_name: str
    tone: Literal["", "primary", "danger"] = ""


@dataclass(frozen=True)
class ListSpec:
    """A list as data. `order`: ORM paths, the first may be overruled by ?sort=; the primary key always ends it.

    `empty` says why nothing is here when no filter is on; `empty_action` = (label, address name) says what to do.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    search: tuple[str, ...] = ()
    search_hint: Text = ""
    choices: tuple[Choice, ...] = ()
    order: str = "-pk"
    empty: Text = ""
    empty_action: tuple[Text, str] | None = None
    bulk: tuple[Bulk, ...] = ()


@dataclass
class Listed:
    """What the template shows."""

    spec: ListSpec
    rows: list[Any]
    count: int
    more: bool
    query: str
    chosen: dict[str, str]
    sort: str
    filters: list[dict[str, Any]] = field(default_factory=list)
    before: str = ""
    after: str = ""
    first: str = ""
    heads: list[dict[str, Any]] = field(default_factory=list)
    exports: list[tuple[str, str]] = field(default_factory=list)
    bulk: list[dict[str, Any]] = field(default_factory=list)

    @property
    def narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Rows as the table draws them: the id for its tick, then a cell for each column."""
        return [
            {
                "id": str(row.pk),
                "cells": [
                    {"column": c, "value": c.of(row), "link": c.link(row) if c.link else ""} for c in self.spec.columns
                ],
            }
            for row in self.rows
        ]


def listing(
    request: HttpRequest,
    queryset: QuerySet[Any],
    spec: ListSpec,
    template: str = "desk/list.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """The page of a list, or with ?export=xlsx|csv the file of it.

    In the template: `list` (a Listed) and whatever `extra` adds. The address keeps q, every choice, sort, size.
    """
    query = request.GET.get("q", "").strip()[:200]
    chosen = _chosen(request, spec)
    found = _narrow(queryset, spec, query, chosen)
    sort = _sort(request, spec)
    kind = request.GET.get("export", "")
    if kind in CONTENT_TYPES:
        return _export(request, keyset.ordered(found, sort), spec, kind)
    page = keyset.page(found, sort, _size(request), request.GET.get("after", ""), request.GET.get("before", ""))
    count = found.order_by()[: COUNT_LIMIT + 1].count()
    listed = Listed(spec, page.rows, min(count, COUNT_LIMIT), count > COUNT_LIMIT, query, chosen, sort)
    _addresses(request, listed, page)
    return render(request, template, {"list": listed, **(extra or {})})


def _chosen(request: HttpRequest, spec: ListSpec) -> dict[str, str]:
    """The choices in the address that are real ones; an unknown value chooses nothing."""
    chosen = {}
    for choice in spec.choices:
        value = request.GET.get(choice.key, "")
        if value and value in dict(choice.pairs(request)):
            chosen[choice.key] = value
    return chosen


def _narrow(queryset: QuerySet[Any], spec: ListSpec, query: str, chosen: dict[str, str]) -> QuerySet[Any]:
    for word in query.split() if spec.search else ():
        anywhere = Q()
        for path in spec.search:
            anywhere |= Q(**{f"{path}__icontains": word})
        queryset = queryset.filter(anywhere)
    for choice in spec.choices:
        if choice.key in chosen:
            queryset = choice.narrow(queryset, chosen[choice.key])
    return queryset


def _sort(request: HttpRequest, spec: ListSpec) -> str:
    asked = request.GET.get("sort", "")
    for column in spec.columns:
        if column.sort and asked.lstrip("-") == column.key:
            return ("-" if asked.startswith("-") else "") + column.sort
    return spec.order


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("size", "")
    return max(1, min(int(asked), LONGEST_PAGE)) if asked.isdecimal() and len(asked) < 6 else PAGE


def _address(request: HttpRequest, **changes: str) -> str:
    """This list's address with some parts changed; an empty value takes the part out. Pages start anew."""
    kept = {k: v for k, v in request.GET.items() if k not in {"after", "before", "export"} and v}
    kept = {k: v for k, v in {**kept, **changes}.items() if v}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _addresses(request: HttpRequest, listed: Listed, page: keyset.Page[Model]) -> None:
    spec = listed.spec
    listed.after = _address(request, after=page.after) if page.after else ""
    listed.before = _address(request, before=page.before) if page.before else ""
    listed.first = _address(request)
    listed.exports = [(kind, _address(request, export=kind)) for kind in CONTENT_TYPES]
    listed.bulk = [{"label": b.label, "url": reverse(b.url_name), "tone": b.tone} for b in spec.bulk]
    for choice in spec.choices:
        value = listed.chosen.get(choice.key, "")
        listed.filters.append(
            {"key": choice.key, "label": choice.label, "options": choice.pairs(request), "value": value}
        )
    for column in spec.columns:
        direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(listed.sort, "")
        down = direction == "ascending"
        url = _address(request, sort=("-" if down else "") + column.key) if column.sort else ""
        listed.heads.append({"column": column, "url": url, "direction": direction if column.sort else ""})


@dataclass
class Sink:
    """Where a job wants the whole list: a request that carries one as `export_sink` is a job's, not a browser's."""

    file: IO[bytes]
    rows: int | None = None  # how many were written; None while nothing was


def _export(request: HttpRequest, rows: QuerySet[Any], spec: ListSpec, kind: str) -> HttpResponseBase:
    """The file; or, where it would be too long to make while one waits, a job that makes it and tells the person."""
    columns = [column for column in spec.columns if column.export]
    heads, title = [str(column.label) for column in columns], str(spec.title) or _("清单")
    sink: Sink | None = getattr(request, "export_sink", None)
    if sink is not None:
        cells = ([_plain(column, row) for column in columns] for row in rows.iterator(chunk_size=FETCH))
        sink.rows = write(kind, sink.file, title, heads, cells)
        return HttpResponse()
    if rows.order_by()[: EXPORT_LIMIT + 1].count() > EXPORT_LIMIT:
        import_string(settings.ZAMPA_LONG_EXPORTS)(request, kind, spec.name, title)
        messages.success(request, text_of("desk.export.queued", {"limit": f"{EXPORT_LIMIT:,}"}))
        return see_other(_address(request))
    return export(kind, spec.name, title, heads, ([_plain(column, row) for column in columns] for row in rows))


def _plain(column: Column, row: Any) -> object:
    """A cell as a file holds it: states as their word, everything else as it is."""
    value = column.of(row)
    if column.kind == "state":
        return state_word(value, column.state_of)
    return value
