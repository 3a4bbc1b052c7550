"""Code lists: the list of them, and one with its values on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, signed_in
from zampa.standards import queries
from zampa.standards.models import CodeList, CodeValue

LISTS = ListSpec(
    name="lists",
    title=lazy("代码表"),
    columns=(
        Column(
            "name",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("standards:list", args=[row.pk]),
        ),
        Column("standard", lazy("依据"), value=lambda row: f"{row.standard} {row.edition}".strip(), phone=False),
        Column("size", lazy("现行代码"), kind="num", sort="size"),
        Column("whole", lazy("完整性"), value=lambda row: row.get_whole_display()),
        Column("department", lazy("维护"), value="department.name", phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state", phone=False),
    ),
    search=("name", "name_key", "code", "standard", "name_en"),
    search_hint=lazy("名称、拼音或标准号"),
    choices=(
        Choice("whole", lazy("完整性"), CodeList.Whole.choices),
        Choice("state", lazy("状态"), CodeList.State.choices),
    ),
    order="name_key",
    empty=lazy("还没有代码表。"),
)


def values_spec(row: CodeList) -> ListSpec:
    """The values of one list; what the standard says besides is a column of its own."""
    return ListSpec(
        name=f"values-{row.code}",
        title=row.name,
        columns=(
            Column("code", lazy("代码"), kind="code", sort="code"),
            Column("name", lazy("名称"), kind="strong", sort="name_key"),
            Column("parent", lazy("上级"), kind="code", phone=False),
            Column("name_bo", lazy("藏文名称"), phone=False),
            Column("name_en", lazy("英文名称"), phone=False),
            Column("other", lazy("其他属性"), value=others, phone=False),
            Column("valid_from", lazy("生效"), kind="day", phone=False),
            Column("valid_to", lazy("失效"), kind="day", phone=False),
            Column("replaced_by", lazy("由…代替"), value=lambda value: "、".join(value.replaced_by), kind="code"),
        ),
        search=("code", "name", "name_key", "name_bo", "name_en"),
        search_hint=lazy("代码、名称或拼音"),
        choices=(Choice("when", lazy("时间"), [("all", lazy("含历史代码"))], apply=lambda rows, value: rows),),
        order="position",
        empty=lazy("这一天没有有效的代码。"),
    )


def others(value: CodeValue) -> str:
    return " · ".join(f"{name} {text}" for name, text in value.other.items())


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.code_lists(request.actor), LISTS, "standards/lists.html")


@signed_in
def shown(request: StaffRequest, list_id: UUID) -> HttpResponse | HttpResponseBase:
    """`?on=2014-05-01` shows the values of that day, `?when=all` those of every time."""
    row = queries.code_list(request.actor, list_id)
    day = _day(request.GET.get("on", ""))
    rows = queries.all_values_of(row.pk) if request.GET.get("when") == "all" else queries.values_of(row.pk, day)
    extra = {"row": row, "day": day or queries.today(), "elements": row.elements.all()[:20]}
    return listing(request, rows, values_spec(row), "standards/list.html", extra)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
