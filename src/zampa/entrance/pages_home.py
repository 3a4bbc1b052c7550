"""What the home page and the inbox show: tasks by clock, at most eight figures, one chart, the latest acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Attachment
from zampa.contracts.actors import Actor
from zampa.contracts.evidence import Body
from zampa.desk.formats import number, short
from zampa.desk.wording import text_of
from zampa.entrance.pages_inbox import address
from zampa.exchange import queries as exchange
from zampa.exchange.models import Delivery
from zampa.ledger.models import Record
from zampa.ledger.queries import readable

MONTH = timedelta(days=30)
GOOD_SHARE = 80  # percent of published resources that answer
IN_CHART = 6
ON_RAIL = 8


def figures(actor: Actor, tasks: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Four of at most eight: a label, a value, a note with its tone, and the list behind it."""
    since = now - MONTH
    return [
        _waiting_figure(tasks),
        _resources_figure(actor),
        _calls_figure(actor, since, now),
        _deliveries(actor, since),
    ]


def _waiting_figure(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    late = sum(task["late"] for task in tasks)
    note = ngettext("%(count)s 件已超期", "%(count)s 件已超期", late) % {"count": late} if late else _("没有超期")
    return figure(_("等我处理"), len(tasks), note, "down" if late else "up", "inbox")


def _resources_figure(actor: Actor) -> dict[str, Any]:
    """Of the actor's own department where it has published any, else of all that is published to everyone."""
    rows = catalogue.published(actor)
    own = rows.filter(provider_id=actor.department) if actor.department else rows.none()
    mine = own.exists()
    counted = (own if mine else rows).aggregate(
        whole=Count("pk", distinct=True),
        live=Count("pk", filter=Q(attachment_state=Attachment.State.LIVE), distinct=True),
    )
    label = _("我部门在线资源 / 已发布") if mine else _("在线资源 / 已发布")
    share = round(100 * counted["live"] / counted["whole"]) if counted["whole"] else 0
    note = _("挂接率 %(share)s%%") % {"share": share} if counted["whole"] else _("还没有发布")
    value = f"{number(counted['live'])} / {number(counted['whole'])}"
    return figure(label, value, note, "up" if share >= GOOD_SHARE else "", "catalogue:resources")


def _calls_figure(actor: Actor, since: datetime, now: datetime) -> dict[str, Any]:
    rows = exchange.calls(actor)
    count = rows.filter(at__gte=since).count()
    before = rows.filter(at__gte=since - MONTH, at__lt=since).count()
    note, tone = _("上个 30 天没有调用"), ""
    if before:
        change = round(100 * (count - before) / before)
        note, tone = _("较上个 30 天 %(change)s%%") % {"change": f"{change:+d}"}, "up" if change >= 0 else "down"
    return figure(_("近 30 天调用"), count, note, tone, "exchange:grants")


def _deliveries(actor: Actor, since: datetime) -> dict[str, Any]:
    counted = (
        exchange.deliveries(actor)
        .filter(created_at__gte=since)
        .aggregate(
            done=Count("pk", filter=Q(state=Delivery.State.DONE)),
            failed=Count("pk", filter=Q(state=Delivery.State.FAILED)),
        )
    )
    failed = counted["failed"]
    note = ngettext("%(count)s 次失败", "%(count)s 次失败", failed) % {"count": failed} if failed else _("没有失败")
    return figure(_("近 30 天交付"), counted["done"], note, "down" if failed else "up", "exchange:deliveries")


def figure(label: str, value: object, note: str, tone: str, url_name: str) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "tone": tone, "url": address(url_name)}


def calls_by_resource(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The chart that matters: which data is used, the six most called of the last 30 days."""
    rows = exchange.calls(actor).filter(at__gte=now - MONTH, resource__isnull=False)
    counted = list(
        rows.order_by().values("resource").annotate(calls=Count("pk")).order_by("-calls", "resource")[:IN_CHART]
    )
    names = dict(
        catalogue.resources_of(actor).filter(pk__in=[row["resource"] for row in counted]).values_list("pk", "name")
    )
    most = counted[0]["calls"] if counted else 1
    return [
        {
            "label": names.get(row["resource"], _("已撤下的资源")),
            "share": 100 * row["calls"] / most,
            "text": short(row["calls"]),
            "url": address("catalogue:resource", row["resource"]) if row["resource"] in names else "",
        }
        for row in counted
    ]


def recent(actor: Actor) -> list[dict[str, Any]]:
    """The latest acts this actor may read."""
    return timeline(readable(actor)[:ON_RAIL])


def timeline(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Records as a timeline tells them: who, what, on what, when, and the place in the ledger."""
    return [_told(record) for record in records]


def _told(record: Record) -> dict[str, Any]:
    held = getattr(record, "body", None)
    body = msgspec.json.decode(held.content, type=Body) if held is not None else None
    return {
        "pk": record.pk,
        "actor_name": body.actor_name if body else "",
        "by_system": record.actor_kind == "system",
        "subject_name": body.subject_name if body else "",
        "event": text_of(record.event),
        "at": record.at,
        "number": record.number,
        "url": address("ledger:record", record.pk),
    }
