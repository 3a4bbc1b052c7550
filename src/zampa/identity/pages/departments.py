"""Departments and regions: lists for everybody, entries by the system administrator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.identity import acts, queries, rules
from zampa.identity.forms import DepartmentChangeForm, DepartmentForm
from zampa.identity.models import PostHolding, Region

DEPARTMENTS = ListSpec(
    name="departments",
    title=lazy("部门"),
    columns=(
        Column(
            "name",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("identity:department", args=[row.pk]),
        ),
        Column("code", lazy("统一社会信用代码"), sort="code", phone=False),
        Column("region", lazy("区划"), value="region.name", sort="region_id"),
        Column("name_bo", lazy("藏文名称"), phone=False),
        Column("governs", lazy("主管部门"), value=lambda row: _("是") if row.governs else "", phone=False),
    ),
    search=("name", "short_name", "code", "name_key", "name_bo"),
    search_hint=lazy("名称、拼音或代码"),
    choices=(
        Choice(
            "region",
            lazy("区划"),
            lambda request: [
                (row.code, row.name)
                for row in queries.regions(request.actor).filter(valid_to=None, level__in=("region", "prefecture"))  # type: ignore[attr-defined]
            ],
            apply=lambda rows, value: rows.filter(
                region__code__startswith=value[:2] if value.endswith("0000") else value[:4]
            ),
        ),
        Choice("governs", lazy("主管部门"), (("True", lazy("是")),)),
    ),
    order="name_key",
    empty=lazy("还没有登记部门。"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    rows = queries.departments(request.actor).filter(closed_at=None)
    extra = {"may_register": rules.may_register(request.actor).allowed}
    return listing(request, rows, DEPARTMENTS, "identity/departments.html", extra)


@signed_in
def shown(request: StaffRequest, department_id: UUID) -> HttpResponse:
    department = queries.department(request.actor, department_id)
    people = queries.people(request.actor).filter(department=department, is_active=True)
    posts = _posts_by_person(department.pk)
    short = queries.short_of_deciders(department.pk) if people.exists() else set()
    return render(
        request,
        "identity/department.html",
        {
            "department": department,
            "people": [(person, posts.get(person.pk, [])) for person in people],
            "short": [PostHolding.Post(post).label for post in rules.DECIDING_POSTS if post in short],
            "children": queries.departments(request.actor).filter(parent=department, closed_at=None),
            "may_register": rules.may_register(request.actor).allowed,
        },
    )


def _posts_by_person(department_id: UUID) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for holding in queries.holdings_in(department_id):
        found.setdefault(holding.person_id, []).append(str(holding.get_post_display()))
    return found


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    rules.may_register(request.actor).require()
    form = DepartmentForm(request.actor, request.POST or None)
    if request.method == "POST":
        department = run_act(
            form,
            lambda: acts.register_department(
                by=request.actor,
                code=form.cleaned_data["code"],
                name=form.cleaned_data["name"],
                short_name=form.cleaned_data["short_name"],
                name_bo=form.cleaned_data["name_bo"],
                region_code=form.cleaned_data["region_code"].pk,
                parent_id=form.cleaned_data["parent"].pk if form.cleaned_data["parent"] else None,
                governs=form.cleaned_data["governs"],
            ),
        )
        if department is not None:
            messages.success(request, _("部门已登记。"))
            return see_other(reverse("identity:department", args=[department.pk]))
    context = {"form": form, "title": _("登记部门"), "submit": _("登记"), "cancel": reverse("identity:departments")}
    return render(request, "desk/form.html", context)


@signed_in
def change(request: StaffRequest, department_id: UUID) -> HttpResponse:
    rules.may_register(request.actor).require()
    department = queries.department(request.actor, department_id)
    names = ("name", "short_name", "name_bo", "name_bo_reviewed", "governs")
    form = DepartmentChangeForm(request.POST or None, initial={name: getattr(department, name) for name in names})
    to = reverse("identity:department", args=[department.pk])
    if request.method == "POST":
        changed = run_act(
            form, lambda: acts.change_department(by=request.actor, department_id=department.pk, **form.cleaned_data)
        )
        if changed is not None:
            messages.success(request, _("已保存。"))
            return see_other(to)
    return render(request, "desk/form.html", {"form": form, "title": department.name, "cancel": to})


@signed_in
@require_POST
def close(request: StaffRequest, department_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.close_department(
            by=request.actor, department_id=department_id, reason=request.POST.get("reason", "")
        ),
        said=_("部门已撤销。"),
        to=reverse("identity:department", args=[department_id]),
    )


REGIONS = ListSpec(
    name="regions",
    title=lazy("行政区划"),
    columns=(
        Column("name", lazy("名称"), kind="strong", sort="name_key"),
        Column("code", lazy("代码"), sort="code"),
        Column("name_bo", lazy("藏文名称")),
        Column(
            "name_bo_state",
            lazy("藏文"),
            value=lambda row: _bo_state(row),
            kind="state",
            state_of="identity.name_bo",
            phone=False,
        ),
        Column("level", lazy("级别"), value=lambda row: row.get_level_display(), phone=False),
        Column("parent", lazy("上级"), value="parent.name", phone=False),
        Column("valid_from", lazy("启用"), kind="day", phone=False),
        Column("valid_to", lazy("停用"), kind="day", phone=False),
    ),
    search=("name", "code", "name_key", "name_bo"),
    search_hint=lazy("名称、拼音或代码"),
    choices=(
        Choice("level", lazy("级别"), Region.Level.choices),
        Choice(
            "now",
            lazy("状态"),
            (("yes", lazy("现行")), ("no", lazy("已停用"))),
            apply=lambda rows, value: rows.filter(valid_to=None) if value == "yes" else rows.exclude(valid_to=None),
        ),
    ),
    order="code",
)


def _bo_state(row: Region) -> str | None:
    if not row.name_bo:
        return None
    return "reviewed" if row.name_bo_reviewed else "draft"


@signed_in
def regions(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.regions(request.actor), REGIONS, "identity/regions.html")
