"""Systems: the list, one system with its connections and keys, new and changed entries, a key for one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from zampa.census import acts, queries, rules
from zampa.census.forms import KeyForm, SystemChangeForm, SystemForm
from zampa.census.models import Network, System
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.ground.clock import utc_now
from zampa.identity import queries as people
from zampa.identity import rules as powers

SYSTEMS = ListSpec(
    name="systems",
    title=lazy("系统台账"),
    columns=(
        Column(
            "name",
            lazy("名称"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("census:system", args=[row.pk]),
        ),
        Column("code", lazy("编码"), sort="code", phone=False),
        Column("department", lazy("部门"), value="department.name", sort="department__name_key", phone=False),
        Column("network", lazy("网络"), value=lambda row: row.get_network_display(), phone=False),
        Column("state", lazy("状态"), value=lambda row: row, kind="state"),
    ),
    search=("name", "code", "name_key", "department__name"),
    search_hint=lazy("名称、拼音、编码或部门"),
    choices=(
        Choice("state", lazy("状态"), System.State.choices),
        Choice("network", lazy("网络"), Network.choices),
    ),
    order="name_key",
    empty=lazy("还没有登记系统。先登记系统，再从它的数据编目。"),
    empty_action=(lazy("登记系统"), "census:system_new"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    may_keep = rules.may_keep(request.actor, request.actor.department).allowed
    return listing(request, queries.systems_of(request.actor), SYSTEMS, "census/systems.html", {"may_keep": may_keep})


@signed_in
def shown(request: StaffRequest, system_id: UUID) -> HttpResponse:
    system = queries.system(request.actor, system_id)
    now = utc_now()
    keys = [(key, key.state_at(now)) for key in people.keys(request.actor).filter(system_id=system.pk)]
    return render(
        request,
        "census/system.html",
        {
            "system": system,
            "connections": queries.connections_of(request.actor).filter(system=system),
            "keys": keys,
            "may_keep": rules.may_keep(request.actor, str(system.department_id)).allowed,
            "may_key": powers.may_administer_keys(request.actor, str(system.department_id)).allowed,
        },
    )


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    form = SystemForm(request.POST or None)
    if request.method == "POST":
        system = run_act(
            form,
            lambda: acts.register_system(by=request.actor, department_id=request.actor.department, **form.cleaned_data),
        )
        if system is not None:
            messages.success(request, _("系统已登记。"))
            return see_other(reverse("census:system", args=[system.pk]))
    context = {"form": form, "title": _("登记系统"), "submit": _("登记"), "cancel": reverse("census:systems")}
    return render(request, "desk/form.html", context)


@signed_in
def change(request: StaffRequest, system_id: UUID) -> HttpResponse:
    system = queries.system(request.actor, system_id)
    rules.may_keep(request.actor, str(system.department_id)).require()
    names = ("name", "network", "state", "purpose")
    form = SystemChangeForm(request.POST or None, initial={name: getattr(system, name) for name in names})
    to = reverse("census:system", args=[system.pk])
    if request.method == "POST":
        changed = run_act(form, lambda: acts.change_system(by=request.actor, system_id=system.pk, **form.cleaned_data))
        if changed is not None:
            messages.success(request, _("已保存。"))
            return see_other(to)
    return render(request, "desk/form.html", {"form": form, "title": system.name, "cancel": to})


@never_cache
@signed_in
def key_new(request: StaffRequest) -> HttpResponse:
    form = KeyForm(request.actor, request.POST or None, initial={"system": request.GET.get("system", "")})
    if request.method == "POST":
        made = run_act(
            form,
            lambda: acts.issue_key(
                by=request.actor,
                system_id=form.cleaned_data["system"].pk,
                algorithm=form.cleaned_data["algorithm"],
                public_key=form.cleaned_data["public_key"],
            ),
        )
        if made is not None and made[1]:
            return render(request, "census/key_shown.html", {"key": made[0], "text": made[1]})
        if made is not None:
            messages.success(request, _("公钥已登记。"))
            return see_other(reverse("identity:key", args=[made[0].pk]))
    context = {"form": form, "title": _("签发密钥"), "submit": _("签发"), "cancel": reverse("identity:keys")}
    return render(request, "desk/form.html", context)
