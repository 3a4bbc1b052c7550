"""Pages of the catalogue: the list, the entry, its drafting, its reviews and its source."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.approvals import queries as approvals
from zampa.catalogue import acts, queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.forms import AttachForm, Items, PathForm, ResourceForm, SourceForm, TableForm
from zampa.catalogue.lists import RESOURCES
from zampa.catalogue.models import Resource
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.schemas import TableRef
from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in

TABS = ("overview", "items", "quality", "versions", "users")


@signed_in
def resources(request: StaffRequest) -> HttpResponse:
    may = rules.may_edit(request.actor, request.actor.department).allowed
    return listing(
        request,
        queries.resources_of(request.actor).filter(replaces=None),
        RESOURCES,
        template="catalogue/resources.html",
        extra={"may_edit": may},
    )


@signed_in
def resource(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The entry: state first, then facets by tab."""
    actor = request.actor
    found = queries.resource(actor, pk)
    tab = request.GET.get("tab", "overview")
    attachment = queries.open_attachment(found.pk)
    own = actor.department == str(found.provider_id)
    subject = steps.subject_of(found)
    context = {
        "resource": found,
        "tab": tab if tab in TABS else "overview",
        "items": list(queries.items_of(found.pk)),
        "attachment": attachment,
        "own": own,
        "may_edit": rules.may_edit(actor, str(found.provider_id)).allowed,
        "may_sign": rules.may_sign(actor, str(found.provider_id)).allowed and found.state == "submitted",
        "may_review": rules.may_review(actor, found.provider.region_id).allowed and found.state == "signed",
        "may_attach": own and actor.holds("sharing_head") and attachment is not None and attachment.state == "applied",
        "clock": approvals.clock_of(subject, "catalogue_review"),
        "dependants": list(queries.dependants_of(found.pk)),
        "versions": list(queries.versions_of(found.pk)[:50]),
        "probes": list(queries.probes_of(attachment.pk)[:30]) if attachment else [],
        "change": Resource.objects.filter(replaces=found).first() if own else None,
        "differences": _differences(found),
        "subject_id": subject.id,
    }
    return render(request, "catalogue/resource.html", context)


def _differences(found: Resource) -> list[tuple[str, object, object]]:
    """Of a change: what it changes in the entry it replaces."""
    if found.replaces is None:
        return []
    return rules.differences(steps.snapshot(found.replaces), steps.snapshot(found))


