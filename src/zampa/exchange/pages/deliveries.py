"""Deliveries and calls: the lists, one delivery with its run, one call, and the evidence of each."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.approvals import queries as approvals
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, signed_in
from zampa.exchange.acts import deliveries as acts
from zampa.exchange.acts import steps
from zampa.exchange.lists import CALLS, deliveries_list, reason_text
from zampa.exchange.models import Delivery, Grant
from zampa.exchange.queries import evidence, scope
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.runs.queries import run_of_delivery


@signed_in
def index(request: StaffRequest) -> HttpResponseBase:
    return listing(request, scope.deliveries(request.actor), deliveries_list(request.actor.department))


@signed_in
def page(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """One delivery: state and clock, the run's progress, both digests, what was kept back."""
    actor = request.actor
    found = scope.delivery(actor, delivery_id)
    startable = found.kind != Delivery.Kind.API and found.state in ("waiting", "failed", "cancelled")
    may = access.may_deliver(actor, requester=str(found.requester_id), provider=str(found.provider_id)).allowed
    run = run_of_delivery(found.pk)
    context = {
        "found": found,
        "run": run,
        "clock": approvals.clock_of(steps.delivery_subject(found), "delivery"),
        "may_start": may and startable and found.grant.serves_at(utc_now()),
        "agree": bool(found.digest_sent) and found.digest_sent == found.digest_stored,
        "own_rows": actor.department == str(found.provider_id),
        "subject_id": str(found.pk),
    }
    return render(request, "exchange/delivery.html", context)


@signed_in
@require_POST
def start(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    to = reverse("exchange:delivery", args=[delivery_id])
    return press(
        request, lambda: acts.start_delivery(by=request.actor, delivery_id=delivery_id), said=_("交付已开始。"), to=to
    )


@signed_in
@require_POST
def repeat(request: StaffRequest, grant_id: UUID, kind: str) -> HttpResponse:
    to = reverse("exchange:grant", args=[grant_id])
    return press(
        request,
        lambda: acts.repeat_delivery(by=request.actor, grant_id=grant_id, kind=kind),
        said=_("新的一次交付已开始。"),
        to=to,
    )


@signed_in
def calls(request: StaffRequest) -> HttpResponseBase:
    return listing(request, scope.calls(request.actor), CALLS)


@signed_in
def call(request: StaffRequest, call_id: UUID) -> HttpResponse:
    found = scope.call(request.actor, call_id)
    grant = Grant.objects.filter(pk=found.grant).first() if found.grant else None
    context = {"found": found, "reason": reason_text(found), "grant": grant}
    return render(request, "exchange/call.html", context)


@signed_in
def evidence_file(request: StaffRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """The evidence file, for `zampa verify` anywhere."""
    name, content = evidence.evidence_file(request.actor, kind, subject_id)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
