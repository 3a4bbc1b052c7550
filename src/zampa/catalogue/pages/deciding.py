"""The steps of an entry: submitted, signed, reviewed, changed, withdrawn, and the standing decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.approvals.queries import reviews_of
from zampa.catalogue import acts, queries, queries_impacts, rules, words
from zampa.catalogue.acts import steps
from zampa.catalogue.forms import ChangeForm, VerdictForm
from zampa.catalogue.models import Resource
from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, onward, press, see_other, signed_in
from zampa.ground.clock import SHANGHAI
from zampa.ground.errors import Conflict, NotFound

Act = Callable[..., Any]
NAMED = ("class_name",)  # told with the code it belongs to


@signed_in
def decide(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The page where a head signs and an authority reviews: the whole entry, what changed, and one word to say."""
    found = queries.resource(request.actor, pk)
    perform, title = _decision(request, found)
    items = list(queries.items_of(pk))
    places = [name for name in steps.PLAIN if name not in NAMED] + [f"items.{item.position}" for item in items]
    form = VerdictForm(request.POST or None, places=places)
    back = reverse("catalogue:resource", args=[found.replaces_id or pk])
    if request.method == "POST":
        made = run_act(form, lambda: perform(form))
        if made is not None:
            yes = form.cleaned_data["verdict"] == "yes"
            messages.success(request, _("已同意") if yes else _("已退回修改"))
            return see_other(onward(request, back if yes else reverse("catalogue:resource", args=[pk])))
    context = {
        "resource": found,
        "items": items,
        "form": form,
        "title": title,
        "cancel": back,
        "submit": _("提交意见"),
        "impact": queries_impacts.in_force(found.replaces_id or found.pk),
        "reviews": reviews_of(steps.subject_of(found)),
        "differences": words.told(
            rules.differences(steps.snapshot(found.replaces), steps.snapshot(found)) if found.replaces else []
        ),
        "warnings": words.missing(rules.warnings_of(steps.entry_of(found))),
    }
    return render(request, "catalogue/decide.html", context, status=422 if form.is_bound else 200)


def _decision(request: StaffRequest, found: Resource) -> tuple[Callable[[VerdictForm], Resource], str]:
    """Which act this reader's word is, by the entry's state; refused with its reason when it is not theirs."""
    if found.state == "submitted":
        rules.may_sign(request.actor, str(found.provider_id)).require()
        act: Act = acts.sign_resource
        title = _("签发目录")
    elif found.state == "signed":
        rules.may_review(request.actor, found.provider.region_id).require()
        act, title = acts.review_resource, _("审核目录")
    else:
        raise Conflict("catalogue.resource.wrong_state", state=found.state, step="sign")

    def perform(form: VerdictForm) -> Resource:
        said = form.cleaned_data
        made: Resource = act(
            by=request.actor,
            resource_id=found.pk,
            verdict=said["verdict"],
            reason=said["reason"],
            remarks=form.remarks(),
        )
        return made

    return perform, title


@signed_in
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin the next version, with its grounds."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    form = ChangeForm(request.POST or None)
    if request.method == "POST":
        made = run_act(form, lambda: _begin(request, pk, form))
        if made is not None:
            messages.success(request, _("已建立变更草稿，原目录照常使用。"))
            return see_other(reverse("catalogue:resource", args=[made.pk]))
    context = {
        "form": form,
        "title": _("变更：%(name)s") % {"name": found.name},
        "submit": _("开始变更"),
        "cancel": reverse("catalogue:resource", args=[pk]),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


def _begin(request: StaffRequest, pk: UUID, form: ChangeForm) -> Resource:
    said = form.cleaned_data
    since = datetime.combine(said["since"], time(), SHANGHAI) if said["since"] else None
    return acts.change_resource(
        by=request.actor, resource_id=pk, ground=said["ground"], reason=said["reason"], since=since
    )


@signed_in
@require_POST
def step(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """The buttons of an entry: each does one act and comes back to the page."""
    actor, here = request.actor, reverse("catalogue:resource", args=[pk])
    reason, verdict = request.POST.get("reason", ""), request.POST.get("verdict", "yes")
    main = reverse("catalogue:resource", args=[queries.resource(actor, pk).replaces_id or pk])
    named: dict[str, tuple[Callable[[], object], str, str]] = {
        "submit": (lambda: acts.submit_resource(by=actor, resource_id=pk), _("已提交部门负责人签发"), here),
        "drop": (lambda: acts.drop_change(by=actor, resource_id=pk, reason=reason), _("变更已放弃"), main),
        "withdraw": (lambda: acts.withdraw_resource(by=actor, resource_id=pk, reason=reason), _("已下架"), here),
        "restore": (lambda: acts.restore_resource(by=actor, resource_id=pk, reason=reason), _("已恢复为草稿"), here),
        "offline": (lambda: acts.ask_offline(by=actor, resource_id=pk, reason=reason), _("已报主管部门审核"), here),
        "online": (lambda: acts.ask_online(by=actor, resource_id=pk, reason=reason), _("已报主管部门审核"), here),
        "decide_online": (
            lambda: acts.decide_online(by=actor, resource_id=pk, verdict=verdict, reason=reason),
            _("已处理"),
            here,
        ),
        "stand": (
            lambda: acts.sign_standing_decision(by=actor, resource_id=pk, verdict=verdict, reason=reason),
            _("已处理"),
            here,
        ),
        "unstand": (
            lambda: acts.end_standing_decision(by=actor, resource_id=pk, reason=reason),
            _("常设决定已收回"),
            here,
        ),
    }
    if name not in named:
        raise NotFound("catalogue.resource.not_found")
    call, said, to = named[name]
    return press(request, call, said=said, to=to)
