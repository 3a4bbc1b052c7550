"""What the home page and the inbox show: tasks by clock, at most eight figures, one chart, the latest acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zampa.approvals.models import Task
from zampa.approvals.queries import tasks_for, working_days_left
from zampa.contracts.actors import Actor
from zampa.desk.wording import has_text, text_of


def waiting(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Everything that waits for the actor, the nearest clock first, those without a clock last."""
    return [_task(task, now) for task in tasks_for(actor)[:500]]


def _task(task: Task, now: datetime) -> dict[str, Any]:
    left = working_days_left(task.clock, now) if task.clock else None
    return {
        "id": task.pk,
        "kind_code": task.kind,
        "kind": kind_word(task.kind),
        "name": task.subject_name or task.subject_id,
        "department": task.department,
        "url": address_of(task),
        "clock": task.clock,
        "opened": task.opened,
        "late": bool(task.clock and task.due and task.due <= now),
        "left": left,
    }


def kind_word(kind: str) -> str:
    """The clerk's word for a kind of task."""
    for code in (f"approvals.task.{kind}", kind):
        if has_text(code):
            return text_of(code)
    return kind


def address_of(task: Task) -> str:
    try:
        return reverse(task.url_name, args=[task.url_arg] if task.url_arg else [])
    except NoReverseMatch:
        return ""


def figures(actor: Actor, tasks: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """At most eight: a label, a value, a note with its tone, and the list behind it."""
    late = sum(task["late"] for task in tasks)
    note = _("%(count)s 件已超期") % {"count": late} if late else _("没有超期")
    return [
        {"label": _("等我处理"), "value": len(tasks), "note": note, "tone": "down" if late else "up", "url": reverse("inbox")}
    ]


def calls_by_resource(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    return []


def recent(actor: Actor) -> list[Any]:
    return []
