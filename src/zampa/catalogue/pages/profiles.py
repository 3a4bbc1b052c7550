"""The picture of an entry's table: for the department that owns it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries
from zampa.catalogue.acts.profiles import profiled
from zampa.catalogue.rules import quality as rules
from zampa.desk.pages import StaffRequest, press, signed_in
from zampa.flows.profiling import ColumnPicture, Picture, Share


@signed_in
@never_cache
def profile(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = queries.resource(request.actor, pk)
    rules.may_see_rows(request.actor, str(found.provider_id)).require()
    rows = profiled(found)
    done = next((row for row in rows if row.state == "done"), None)
    made = msgspec.convert(done.picture, Picture) if done else None
    items = {item.column: item.name for item in queries.items_of(found.pk)}
    context: dict[str, Any] = {
        "resource": found,
        "profile": done,
        "picture": made,
        "columns": [_shown(one, made.rows, items) for one in made.columns] if made else [],
        "under_way": next((row for row in rows if row.state in ("waiting", "running")), None),
        "failed": rows[0] if rows and rows[0].state == "failed" else None,
        "may_start": rules.may_state_rules(request.actor, str(found.provider_id)).allowed,
    }
    return render(request, "catalogue/profile.html", context)


def _shown(one: ColumnPicture, rows: int, items: dict[str, str]) -> dict[str, Any]:
    filled = rows - one.nulls
    return {
        "one": one,
        "item": items.get(one.name, ""),
        "filled": f"{100 * filled / rows:.1f}" if rows else "",
        "frequent": _bars(one.frequent, filled),
        "bins": _bars(one.bins, one.sampled),
        "shapes": _bars(one.shapes, filled),
        "lengths": _bars(one.lengths, filled),
    }


def _bars(shares: list[Share], whole: int) -> list[dict[str, Any]]:
    most = max((share.rows for share in shares), default=1) or 1
    return [
        {"label": share.label, "share": 100 * share.rows / most, "text": f"{share.rows:,}"} for share in shares if whole
    ]


@signed_in
@require_POST
def start(request: StaffRequest, pk: UUID) -> HttpResponse:
    to = reverse("catalogue:profile", args=[pk])
    return press(request, lambda: acts.ask_profile(by=request.actor, resource_id=pk), said=_("已开始分析"), to=to)
