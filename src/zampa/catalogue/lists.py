"""The catalogue as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import GUIDE, Attachment, ClassNode, Resource
from zampa.catalogue.models.resources import Sharing
from zampa.catalogue.tree import placed_in
from zampa.desk.lists import Choice, Column, ListSpec
from zampa.desk.wording import text_of
from zampa.identity.queries import departments

CLOCK_WORDS: dict[str, str | Promise] = {
    "source_mend": _("恢复数据源"),
    "catalogue_update": _("更新目录"),
    "catalogue_review": _("审核目录更新"),
}
STATES: list[tuple[str, str | Promise]] = [
    ("none", _("未挂接")),
    *[(str(s.value), s.label) for s in Attachment.State][:5],
]


def _attached(rows: QuerySet[Resource], value: str) -> QuerySet[Resource]:
    return rows.filter(attachment_state=None) if value == "none" else rows.filter(attachment_state=value)


def _placed(rows: QuerySet[Resource], value: str) -> QuerySet[Resource]:
    scheme, _colon, code = value.partition(":")
    return rows.filter(pk__in=placed_in(scheme, code).values("resource_id"))


def _providers(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    return [(str(row.pk), row.name) for row in departments(actor)[:500]]


def _classes(request: HttpRequest) -> list[tuple[str, str]]:
    """The upper classes of every scheme, and the one in the address, however deep."""
    shown = Q(depth=2, scheme=GUIDE)
    scheme, _colon, code = request.GET.get("class", "").partition(":")
    rows = ClassNode.objects.filter(shown | Q(scheme=scheme, code=code))
    return [(f"{node.scheme}:{node.code}", f"{node.code} {node.name}") for node in rows]


RESOURCES = ListSpec(
    name="resources",
    title=_("资源目录"),
    columns=(
        Column("name", _("信息资源名称"), link=lambda r: reverse("catalogue:resource", args=[r.pk]), sort="name_key"),
        Column("provider", _("提供方"), lambda r: str(r.provider), sort="provider__name_key"),
        Column("code", _("信息资源代码"), sort="code", phone=False),
        Column("sharing", _("共享类型"), "get_sharing_display", phone=False),
        Column("published_on", _("发布日期"), kind="day", sort="published_on", phone=False),
        Column(
            "attachment",
            _("数据"),
            value=lambda r: r.attachment_state or "none",
            kind="state",
            state_of="catalogue.attachment",
        ),
        Column("state", _("状态"), value=lambda r: r, kind="state", sort="state", phone=False),
    ),
    search=("name", "name_key", "name_bo", "code", "abstract", "provider__name"),
    choices=(
        Choice("provider", _("提供方"), _providers),
        Choice("sharing", _("共享类型"), Sharing.choices),
        Choice("attached", _("数据"), STATES, apply=_attached),
        Choice("class", _("分类"), _classes, apply=_placed),
        Choice("grade", _("数据分级"), Resource.Grade.choices),
        Choice("state", _("状态"), Resource.State.choices),
    ),
    order="name_key",
    empty=_("目录里还没有符合条件的资源。"),
    empty_action=(_("从数据表编目"), "catalogue:from_table"),
)

DAYS = ListSpec(
    name="source-days",
    title=_("数据源历史"),
    columns=(
        Column("day", _("日期"), kind="day", sort="day"),
        Column("state", _("当天最差状态"), value=lambda r: r.state, kind="state", state_of="catalogue.attachment"),
        Column("problem", _("原因"), value=lambda r: text_of(r.problem, r.problem_params) if r.problem else ""),
        Column("probes", _("探测次数"), kind="num", phone=False),
        Column("well", _("正常次数"), kind="num", phone=False),
        Column("rows", _("行数"), kind="num"),
        Column("newest_at", _("最新数据"), kind="moment", phone=False),
        Column("slowest", _("最长用时（毫秒）"), kind="num", phone=False),
    ),
    choices=(Choice("state", _("状态"), Attachment.State.choices[2:5]),),
    order="-day",
    empty=_("还没有探测过。"),
)

OVERDUE = ListSpec(
    name="overdue",
    title=_("逾期事项"),
    columns=(
        Column("subject_name", _("信息资源名称"), link=lambda r: reverse("catalogue:resource", args=[r.subject_id])),
        Column("name", _("事项"), value=lambda r: text_of(f"catalogue.clock.{r.name}")),
        Column("department", _("责任部门"), lambda r: str(r.department), sort="department__name_key"),
        Column("started", _("开始"), kind="moment", phone=False),
        Column("due", _("期限"), kind="moment", sort="due"),
    ),
    search=("subject_name", "department__name"),
    choices=(Choice("name", _("事项"), [(name, CLOCK_WORDS[name]) for name in CLOCK_WORDS]),),
    order="due",
    empty=_("没有逾期的目录事项。"),
)
