"""The ledger as a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as now_text
from django.utils.translation import gettext_lazy as _

from zampa.contracts.evidence import Body
from zampa.desk.lists import Choice, Column, ListSpec
from zampa.desk.wording import text_of, wording
from zampa.evidence.checkpoints import read_checkpoint
from zampa.ground.clock import utc_now
from zampa.ledger import models, queries

PERIODS: list[tuple[str, str | Promise]] = [
    ("1", _("最近一天")), ("7", _("最近 7 天")), ("30", _("最近 30 天")), ("90", _("最近 90 天")),
]  # fmt: skip


def body_of(row: models.Record) -> Body | None:
    """What a record of `queries.readable` says; decoded once a row."""
    if not hasattr(row, "told"):
        held = getattr(row, "body", None)
        row.told = msgspec.json.decode(held.content, type=Body) if held is not None else None  # type: ignore[attr-defined]
    told: Body | None = row.told  # type: ignore[attr-defined]
    return told


def actor_name(row: models.Record) -> str:
    body = body_of(row)
    return (body.actor_name if body else "") or text_of(f"ledger.actor.{row.actor_kind}")


def subject_name(row: models.Record) -> str:
    body = body_of(row)
    return (body.subject_name if body else "") or row.subject


def _events(request: HttpRequest) -> list[tuple[str, str]]:
    """Every event that has words, in their order."""
    return sorted(((code, str(text)) for code, text in wording().items() if code.count(":") == 2), key=lambda e: e[1])


def _rooms(request: HttpRequest) -> list[tuple[str, str]]:
    start = "ledger.kind."
    return [(code.removeprefix(start), str(text)) for code, text in wording().items() if code.startswith(start)]


def _of_room(rows: QuerySet[Any], room: str) -> QuerySet[Any]:
    return rows.filter(subject_kind__startswith=f"{room}.")


def _period(rows: QuerySet[Any], days: str) -> QuerySet[Any]:
    return rows.filter(at__gte=utc_now() - timedelta(days=int(days)))


def _address(row: models.Record) -> str:
    return reverse("ledger:record", args=[row.pk])


def _number(row: models.Record) -> object:
    return now_text("排序中") if row.number is None else row.number


RECORDS = ListSpec(
    name="ledger",
    title=_("留痕"),
    columns=(
        Column("event", _("发生了什么"), lambda r: text_of(r.event), link=_address),
        Column("subject", _("对象"), subject_name),
        Column("actor", _("谁"), actor_name, phone=False),
        Column("at", _("时间"), kind="moment", sort="at"),
        Column("number", _("日志编号"), _number, kind="num", phone=False),
    ),
    choices=(
        Choice("room", _("范围"), _rooms, apply=_of_room),
        Choice("event", _("事项"), _events),
        Choice("days", _("时间"), PERIODS, apply=_period),
    ),
    order="-pk",
    empty=_("还没有您可以查看的记录。您的部门参与的每一步操作都会记在这里。"),
)


def _root(row: models.Checkpoint) -> str:
    return short(read_checkpoint(queries.signed_of(row)).root)


def _key(row: models.Checkpoint) -> str:
    return short(queries.signed_of(row).key_id)


def short(text: str) -> str:
    """A digest for the eye; whole ones stand on the record's page and in the files."""
    return text[:20] + "…"


CHECKPOINTS = ListSpec(
    name="checkpoints",
    title=_("签名检查点"),
    columns=(
        Column("size", _("覆盖记录数"), kind="num", sort="size"),
        Column("at", _("签名时间"), kind="moment"),
        Column("epoch", _("纪元"), kind="num", phone=False),
        Column("root", _("根哈希"), _root, phone=False),
        Column("key", _("签名密钥"), _key, phone=False),
    ),
    order="-pk",
    empty=_("日志里还没有记录。"),
)
