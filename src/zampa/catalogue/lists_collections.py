"""The register of collections as a list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Collection
from zampa.desk.lists import Choice, Column, ListSpec
from zampa.identity.queries import departments


def _departments(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    return [(str(row.pk), row.name) for row in departments(actor)[:500]]


COLLECTIONS = ListSpec(
    name="collections",
    title=_("采集登记"),
    columns=(
        Column("name", _("采集名称"), link=lambda r: reverse("catalogue:collection", args=[r.pk]), sort="name"),
        Column("number", _("登记号"), kind="code", sort="number", phone=False),
        Column("department", _("采集部门"), lambda r: str(r.department), sort="department__name_key"),
        Column("whom", _("采集对象"), "get_whom_display", phone=False),
        Column("channel", _("采集渠道"), "get_channel_display", phone=False),
        Column("period", _("采集周期"), "get_period_display", phone=False),
        Column("count", _("数据项"), kind="num"),
        Column("state", _("状态"), value=lambda r: r, kind="state", sort="state"),
    ),
    search=("name", "number", "department__name", "basis", "asked_whom"),
    choices=(
        Choice("state", _("状态"), Collection.State.choices),
        Choice("department", _("采集部门"), _departments),
        Choice("whom", _("采集对象"), Collection.Whom.choices),
        Choice("channel", _("采集渠道"), Collection.Channel.choices),
    ),
    order="-number",
    empty=_("还没有登记采集填报。向群众、企业或基层收集数据前先在这里登记。"),
    empty_action=(_("登记采集"), "catalogue:register_collection"),
)
