"""Data elements: the list and one element."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.standards import queries
from zampa.standards.models import Element
from zampa.standards.words import domain_of, length_of

ELEMENTS = ListSpec(
    name="elements",
    title=lazy("数据元"),
    columns=(
        Column(
            "name",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("standards:element", args=[row.pk]),
        ),
        Column("number", lazy("编号"), kind="code", sort="number", phone=False),
        Column("type", lazy("类型"), value=lambda row: row.get_type_display()),
        Column("length", lazy("长度"), value=length_of, phone=False),
        Column("domain", lazy("值域"), value=domain_of, phone=False),
        Column("sensitivity", lazy("敏感程度"), value=lambda row: row.get_sensitivity_display(), phone=False),
        Column("department", lazy("制定"), value="department.name", phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state"),
    ),
    search=("name", "name_key", "number", "symbol", "name_en", "name_bo"),
    search_hint=lazy("名称、拼音、编号或标识符"),
    choices=(
        Choice("state", lazy("状态"), Element.State.choices),
        Choice("type", lazy("类型"), Element.Type.choices),
        Choice("domain", lazy("值域"), Element.Domain.choices),
        Choice("sensitivity", lazy("敏感程度"), Element.Sensitivity.choices),
    ),
    order="number",
    empty=lazy("还没有数据元。"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.elements(request.actor), ELEMENTS, "standards/elements.html")


@signed_in
def numbered(request: StaffRequest, element_number: str) -> HttpResponse:
    """Where an item that names its element by number leads."""
    row = queries.element_numbered(request.actor, element_number)
    return see_other(reverse("standards:element", args=[row.pk]))


@signed_in
def shown(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    context = {"element": row, "domain": domain_of(row), "length": length_of(row), "synonyms": row.synonyms.all()}
    return render(request, "standards/element.html", context)
