"""Impact assessments: of one entry with all that went before, as a form to sign, and as a list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zampa.catalogue import acts, queries, queries_impacts, rules
from zampa.catalogue.forms.impacts import ImpactForm
from zampa.catalogue.lists_impacts import IMPACTS
from zampa.catalogue.rules import impacts as said
from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.ground.errors import Conflict


@signed_in
def impacts(request: StaffRequest) -> HttpResponse:
    """Every assessment this reader answers for, those in force first."""
    rows = queries_impacts.impacts_kept(request.actor)
    return listing(request, rows, IMPACTS, template="catalogue/overdue.html")


@signed_in
def impact(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The assessment in force, and the ones before it."""
    found = queries.resource(request.actor, pk)
    said.may_read_impact(request.actor, str(found.provider_id), str(found.provider.region_id)).require()
    held = queries_impacts.held_now(found)
    context = {
        "resource": found,
        "impacts": list(queries_impacts.impacts_of(request.actor, found)),
        "held": held,
        "lacking": said.impact_faults(held, queries_impacts.assessed(found)),
        "may_assess": rules.may_edit(request.actor, str(found.provider_id)).allowed
        and rules.next_state(found.state, "assess") is not None
        and bool(held.items),
    }
    return render(request, "catalogue/impact.html", context)


@signed_in
def assess(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Fill in and sign; begun from what was said last time."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    held = queries_impacts.held_now(found)
    if not held.items:
        raise Conflict("catalogue.impact.nothing_personal")
    last = queries_impacts.in_force(found.replaces_id or found.pk)
    initial = {name: getattr(last, name) for name in said.Answers.__struct_fields__} if last else None
    form = ImpactForm(request.POST or None, initial=initial)
    back = reverse("catalogue:impact", args=[pk])
    if request.method == "POST":
        made = run_act(
            form, lambda: acts.assess_impact(by=request.actor, resource_id=pk, answers=form.answers())
        )
        if made is not None:
            messages.success(request, _("影响评估已签署"))
            return see_other(reverse("catalogue:resource", args=[pk]))
    context = {
        "form": form,
        "resource": found,
        "held": held,
        "title": _("个人信息保护影响评估"),
        "submit": _("签署"),
        "cancel": back,
    }
    return render(request, "catalogue/assess.html", context, status=422 if form.is_bound else 200)
