"""The newest judgement of every entry as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Judgement
from zampa.catalogue.wording_quality import WORDING
from zampa.contracts.quality import DIMENSIONS
from zampa.desk.lists import Choice, Column, ListSpec
from zampa.identity.queries import departments, regions


def _providers(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    return [(str(row.pk), row.name) for row in departments(actor)[:500]]


def _regions(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    return [(row.code, row.name) for row in regions(actor)[:500]]


def _score(name: str) -> Any:
    def of(row: Judgement) -> float | None:
        share = row.score if name == "" else row.scores.get(name)
        return None if share is None else share / 10

    return of


def _held(rows: QuerySet[Judgement], value: str) -> QuerySet[Judgement]:
    return rows.filter(broken__gt=0) if value == "broken" else rows.filter(broken=0)


JUDGEMENTS = ListSpec(
    name="quality",
    title=_("数据质量"),
    columns=(
        Column("resource", _("资源"), value="resource.name", sort="resource__name_key",
               link=lambda row: reverse("catalogue:judged", args=[row.resource_id])),
        Column("provider", _("提供方"), value="resource.provider.name", sort="resource__provider__name_key"),
        Column("score", _("总分"), _score(""), kind="num", sort="score"),
        *(Column(name, WORDING[f"catalogue.dimension.{name}"], _score(name), kind="num", phone=False)
          for name in DIMENSIONS),
        Column("broken", _("不符合的规则"), kind="num", sort="broken"),
        Column("rows", _("行数"), kind="num", sort="rows", phone=False),
        Column("finished_at", _("检查时间"), kind="day", sort="finished_at", phone=False),
    ),
    search=("resource__name", "resource__name_key", "resource__code", "resource__provider__name"),
    search_hint=_("资源、部门"),
    choices=(
        Choice("provider", _("提供方"), _providers, field="resource__provider"),
        Choice("region", _("地区"), _regions, field="resource__provider__region"),
        Choice("held", _("结果"), [("broken", _("有规则不符合")), ("kept", _("全部符合"))], apply=_held),
    ),
    order="score",
    empty=_("还没有检查过的数据。资源挂接真实的表后会自动检查。"),
)  # fmt: skip
