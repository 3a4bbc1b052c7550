"""Making and editing an entry: by hand, from a table, its items as a grid and one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.acts.drafts import draft_of
from zampa.catalogue.forms import ItemForm, Items, ResourceForm, SourceForm, TableForm
from zampa.catalogue.forms.extras import initial_extras
from zampa.catalogue.models import Resource
from zampa.catalogue.suggested import item_suggested, suggested
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.schemas import TableRef
from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, see_other, signed_in, texts_of
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.queries import one

GRID = ("name", "column", "type", "length", "key", "sensitivity", "sharing")


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    rules.may_edit(request.actor, request.actor.department).require()
    form = ResourceForm(request.POST or None, actor=request.actor)
    if request.method == "POST":
        made = run_act(form, lambda: acts.draft_resource(by=request.actor, draft=form.draft()))
        if made is not None:
            messages.success(request, _("草稿已保存，请继续填写信息项。"))
            return see_other(reverse("catalogue:items", args=[made.pk]))
    context = {"form": form, "title": _("新编目录"), "submit": _("保存草稿"), "cancel": reverse("catalogue:resources")}
    return render(request, "catalogue/edit.html", context, status=422 if form.is_bound else 200)


@signed_in
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = editable(request, pk)
    initial = {name: getattr(found, name) for name in steps.PLAIN} | {
        "system_id": str(found.system_id or ""),
        "related_codes": " ".join(found.related_codes),
        **initial_extras(found.extra, found.formats),
        "class_code": f"{found.code_scheme}:{found.class_code} {found.class_name}" if found.class_code else "",
    }
    form = ResourceForm(request.POST or None, initial=initial, actor=request.actor)
    back = reverse("catalogue:resource", args=[pk])
    if request.method == "POST":
        made = run_act(form, lambda: acts.edit_resource(by=request.actor, resource_id=pk, draft=form.draft()))
        if made is not None:
            messages.success(request, _("已保存"))
            return see_other(back)
    context = {"form": form, "title": found.name, "submit": _("保存"), "cancel": back, "resource": found}
    context["said"] = suggested(found).items()
    return render(request, "catalogue/edit.html", context, status=422 if form.is_bound else 200)


def editable(request: StaffRequest, pk: UUID) -> Resource:
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    if rules.next_state(found.state, "edit") is None:
        raise Conflict("catalogue.resource.wrong_state", state=found.state, step="edit")
    return found


@signed_in
def items(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The items as a grid."""
    found = editable(request, pk)
    rows = list(queries.items_of(pk))
    initial = [{"id": str(row.pk), **{name: getattr(row, name) for name in GRID}} for row in rows]
    grid = Items(request.POST or None, initial=initial, prefix="items")
    for form, row in zip(grid.forms, rows, strict=False):
        form.stored, form.said = row, item_suggested(row)
    problems: list[str] = []
    if request.method == "POST" and grid.is_valid():
        known = {str(row.pk): draft_of(row) for row in rows}
        try:
            acts.edit_items(by=request.actor, resource_id=pk, items=grid.drafts(known))
        except NotValid as error:
            left = grid.show(error.faults)
            problems = texts_of(NotValid(error.code, faults=left)) if left or not error.faults else []
        except (NotAllowed, Conflict) as error:
            problems = texts_of(error)
        else:
            messages.success(request, _("信息项已保存"))
            return see_other(reverse("catalogue:resource", args=[pk]) + "?tab=items")
    context = {"resource": found, "grid": grid, "problems": problems}
    return render(request, "catalogue/items.html", context, status=422 if request.method == "POST" else 200)


@signed_in
def item(request: StaffRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """One item whole, with its checks."""
    found = editable(request, pk)
    row = one(queries.items_of(pk), item_id, "catalogue.item.unknown")
    form = ItemForm(request.POST or None, item=draft_of(row))
    back = reverse("catalogue:resource", args=[pk]) + "?tab=items"
    if request.method == "POST":
        drafts = {str(each.pk): draft_of(each) for each in queries.items_of(pk)}

        def save() -> Resource:
            drafts[str(row.pk)] = form.draft()
            return acts.edit_items(by=request.actor, resource_id=pk, items=list(drafts.values()))

        if run_act(form, save) is not None:
            messages.success(request, _("信息项已保存"))
            return see_other(back)
    context = {"form": form, "title": row.name, "resource": found, "item": row, "cancel": back, "submit": _("保存")}
    context["said"] = item_suggested(row)
    return render(request, "catalogue/item.html", context, status=422 if form.is_bound else 200)


def tables_of(request: StaffRequest, connection_id: str) -> list[TableRef]:
    """What can be chosen; the connection is the actor's own or not there."""
    census.connection(request.actor, connection_id)
    endpoint = census.endpoint_of(connection_id)
    found = connector(endpoint.engine, census.address_policy(connection_id)).tables(endpoint)
    if not found:
        raise NotFound("catalogue.source.no_tables")
    return found


@signed_in
def from_table(request: StaffRequest) -> HttpResponse:
    """First the connection, then the table: the entry is drafted with suggestions."""
    rules.may_edit(request.actor, request.actor.department).require()
    source = SourceForm(request.GET or None, actor=request.actor)
    context: dict[str, Any] = {"title": _("从数据表编目"), "cancel": reverse("catalogue:resources")}
    if not source.is_valid():
        fresh = SourceForm(actor=request.actor)
        return render(request, "catalogue/source.html", {**context, "form": fresh, "submit": _("下一步")})
    chosen = source.cleaned_data["connection_id"]
    form = TableForm(request.POST or None, tables=tables_of(request, chosen))
    if request.method == "POST":
        made = run_act(form, lambda: _drafted(request, chosen, form))
        if made is not None:
            messages.success(request, _("已按真实表结构生成草稿，请核对建议。"))
            return see_other(reverse("catalogue:items", args=[made.pk]))
    context |= {"form": form, "submit": _("生成草稿")}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


def _drafted(request: StaffRequest, connection_id: str, form: TableForm) -> Resource:
    table = form.chosen()
    name = form.cleaned_data["name"] or table.comment or table.name
    return acts.draft_from_table(
        by=request.actor, connection_id=connection_id, table=table, draft=acts.Draft(name=name[:200])
    )
