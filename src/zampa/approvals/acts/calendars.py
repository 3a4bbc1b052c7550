"""The regional and prefecture layers of the calendar. A change recomputes every open deadline it touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from zampa.approvals import rules
from zampa.approvals.acts.clocks import recompute
from zampa.approvals.events import Event
from zampa.approvals.models import CalendarDay, Clock
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.identity.models import Region
from zampa.ledger.acts import act, enter


@act
def set_calendar_days(
    *, by: Actor, region_code: str, days: Mapping[date, bool | None], note: str, now: datetime | None = None
) -> int:
    """Sets days of one layer: True people work, False they do not, None the layer says nothing (the row goes).

    `note` names the announcement. Open clocks of the layer's departments are computed anew, each change kept with
    its reason; returns how many clocks moved.
    """
    now = now or utc_now()
    rules.may_edit_calendar(by, region_code).require()
    region = Region.objects.filter(pk=region_code, level__in=("region", "prefecture")).first()
    faults = [] if region else [Fault("region_code", "approvals.calendar.no_layer", {"code": region_code})]
    if not days:
        faults.append(Fault("days", "approvals.calendar.no_days"))
    if not note.strip():
        faults.append(Fault("note", "approvals.calendar.note_missing"))
    if region is None or faults:
        raise NotValid("approvals.calendar.not_valid", faults=faults)
    for day, works in days.items():
        if works is None:
            CalendarDay.objects.filter(region=region, day=day).delete()
            continue
        CalendarDay.objects.update_or_create(
            region=region,
            day=day,
            defaults={"works": works, "note": note[:200], "edited_by": by.name, "edited_at": now},
        )
    prefix = region_code[:2] if region.level == "region" else region_code[:4]
    rows = Clock.objects.select_for_update(of=("self",)).filter(
        met_at=None, department__region__code__startswith=prefix
    )
    moved = sum(
        recompute(clock, what="calendar", by=by, reason=note, now=now)
        for clock in rows.select_related("department").order_by("id")
    )
    enter(
        event=Event.CALENDAR_CHANGED, by=by, subject=Subject("identity.region", region.pk, region.name),
        parties=[by.department] if by.department else [],
        facts={"days": {day.isoformat(): works for day, works in days.items()}, "note": note, "clocks_moved": moved},
        at=now,
    )  # fmt: skip
    return moved
