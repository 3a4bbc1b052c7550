"""Connections: the list, one connection with its last check, new and changed ones, and the check itself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zampa.census import acts, queries, rules
from zampa.census.forms import ConnectionChangeForm, ConnectionForm
from zampa.census.models import Connection
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.desk.wording import text_of


def place(row: Connection) -> str:
    """Where a connection leads, without its user or secret."""
    if row.host:
        return f"{row.host}:{row.port}/{row.database}"
    return row.url or row.folder


CONNECTIONS = ListSpec(
    name="connections",
    title=lazy("数据连接"),
    columns=(
        Column(
            "name",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("census:connection", args=[row.pk]),
        ),
        Column("engine", lazy("类型"), value=lambda row: row.get_engine_display()),
        Column("place", lazy("位置"), value=place, phone=False),
        Column("system", lazy("系统"), value="system.name", phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state"),
        Column("checked_at", lazy("检查"), kind="moment", phone=False),
    ),
    search=("name", "name_key", "host", "database", "folder", "url"),
    choices=(
        Choice("engine", lazy("类型"), Connection.Engine.choices),
        Choice("state", lazy("状态"), Connection.State.choices),
    ),
    order="name_key",
    empty=lazy("还没有连接。登记连接后，就能从真实的表起草目录。"),
    empty_action=(lazy("登记连接"), "census:connection_new"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    may_keep = rules.may_keep(request.actor, request.actor.department).allowed
    rows = queries.connections_of(request.actor)
    return listing(request, rows, CONNECTIONS, "census/connections.html", {"may_keep": may_keep})


@signed_in
def shown(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    row = queries.connection(request.actor, connection_id)
    context = {
        "connection": row,
        "place": place(row),
        "fault": text_of(row.error_code, row.error_params) if row.error_code else "",
        "may_keep": rules.may_keep(request.actor, str(row.department_id)).allowed,
    }
    return render(request, "census/connection.html", context)


@sensitive_post_parameters("secret")
@signed_in
def new(request: StaffRequest) -> HttpResponse:
    form = ConnectionForm(request.actor, request.POST or None)
    if request.method == "POST":
        row = run_act(
            form,
            lambda: acts.register_connection(by=request.actor, department_id=request.actor.department, **form.values()),
        )
        if row is not None:
            return _checked(request, row.pk)
    context = {"form": form, "title": _("登记连接"), "submit": _("登记并检查"), "cancel": reverse("census:connections")}
    return render(request, "desk/form.html", context)


@sensitive_post_parameters("secret")
@signed_in
def change(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    row = queries.connection(request.actor, connection_id)
    rules.may_keep(request.actor, str(row.department_id)).require()
    names = ("name", "system", "network", "host", "port", "database", "user", "folder", "url")
    initial = {name: getattr(row, name) for name in names}
    form = ConnectionChangeForm(request.actor, request.POST or None, initial=initial)
    if request.method == "POST":
        changed = run_act(
            form,
            lambda: acts.change_connection(
                by=request.actor, connection_id=row.pk, options=row.options, **form.values()
            ),
        )
        if changed is not None:
            return _checked(request, row.pk)
    to = reverse("census:connection", args=[row.pk])
    context = {"form": form, "title": row.name, "submit": _("保存并检查"), "cancel": to}
    return render(request, "desk/form.html", context)


@signed_in
@require_POST
def check(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    return _checked(request, connection_id)


def _checked(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    row = acts.check_connection(by=request.actor, connection_id=connection_id)
    if row.state == "live":
        messages.success(request, _("连接正常：%(version)s") % {"version": row.server_version})
    else:
        messages.error(request, text_of(row.error_code, row.error_params))
    return see_other(reverse("census:connection", args=[row.pk]))
