"""Standards documents: the register and one document."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, signed_in
from zampa.standards import queries
from zampa.standards.models import Document

DOCUMENTS = ListSpec(
    name="documents",
    title=lazy("标准文件"),
    columns=(
        Column(
            "title",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("standards:document", args=[row.pk]),
        ),
        Column("number", lazy("标准号"), value=lambda row: f"{row.number} {row.edition}".strip(), sort="number"),
        Column("family", lazy("类别"), value=lambda row: row.get_family_display(), phone=False),
        Column("kind", lazy("性质"), value=lambda row: row.get_kind_display(), phone=False),
        Column("in_force_on", lazy("实施"), kind="day", sort="in_force_on", phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state"),
    ),
    search=("title", "name_key", "number", "issuer", "title_en"),
    search_hint=lazy("名称、拼音、标准号或发布单位"),
    choices=(
        Choice("family", lazy("类别"), Document.Family.choices),
        Choice("state", lazy("状态"), Document.State.choices),
        Choice("kind", lazy("性质"), Document.Kind.choices),
    ),
    order="number",
    empty=lazy("还没有登记标准文件。"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.documents(request.actor), DOCUMENTS, "standards/documents.html")


@signed_in
def shown(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    adoptions = row.adoptions.select_related("department")
    return render(
        request, "standards/document.html", {"document": row, "adoptions": adoptions, "papers": row.papers.all()}
    )
