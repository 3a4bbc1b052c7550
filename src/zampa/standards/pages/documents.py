"""Standards documents: the register, one document, its steps, its papers."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from zampa.desk.forms import DeskForm, run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.papers import LARGEST, paper_path, sent
from zampa.ground.errors import NotFound
from zampa.standards import acts, queries
from zampa.standards.acts.documents import FOLDER
from zampa.standards.forms import AdoptionForm, DocumentForm, InForceForm, PaperForm, ReasonForm
from zampa.standards.models import Document
from zampa.standards.rules import access

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
    extra = {"may_enter": _may_enter(request)}
    return listing(request, queries.documents(request.actor), DOCUMENTS, "standards/documents.html", extra)


def _may_enter(request: StaffRequest) -> bool:
    actor = request.actor
    return access.may_keep(actor).allowed or access.may_propose(actor, actor.department).allowed


@signed_in
def shown(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    context = {
        "document": row,
        "adoptions": row.adoptions.select_related("department"),
        "papers": row.papers.all(),
        "newer": getattr(row, "replaced_by", None),
        "elements": row.elements.count(),
        "may_change": access.may_change(request.actor, str(row.department_id or "")).allowed,
        "may_adopt": row.state == "in_force" and access.may_adopt(request.actor, request.actor.department).allowed,
        "paper_form": PaperForm(),
    }
    return render(request, "standards/document.html", context)


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """The region's for the authority, else the department's own."""
    own = not access.may_keep(request.actor).allowed
    access.may_change(request.actor, request.actor.department if own else "").require()
    form = DocumentForm(request.actor, request.POST or None)
    if request.method == "POST":
        row = run_act(
            form,
            lambda: acts.enter_document(
                by=request.actor, draft=form.draft(), own=own, replaces_id=form.cleaned_data["replaces"] or None
            ),
        )
        if row is not None:
            return see_other(reverse("standards:document", args=[row.pk]))
    return _form(request, form, _("登记标准文件"), reverse("standards:documents"))


@signed_in
def change(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    form = DocumentForm(request.actor, request.POST or None, held=row)
    return _step(request, row, form, row.title, lambda: acts.change_document(
        by=request.actor, document_id=row.pk, draft=form.draft()
    ))  # fmt: skip


@signed_in
def in_force(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    form = InForceForm(request.POST or None, initial={"on": row.in_force_on})
    return _step(request, row, form, _("实施：%(name)s") % {"name": row.title}, lambda: acts.bring_in_force(
        by=request.actor, document_id=row.pk, **form.cleaned_data
    ))  # fmt: skip


@signed_in
def abolish(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    form = ReasonForm(request.POST or None)
    return _step(request, row, form, _("废止：%(name)s") % {"name": row.title}, lambda: acts.abolish_document(
        by=request.actor, document_id=row.pk, **form.cleaned_data
    ))  # fmt: skip


@signed_in
def adopt(request: StaffRequest, document_id: UUID) -> HttpResponse:
    row = queries.document(request.actor, document_id)
    form = AdoptionForm(request.actor, request.POST or None, initial={"department": request.actor.department})
    return _step(request, row, form, _("登记采用：%(name)s") % {"name": row.title}, lambda: acts.note_adoption(
        by=request.actor, document_id=row.pk, department_id=form.cleaned_data["department"],
        on=form.cleaned_data["on"], note=form.cleaned_data["note"],
    ))  # fmt: skip


def _step(request: StaffRequest, row: Document, form: DeskForm, title: str, call: Callable[[], object]) -> HttpResponse:
    """A form behind which one act stands; afterwards back to the document."""
    to = reverse("standards:document", args=[row.pk])
    if request.method == "POST" and run_act(form, call) is not None:
        messages.success(request, _("已保存。"))
        return see_other(to)
    return _form(request, form, title, to)


def _form(request: StaffRequest, form: DeskForm, title: str, cancel: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel": cancel}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def add_paper(request: StaffRequest, document_id: UUID) -> HttpResponse:
    form, to = PaperForm(request.POST, request.FILES), reverse("standards:document", args=[document_id])
    if not form.is_valid():
        messages.error(request, _("请选择要上传的文件。"))
        return see_other(to)
    file = form.cleaned_data["file"]
    return press(
        request,
        lambda: acts.add_document_paper(
            by=request.actor, document_id=document_id, name=file.name, content=file.read(LARGEST + 1)
        ),
        said=_("材料已附上。"),
        to=to,
    )


@signed_in
@require_POST
def remove_paper(request: StaffRequest, document_id: UUID, paper_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.remove_document_paper(by=request.actor, document_id=document_id, paper_id=paper_id),
        said=_("材料已取下。"),
        to=reverse("standards:document", args=[document_id]),
    )


@signed_in
def paper(request: StaffRequest, document_id: UUID, paper_id: UUID) -> HttpResponseBase:
    row = queries.document(request.actor, document_id).papers.filter(pk=paper_id).first()
    if row is None:
        raise NotFound("standards.paper.not_found")
    return sent(paper_path(FOLDER, row.digest), row.name, row.media_type, "standards.paper.not_found")
