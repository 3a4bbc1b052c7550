"""Gateways: the list, one gateway with its books and trail, a token for a new one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.exchange.acts import gateways as acts
from zampa.exchange.forms import GatewayForm, TokenForm
from zampa.exchange.lists import GATEWAYS
from zampa.exchange.queries import scope
from zampa.exchange.queries.gateways import SILENT_AFTER
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.identity.queries import departments


@signed_in
def index(request: StaffRequest) -> HttpResponseBase:
    may = access.may_run_gateways(request.actor).allowed
    return listing(
        request, scope.gateways(request.actor), GATEWAYS, template="exchange/gateways.html", extra={"may_run": may}
    )


@signed_in
def page(request: StaffRequest, gateway_id: UUID) -> HttpResponse:
    """Last heard, the book it holds against the newest, its trail; the administrator sets how long books live."""
    found = scope.gateway(request.actor, gateway_id)
    may = access.may_run_gateways(request.actor).allowed and found.state == "live"
    form = GatewayForm(request.POST or None, initial={"book_minutes": found.book_minutes}) if may else None
    if request.method == "POST" and form is not None:
        made = run_act(
            form,
            lambda: acts.set_gateway(
                by=request.actor, gateway_id=gateway_id, book_minutes=form.cleaned_data["book_minutes"]
            ),
        )
        if made is not None:
            messages.success(request, _("已保存，下一本授权簿起生效。"))
            return see_other(request.path)
    now = utc_now()
    context = {
        "found": found,
        "form": form,
        "may_run": may,
        "book": found.books.order_by("number").last(),
        "silent": found.state == "live" and (found.heard_at is None or now - found.heard_at > SILENT_AFTER),
        "grants": scope.grants(request.actor).filter(gateway=found, state="live")[:50],
        "segments": found.segments.order_by("-received_at").defer("content")[:10],
        "subject_id": str(found.pk),
    }
    return render(request, "exchange/gateway.html", context, status=422 if form is not None and form.is_bound else 200)


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """A one-time token, shown once on this page and kept nowhere."""
    access.may_run_gateways(request.actor).require()
    choices = [(str(row.pk), row.name) for row in departments(request.actor).filter(closed_at=None)]
    form = TokenForm(request.POST or None, departments=choices)
    if request.method == "POST":
        token = run_act(
            form,
            lambda: acts.create_gateway_token(
                by=request.actor,
                name=form.cleaned_data["name"],
                department_id=form.cleaned_data["department_id"] or None,
            ),
        )
        if token is not None:
            context = {"token": token, "name": form.cleaned_data["name"]}
            return render(request, "exchange/gateway_token.html", context)
    context = {
        "form": form,
        "title": _("登记网关"),
        "submit": _("生成一次性口令"),
        "cancel": reverse("exchange:gateways"),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def retire(request: StaffRequest, gateway_id: UUID) -> HttpResponse:
    reason, to = request.POST.get("reason", ""), reverse("exchange:gateway", args=[gateway_id])
    return press(
        request,
        lambda: acts.retire_gateway(by=request.actor, gateway_id=gateway_id, reason=reason),
        said=_("网关已停用。"),
        to=to,
    )
