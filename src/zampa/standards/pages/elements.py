"""Data elements: the list, one element, and its life."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from zampa.approvals.queries import reviews_of
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, onward, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.standards import acts, queries
from zampa.standards.acts.elements import draft_of, subject_of
from zampa.standards.forms import DecideForm, ElementForm, EndForm
from zampa.standards.models import Element
from zampa.standards.rules import access
from zampa.standards.rules.elements import may_change_now
from zampa.standards.words import domain_of, length_of, rule_rows, told

OWNERS = (("region", lazy("全区")), ("departments", lazy("各部门")))
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
        Column("department", lazy("制定"), value=lambda row: row.department.name if row.department else _("全区"),
               phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state"),
    ),
    search=("name", "name_key", "number", "symbol", "name_en", "name_bo"),
    search_hint=lazy("名称、拼音、编号或标识符"),
    choices=(
        Choice("state", lazy("状态"), Element.State.choices),
        Choice("type", lazy("类型"), Element.Type.choices),
        Choice("domain", lazy("值域"), Element.Domain.choices),
        Choice("sensitivity", lazy("敏感程度"), Element.Sensitivity.choices),
        Choice("owner", lazy("制定"), OWNERS, apply=lambda rows, value: rows.filter(department=None)
               if value == "region" else rows.exclude(department=None)),
    ),
    order="number",
    empty=lazy("还没有数据元。"),
)  # fmt: skip


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    actor = request.actor
    extra = {
        "may_keep": access.may_keep(actor).allowed,
        "may_propose": access.may_propose(actor, actor.department).allowed,
    }
    return listing(request, queries.elements(actor), ELEMENTS, "standards/elements.html", extra)


@signed_in
def numbered(request: StaffRequest, element_number: str) -> HttpResponse:
    """Where an item that names its element by number leads."""
    row = queries.element_numbered(request.actor, element_number)
    return see_other(reverse("standards:element", args=[row.pk]))


@signed_in
def shown(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    versions = [(one, told(one.differences)) for one in row.versions.all()[:20]]
    context = {
        "element": row,
        "domain": domain_of(row),
        "length": length_of(row),
        "synonyms": row.synonyms.all(),
        "versions": versions,
        "reviews": reviews_of(subject_of(row)),
        "rules": rule_rows(row),
        **_may(request, row),
    }
    return render(request, "standards/element.html", context)


def _may(request: StaffRequest, row: Element) -> dict[str, bool]:
    """Which buttons this reader gets; the acts ask again."""
    owner = str(row.department_id or "")
    keeps = access.may_keep(request.actor).allowed
    writes = access.may_change(request.actor, owner).allowed
    standing = row.state == Element.State.IN_FORCE
    return {
        "may_change": keeps if standing else writes and may_change_now(row.state, bool(owner)),
        "may_propose": bool(owner) and writes and row.state in ("draft", "returned"),
        "may_decide": keeps and row.state == Element.State.PROPOSED,
        "may_end": keeps and standing,
    }


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """The region's for the authority, else the department's own."""
    own = not access.may_keep(request.actor).allowed
    if own:
        access.may_propose(request.actor, request.actor.department).require()
    form = ElementForm(request.actor, request.POST or None)
    if request.method == "POST":
        row = run_act(form, lambda: acts.enter_element(by=request.actor, draft=form.draft(), own=own))
        if row is not None:
            messages.success(request, _("数据元已登记。"))
            return see_other(reverse("standards:element", args=[row.pk]))
    title = _("登记本部门的数据元") if own else _("登记数据元")
    context = {"form": form, "title": title, "submit": _("登记"), "cancel": reverse("standards:elements")}
    return render(request, "standards/element_form.html", context, status=422 if form.is_bound else 200)


@signed_in
def change(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    to = reverse("standards:element", args=[row.pk])
    standing = row.state == Element.State.IN_FORCE
    form = ElementForm(request.actor, request.POST or None, held=draft_of(row), new_version=standing)
    if request.method == "POST":
        made = run_act(
            form,
            lambda: acts.change_element(
                by=request.actor, element_id=row.pk, draft=form.draft(row.number),
                reason=form.cleaned_data.get("reason", ""),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("已保存。"))
            return see_other(to)
    context = {"form": form, "title": row.name, "cancel": to}
    return render(request, "standards/element_form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def propose(request: StaffRequest, element_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.propose_element(by=request.actor, element_id=element_id),
        said=_("已提请主管部门审核。"),
        to=reverse("standards:element", args=[element_id]),
    )


@signed_in
def decide(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    to = reverse("standards:element", args=[row.pk])
    form = DecideForm(request.POST or None)
    if request.method == "POST":
        made = run_act(form, lambda: acts.decide_element(by=request.actor, element_id=row.pk, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("已同意") if made.state == "in_force" else _("已退回修改"))
            return see_other(onward(request, to))
    title = _("审核数据元：%(name)s") % {"name": row.name}
    context = {"form": form, "title": title, "submit": _("提交意见"), "cancel": to}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
def end(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    to = reverse("standards:element", args=[row.pk])
    form = EndForm(request.POST or None)
    if request.method == "POST":
        made = run_act(form, lambda: acts.end_element(by=request.actor, element_id=row.pk, **form.cleaned_data))
        if made is not None:
            messages.success(request, text_of(f"standards.element.now_{made.state}"))
            return see_other(to)
    title = _("废止或代替：%(name)s") % {"name": row.name}
    context = {"form": form, "title": title, "submit": _("确定"), "cancel": to}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)
