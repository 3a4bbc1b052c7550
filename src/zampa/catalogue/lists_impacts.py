"""Impact assessments as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Impact
from zampa.desk.lists import Choice, Column, ListSpec


def _standing(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(followed_at__isnull=value == "now")


def _address(row: Impact) -> str:
    return reverse("catalogue:impact", args=[row.resource_id]) if row.resource_id else ""


IMPACTS = ListSpec(
    name="impacts",
    title=_("个人信息保护影响评估"),
    columns=(
        Column("resource_name", _("信息资源名称"), link=_address),
        Column("provider", _("提供方"), lambda r: str(r.provider), sort="provider__name_key"),
        Column("number", _("第几次"), kind="num", phone=False),
        Column("items", _("个人信息项"), value=lambda r: len(r.items), kind="num"),
        Column("risk", _("安全风险"), "get_risk_display"),
        Column("signed_by_name", _("签署人"), phone=False),
        Column("signed_at", _("签署时间"), kind="moment", sort="signed_at", phone=False),
        Column("followed_at", _("被后一次替代"), kind="moment", phone=False),
    ),
    search=("resource_name", "provider__name"),
    choices=(
        Choice("standing", _("效力"), [("now", _("现行")), ("past", _("已被替代"))], apply=_standing),
        Choice("risk", _("安全风险"), Impact.Risk.choices),
    ),
    order="-signed_at",
    empty=_("还没有影响评估。含个人信息的目录提交前须先做。"),
)
