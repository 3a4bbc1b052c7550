"""The catalogue as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Attachment, Resource
from zampa.catalogue.models.resources import Sharing
from zampa.catalogue.queries import class_nodes
from zampa.desk.lists import Choice, Column, ListSpec
from zampa.identity.queries import departments

STATES: list[tuple[str, str | Promise]] = [
    ("none", _("未挂接")),
    *[(str(s.value), s.label) for s in Attachment.State][:4],
]


def _attached(rows: QuerySet[Resource], value: str) -> QuerySet[Resource]:
    return rows.filter(attachment_state=None) if value == "none" else rows.filter(attachment_state=value)


def _providers(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    return [(str(row.pk), row.name) for row in departments(actor)[:500]]


def _classes(request: HttpRequest) -> list[tuple[str, str]]:
    return [(node.code, f"{node.code} {node.name}") for node in class_nodes().filter(depth=2)]


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
        Choice("class", _("分类"), _classes, field="class_code__startswith"),
        Choice("grade", _("数据分级"), Resource.Grade.choices),
        Choice("state", _("状态"), Resource.State.choices),
    ),
    order="name_key",
    empty=_("目录里还没有符合条件的资源。"),
    empty_action=(_("从数据表编目"), "catalogue:from_table"),
)
