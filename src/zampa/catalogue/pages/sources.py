"""The days of a source, and what of the catalogue ran out of time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from zampa.approvals import queries as approvals
from zampa.catalogue import queries
from zampa.catalogue.acts.troubles import WATCHED
from zampa.catalogue.lists import DAYS, OVERDUE
from zampa.catalogue.models import Attachment, SourceDay
from zampa.contracts.actors import Actor
from zampa.desk.formats import day as day_text
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, signed_in
from zampa.desk.states import state_word
from zampa.ground.clock import local_date, utc_now

SHOWN_DAYS = 90
STEP = 8
HEIGHTS = {"live": 30, "stale": 20, "broken": 12}


@signed_in
def history(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Every day of the source now attached, the worst state of each; drawn for the last ninety."""
    found = queries.resource(request.actor, pk)
    made = queries.open_attachment(found.pk)
    rows = queries.days_of(made.pk) if made else SourceDay.objects.none()
    extra = {"resource": found, "strip": strip_of(made)}
    return listing(request, rows, DAYS, template="catalogue/history.html", extra=extra)


def strip_of(made: Attachment | None) -> dict[str, Any] | None:
    """The last days as bars: live tall, stale lower, broken low, so that the colour does not carry it alone."""
    if made is None:
        return None
    today = local_date(utc_now())
    known = {row.day: row for row in queries.days_of(made.pk)[:SHOWN_DAYS]}
    counts: dict[str, int] = {}
    days = []
    for back in range(SHOWN_DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        state = known[day].state if day in known else "none"
        word = state_word(state, "catalogue.attachment") if day in known else _("没有探测")
        counts[word] = counts.get(word, 0) + 1
        height = HEIGHTS.get(state, 3)
        place = {"x": len(days) * STEP, "y": 31 - height, "height": height}
        days.append({**place, "state": state, "title": f"{day_text(day)} {word}"})
    said = " · ".join(f"{word} {count}" for word, count in counts.items())
    label = _("近 %(days)s 天：%(said)s") % {"days": SHOWN_DAYS, "said": said}
    return {"days": days, "width": SHOWN_DAYS * STEP, "label": label}


@signed_in
def overdue(request: StaffRequest) -> HttpResponseBase:
    """Catalogue clocks that ran out: an authority's departments, or one's own."""
    rows = approvals.clocks(request.actor).filter(pk__in=approvals.overdue().values("pk"), name__in=WATCHED)
    return listing(request, rows, OVERDUE, template="catalogue/overdue.html", extra={"bars": _bars(request.actor)})


def _bars(actor: Actor) -> list[dict[str, Any]]:
    """The ten departments with most days of trouble in the last year."""
    today = local_date(utc_now())
    rows = queries.source_days(actor, today - timedelta(days=365), today)
    bad = [(int(str(row["stale"])) + int(str(row["broken"])), row) for row in rows]
    most = sorted((one for one in bad if one[0]), key=lambda one: -one[0])[:10]
    return [
        {
            "label": row["name"],
            "share": round(100 * days / most[0][0]),
            "text": _("过期 %(stale)s · 不通 %(broken)s") % {"stale": row["stale"], "broken": row["broken"]},
            "tone": "late",
        }
        for days, row in most
    ]
