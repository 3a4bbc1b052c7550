"""Code lists: the list of them, and one with its values on a day."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from zampa.desk.forms import DeskForm, run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.standards import acts, queries
from zampa.standards.forms import ListForm, ReasonForm
from zampa.standards.models import CodeList, CodeValue
from zampa.standards.rules import access

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


def values_spec(row: CodeList, tree: bool = False) -> ListSpec:
    """The values of one list; what the standard says besides is a column of its own."""
    return ListSpec(
        name=f"values-{row.code}",
        title=row.name,
        columns=(
            Column("code", lazy("代码"), kind="code", sort="code"),
            Column("name", lazy("名称"), kind="strong", sort="name_key", link=below if tree else None),
            Column("parent", lazy("上级"), kind="code", phone=False),
            Column("name_bo", lazy("藏文名称"), kind="bo", phone=False),
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


def below(value: CodeValue) -> str:
    """Where the values directly below one are shown."""
    return "?" + urlencode({"under": value.code})


def others(value: CodeValue) -> str:
    return " · ".join(f"{name} {text}" for name, text in value.other.items())


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    actor = request.actor
    may = access.may_keep(actor).allowed or access.may_propose(actor, actor.department).allowed
    return listing(request, queries.code_lists(actor), LISTS, "standards/lists.html", {"may_enter": may})


@signed_in
def shown(request: StaffRequest, list_id: UUID) -> HttpResponse | HttpResponseBase:
    """`?on=2014-05-01` shows the values of that day, `?when=all` those of every time; `?under=540000` those directly
    below a code, `?under=` with nothing behind it the uppermost."""
    row = queries.code_list(request.actor, list_id)
    given = request.GET
    day = _day(given.get("on", ""))
    rows = queries.all_values_of(row.pk) if given.get("when") == "all" else queries.values_of(row.pk, day)
    tree = queries.all_values_of(row.pk).filter(depth__gt=1).exists()
    if "under" in given and not given.get("q"):
        rows = rows.filter(parent=given["under"])
    extra = {
        "row": row,
        "day": day or queries.today(),
        "tree": tree,
        "above": queries.above(row.pk, given["under"], day) if given.get("under") else [],
        "elements": row.elements.all()[:20],
        "may_change": not row.packaged and row.state != "abolished"
        and access.may_change(request.actor, str(row.department_id or "")).allowed,
    }  # fmt: skip
    return listing(request, rows, values_spec(row, tree), "standards/list.html", extra)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """The region's for the authority, else the department's own."""
    own = not access.may_keep(request.actor).allowed
    access.may_change(request.actor, request.actor.department if own else "").require()
    form = ListForm(request.POST or None)
    if request.method == "POST":
        row = run_act(form, lambda: acts.enter_list(by=request.actor, draft=form.draft(), own=own))
        if row is not None:
            messages.success(request, _("代码表已登记，请导入代码。"))
            return see_other(reverse("standards:values_in", args=[row.pk]))
    return _form(request, form, _("登记代码表"), reverse("standards:lists"))


@signed_in
def change(request: StaffRequest, list_id: UUID) -> HttpResponse:
    row = queries.code_list(request.actor, list_id)
    form, to = ListForm(request.POST or None, held=row), reverse("standards:list", args=[row.pk])
    if request.method == "POST":
        made = run_act(form, lambda: acts.change_list(by=request.actor, list_id=row.pk, draft=form.draft(row.code)))
        if made is not None:
            return see_other(to)
    return _form(request, form, row.name, to)


@signed_in
def end(request: StaffRequest, list_id: UUID) -> HttpResponse:
    row = queries.code_list(request.actor, list_id)
    form, to = ReasonForm(request.POST or None), reverse("standards:list", args=[row.pk])
    if request.method == "POST":
        made = run_act(form, lambda: acts.end_list(by=request.actor, list_id=row.pk, **form.cleaned_data))
        if made is not None:
            return see_other(to)
    return _form(request, form, _("废止：%(name)s") % {"name": row.name}, to)


def _form(request: StaffRequest, form: DeskForm, title: str, cancel: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel": cancel}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)