@signed_in
def version(request: StaffRequest, pk: UUID, number: int) -> HttpResponse:
    """One version beside the one before it, field by field."""
    found = queries.resource(request.actor, pk)
    rows = {row.number: row for row in queries.versions_of(found.pk).filter(number__in=(number, number - 1))}
    if number not in rows:
        return see_other(reverse("catalogue:resource", args=[found.pk]))
    before = rows[number - 1].snapshot if number - 1 in rows else {}
    changed = rules.differences(before, rows[number].snapshot)
    return render(request, "catalogue/version.html", {"resource": found, "version": rows[number], "changed": changed})


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    form = ResourceForm(request.POST or None, actor=request.actor)
    if request.method == "POST":
        made = run_act(form, lambda: acts.draft_resource(by=request.actor, draft=form.draft()))
        if made is not None:
            messages.success(request, _("草稿已保存，请继续填写信息项。"))
            return see_other(reverse("catalogue:items", args=[made.pk]))
    context = {"form": form, "title": _("新编目录"), "submit": _("保存草稿"), "cancel": reverse("catalogue:resources")}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    initial = {name: getattr(found, name) for name in steps.PLAIN} | {"system_id": str(found.system_id or "")}
    form = ResourceForm(request.POST or None, initial=initial, actor=request.actor)
    if request.method == "POST":
        made = run_act(form, lambda: acts.edit_resource(by=request.actor, resource_id=pk, draft=form.draft()))
        if made is not None:
            return see_other(reverse("catalogue:resource", args=[pk]))
    context = {
        "form": form,
        "title": found.name,
        "submit": _("保存"),
        "cancel": reverse("catalogue:resource", args=[pk]),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
def items(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The items as a grid."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    rows = list(queries.items_of(pk))
    names = ("name", "column", "type", "length", "key", "sensitivity", "sharing")
    initial = [{"id": str(row.pk), **{name: getattr(row, name) for name in names}} for row in rows]
    grid = Items(request.POST or None, initial=initial, prefix="items")
    form = _grid_form(request)
    if request.method == "POST" and grid.is_valid():
        known = {str(row.pk): row for row in rows}
        made = run_act(form, lambda: acts.edit_items(by=request.actor, resource_id=pk, items=grid.drafts(known)))
        if made is not None:
            messages.success(request, _("信息项已保存"))
            return see_other(reverse("catalogue:resource", args=[pk]) + "?tab=items")
    context = {"resource": found, "grid": grid, "form": form}
    return render(request, "catalogue/items.html", context, status=422 if request.method == "POST" else 200)


def _grid_form(request: StaffRequest) -> SourceForm:
    """Carries what an act says of the grid as a whole."""
    form = SourceForm(request.POST or None, actor=request.actor)
    del form.fields["connection_id"]
    return form


def _tables(request: StaffRequest, connection_id: str) -> list[TableRef]:
    census.connection(request.actor, connection_id)
    endpoint = census.endpoint_of(connection_id)
    return connector(endpoint.engine, census.address_policy(connection_id)).tables(endpoint)


@signed_in
def from_table(request: StaffRequest) -> HttpResponse:
    """First the connection, then the table: the entry is drafted with suggestions."""
    source = SourceForm(request.GET or None, actor=request.actor)
    context: dict[str, Any] = {"title": _("从数据表编目"), "cancel": reverse("catalogue:resources")}
    if not source.is_valid():
        fresh = SourceForm(actor=request.actor)
        return render(request, "catalogue/source.html", {**context, "form": fresh, "submit": _("下一步")})
    chosen = source.cleaned_data["connection_id"]
    form = TableForm(request.POST or None, tables=_tables(request, chosen))
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


@signed_in
def attach(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Join the entry to its real table or service."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    back = reverse("catalogue:resource", args=[pk])
    source = SourceForm(request.GET or None, actor=request.actor)
    if not source.is_valid():
        fresh = SourceForm(actor=request.actor)
        return render(
            request,
            "catalogue/source.html",
            {"form": fresh, "title": _("挂接数据源"), "submit": _("下一步"), "cancel": back},
        )
    chosen = source.cleaned_data["connection_id"]
    http = census.connection(request.actor, chosen).engine == "http"
    form = PathForm(request.POST or None) if http else AttachForm(request.POST or None, tables=_tables(request, chosen))
    if request.method == "POST":
        made = run_act(
            form,
            lambda: acts.apply_attachment(
                by=request.actor,
                resource_id=pk,
                connection_id=chosen,
                table=None if http else form.chosen(),
                path=form.cleaned_data["path"] if http else "",
                response=form.cleaned_data["response"] if http else "",
            ),
        )
        if made is not None:
            messages.success(request, _("已提交挂接，待共享办负责人审核。"))
            return see_other(back)
    context = {"form": form, "title": _("挂接数据源"), "submit": _("提交"), "cancel": back}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def step(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """The buttons of an entry: each does one act and comes back to the page."""
    actor, to = request.actor, reverse("catalogue:resource", args=[pk])
    reason, verdict = request.POST.get("reason", ""), request.POST.get("verdict", "yes")
    if name == "submit":
        return press(request, lambda: acts.submit_resource(by=actor, resource_id=pk), said=_("已提交"), to=to)
    if name == "sign":
        return press(
            request,
            lambda: acts.sign_resource(by=actor, resource_id=pk, verdict=verdict, reason=reason),
            said=_("已处理"),
            to=to,
        )
    if name == "review":
        main = str(queries.resource(actor, pk).replaces_id or pk)
        return press(
            request,
            lambda: acts.review_resource(by=actor, resource_id=pk, verdict=verdict, reason=reason),
            said=_("已处理"),
            to=reverse("catalogue:resource", args=[main]) if verdict == "yes" else to,
        )
    if name == "change":
        return press(request, lambda: acts.change_resource(by=actor, resource_id=pk), said=_("已建立变更草稿"), to=to)
    return press(
        request,
        lambda: acts.withdraw_resource(by=actor, resource_id=pk, reason=reason),
        said=_("已下架"),
        to=reverse("catalogue:resources"),
    )


@signed_in
@require_POST
def attachment_step(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    actor = request.actor
    found = queries.attachment(actor, pk)
    to = reverse("catalogue:resource", args=[found.resource_id]) + "?tab=quality"
    reason, verdict = request.POST.get("reason", ""), request.POST.get("verdict", "yes")
    if name == "approve":
        return press(
            request,
            lambda: acts.approve_attachment(by=actor, attachment_id=pk, verdict=verdict, reason=reason),
            said=_("已处理"),
            to=to,
        )
    if name == "probe":
        return press(request, lambda: acts.probe_attachment(by=actor, attachment_id=pk), said=_("已探测"), to=to)
    return press(
        request, lambda: acts.end_attachment(by=actor, attachment_id=pk, reason=reason), said=_("已解除"), to=to
    )


app_name = "catalogue"
urlpatterns = [
    path("", resources, name="resources"),
    path("new/", new, name="new"),
    path("from-table/", from_table, name="from_table"),
    path("<uuid:pk>/", resource, name="resource"),
    path("<uuid:pk>/edit/", edit, name="edit"),
    path("<uuid:pk>/items/", items, name="items"),
    path("<uuid:pk>/attach/", attach, name="attach"),
    path("<uuid:pk>/versions/<int:number>/", version, name="version"),
    path("<uuid:pk>/<str:name>/", step, name="step"),
    path("attachments/<uuid:pk>/<str:name>/", attachment_step, name="attachment_step"),
]
