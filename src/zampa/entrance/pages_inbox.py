"""What waits for a person, by clock, named in full, with the decision in place where a plain yes can answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from zampa.approvals.models import Task
from zampa.approvals.queries import inbox
from zampa.contracts.actors import Actor
from zampa.desk.wording import has_text, text_of
from zampa.exchange import queries as exchange

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YES, NO = lazy("同意"), lazy("不同意")


@dataclass(frozen=True)
class Decision:
    """A step that one word answers: the owning room's address for the yes and for the no, and what each sends.

    `by`: which id the addresses take, the page's (`url_arg`) or the subject's; `more`: the address's further parts.
    """

    yes: str
    no: str = ""
    by: Literal["url_arg", "subject_id"] = "url_arg"
    more: tuple[str, ...] = ()
    sends: dict[str, str] = field(default_factory=lambda: {"verdict": "yes"})
    refuses: dict[str, str] = field(default_factory=lambda: {"verdict": "no"})
    label: str | Promise = YES
    against: str | Promise = NO


# Kinds that are answered item by item (exchange.decide) or by work (mend, redo, deliver) keep their link alone.
DECISIONS = {
    "catalogue.sign": Decision("catalogue:decide", refuses={"verdict": "return"}, against=lazy("退回修改")),
    "catalogue.review": Decision("catalogue:decide", refuses={"verdict": "return"}, against=lazy("退回修改")),
    "catalogue.stand": Decision("catalogue:step", more=("stand",)),
    "catalogue.attach": Decision("catalogue:attachment_step", by="subject_id", more=("approve",)),
    "exchange.sign": Decision(
        "exchange:request_sign", "exchange:request_send_back", sends={}, refuses={},
        label=lazy("同意并签发"), against=lazy("退回起草人"),
    ),
    "standards.element": Decision("standards:element_decide", refuses={"verdict": "return"}, against=lazy("退回修改")),
    "approvals.extension": Decision("approvals:extension"),
}  # fmt: skip


def waiting(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Everything that waits for the actor, the nearest clock first, those without a clock last."""
    tasks = inbox(actor, 500, now)
    named = _requests(actor, tasks)
    return [_task(task, named, now) for task in tasks]


def _task(task: Task, named: dict[str, tuple[str, str]], now: datetime) -> dict[str, Any]:
    name, number = named.get(_request_of(task), (task.subject_name or task.subject_id, ""))
    return {
        "id": task.pk,
        "kind_code": task.kind,
        "kind": kind_word(task.kind),
        "name": name,
        "number": number,
        "department": task.department,
        "url": address_of(task),
        "clock": task.clock,
        "opened": task.opened,
        "late": bool(task.clock and task.due and task.due <= now),
        "left": task.clock.days_left if task.clock else None,  # type: ignore[attr-defined]
        "decision": _decision(task),
    }


def _request_of(task: Task) -> str:
    """The request a task is about: itself, or the one whose clock an extension is asked for."""
    if task.subject_kind == "exchange.request":
        return task.subject_id
    if task.kind == "approvals.extension" and task.clock and task.clock.subject_kind == "exchange.request":
        return task.clock.subject_id
    return ""


def _requests(actor: Actor, tasks: Sequence[Task]) -> dict[str, tuple[str, str]]:
    """Who asks whom for what, in the reader's language, and the number: one query for the whole list."""
    asked = {found for task in tasks if (found := _request_of(task))}
    rows = exchange.requests(actor).filter(pk__in=[key for key in asked if _UUID.fullmatch(key)]) if asked else ()
    return {
        str(row.pk): (
            _("%(requester)s 申请 %(provider)s「%(resource)s」")
            % {"requester": row.requester.name, "provider": row.provider.name, "resource": row.resource.name},
            row.number,
        )
        for row in rows
    }


def _decision(task: Task) -> dict[str, Any] | None:
    found = DECISIONS.get(task.kind)
    if found is None:
        return None
    given = (getattr(task, found.by), *found.more)
    yes, no = address(found.yes, *given), address(found.no or found.yes, *given)
    if not yes or not no:
        return None
    return {
        "yes": yes, "no": no, "sends": found.sends.items(), "refuses": found.refuses.items(), "label": found.label,
        "against": found.against,
    }  # fmt: skip


def kind_word(kind: str) -> str:
    """The clerk's word for a kind of task."""
    for code in (f"approvals.task.{kind}", kind):
        if has_text(code):
            return text_of(code)
    return kind


def address_of(task: Task) -> str:
    return address(task.url_name, *([task.url_arg] if task.url_arg else []))


def address(url_name: str, *args: object) -> str:
    """The address of a page, or nothing where its room is not installed."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
