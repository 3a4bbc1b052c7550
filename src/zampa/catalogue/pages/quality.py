"""Pages of quality: all entries, one entry's judgements with its rules, rows that fail for their owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Avg, Count, Q
from django.db.models.functions import Round
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries, queries_quality, telling
from zampa.catalogue.forms.quality import KINDS, RuleForm
from zampa.catalogue.lists_quality import JUDGEMENTS
from zampa.catalogue.models import Judgement, Resource
from zampa.catalogue.rules import quality as rules
from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in

TREND = 60  # judgements in the line
DEPARTMENTS = 12


@signed_in
def overview(request: StaffRequest) -> HttpResponseBase:
    """Every entry's newest judgement, and the departments by their mean."""
    rows = queries_quality.latest_judgements(request.actor)
    means = (
        rows.exclude(score=None)
        .order_by()
        .values("resource__provider_id", "resource__provider__name")
        .annotate(mean=Round(Avg("score")), n=Count("pk"), bad=Count("pk", filter=Q(broken__gt=0)))
        .order_by("mean")[:DEPARTMENTS]
    )
    bars = [
        {
            "label": one["resource__provider__name"],
            "share": one["mean"] / 10,
            "text": f"{one['mean'] / 10:.1f}",
            "tone": rules.tone(int(one["mean"])),
            "url": f"{reverse('catalogue:quality')}?provider={one['resource__provider_id']}",
        }
        for one in means
    ]
    return listing(request, rows, JUDGEMENTS, template="catalogue/quality_list.html", extra={"bars": bars})


@signed_in
@never_cache
def judged(request: StaffRequest, pk: UUID) -> HttpResponse:
    """An entry's newest judgement, how the score went, and the rules it states."""
    found = queries.resource(request.actor, pk)
    return _page(request, found, queries_quality.latest_of(found.replaces_id or found.pk))


@signed_in
@never_cache
def judgement(request: StaffRequest, judgement_id: UUID) -> HttpResponse:
    row = queries_quality.judgement(request.actor, judgement_id)
    return _page(request, queries.resource(request.actor, row.resource_id), row)


def _page(request: StaffRequest, found: Resource, row: Judgement | None) -> HttpResponse:
    key, provider = found.replaces_id or found.pk, str(found.provider_id)
    history = list(queries_quality.judgements_of(key).order_by("-asked_at")[:TREND])
    trend = [one.score / 10 for one in reversed(history) if one.score is not None and one.occasion != "delivered"]
    may = rules.may_state_rules(request.actor, provider).allowed
    context: dict[str, Any] = {
        "resource": found,
        "judgement": row,
        "score": row.score / 10 if row and row.score is not None else None,
        "bars": telling.bars(row) if row else [],
        "rulings": telling.told(queries_quality.rulings_of(row)) if row else [],
        "history": history[:20],
        "trend": trend,
        "under_way": next((one for one in history if not one.is_over), None),
        "own_rules": _stated(found),
        "may_state": may and found.state != "withdrawn" and found.replaces_id is None,
        "may_profile": rules.may_see_rows(request.actor, provider).allowed and found.replaces_id is None,
        "may_judge": may and queries_quality.readable(key) is not None,
        "may_see_rows": bool(row and row.sealed_key) and rules.may_see_rows(request.actor, provider).allowed,
    }
    return render(request, "catalogue/judgement.html", context)


def _stated(found: Resource) -> list[dict[str, Any]]:
    holding = [(row, queries_quality.rule_stated(row)) for row in found.quality_rules.all()]
    names = telling.named(rule.other_resource for _row, rule in holding if rule.other_resource)
    return [{"row": row, "rule": rule, "asked": telling.sentence(rule, names)} for row, rule in holding]


@signed_in
@require_POST
def judge(request: StaffRequest, pk: UUID) -> HttpResponse:
    to = reverse("catalogue:judged", args=[pk])
    return press(request, lambda: acts.ask_judgement(by=request.actor, resource_id=pk), said=_("已开始检查"), to=to)


@signed_in
@never_cache
def sampled(request: StaffRequest, judgement_id: UUID) -> HttpResponse:
    """Rows that fail, for their owner; each look is entered."""
    row = queries_quality.judgement(request.actor, judgement_id)
    opened = acts.read_samples(by=request.actor, judgement_id=judgement_id)
    said = {one.row.pk: one.asked for one in telling.told(one.ruling for one in opened)}
    groups = [{"opened": one, "asked": said[one.ruling.pk]} for one in opened]
    return render(request, "catalogue/sampled.html", {"judgement": row, "resource": row.resource, "groups": groups})


@signed_in
def new_rule(request: StaffRequest, pk: UUID) -> HttpResponse:
    found = queries.resource(request.actor, pk)
    rules.may_state_rules(request.actor, str(found.provider_id)).require()
    back, kind = reverse("catalogue:judged", args=[pk]), request.GET.get("kind", "")
    if kind not in dict(KINDS):
        return render(request, "catalogue/rule_kind.html", {"resource": found, "kinds": KINDS, "cancel": back})
    form = RuleForm(request.POST or None, kind=kind, actor=request.actor, resource=found)
    if request.method == "POST":
        made = run_act(form, lambda: acts.state_rule(by=request.actor, resource_id=pk, rule=form.rule()))
        if made is not None:
            messages.success(request, _("规则已设立，下次检查起执行。"))
            return see_other(back)
    title = _("设立质量规则：%(kind)s") % {"kind": dict(KINDS)[kind]}
    context = {"form": form, "title": title, "submit": _("设立"), "cancel": back}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def drop_rule(request: StaffRequest, quality_rule_id: UUID) -> HttpResponse:
    actor = request.actor
    row = queries_quality.own_rule(actor, quality_rule_id)
    to = reverse("catalogue:judged", args=[row.resource_id])
    return press(request, lambda: acts.drop_rule(by=actor, rule_id=quality_rule_id), said=_("规则已去掉"), to=to)
