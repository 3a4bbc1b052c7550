"""Grants: the list, one grant with its fields, quota use and ways to end it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, signed_in
from zampa.exchange.acts import endings
from zampa.exchange.acts.moving import gateways_for, move_grant
from zampa.exchange.lists import grants_list, last_day, ways_text
from zampa.exchange.pages.words import filter_words, mask_words
from zampa.exchange.queries import pictures, scope
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.ground.errors import NotFound

ENDINGS = {
    "revoke": (endings.revoke_grant, _("授权已撤销，网关最迟五秒内停止。")),
    "suspend": (endings.suspend_grant, _("授权已暂停。")),
    "resume": (endings.resume_grant, _("授权已恢复。")),
}


@signed_in
def index(request: StaffRequest) -> HttpResponseBase:
    return listing(request, scope.grants(request.actor), grants_list(request.actor.department))


@signed_in
def page(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    actor = request.actor
    found = scope.grant(actor, grant_id)
    parties = {"provider": str(found.provider_id), "provider_region": found.provider.region_id}
    deliver = access.may_deliver(actor, requester=str(found.requester_id), provider=str(found.provider_id)).allowed
    busy = set(found.deliveries.filter(state__in=("waiting", "running")).values_list("kind", flat=True))
    repeatable = [way for way in ("table", "file") if way in found.actions and way not in busy]
    service = any(way in ("query", "verify", "pass") for way in found.actions)
    may_end = access.may_end_grant(actor, **parties).allowed
    movable = may_end and service and found.state in ("live", "suspended")
    context = {
        "found": found,
        "fields": [(row, mask_words(row)) for row in found.fields.all()],
        "filter_words": filter_words(found.row_filter) if found.row_filter else "",
        "ways": ways_text(found.actions),
        "last_day": last_day(found),
        "service": service,
        "use": pictures.use_of(found, utc_now()) if service else None,
        "book": found.gateway.books.order_by("number").last() if found.gateway else None,
        "waits_until": found.free_at if found.left and found.free_at and found.free_at > utc_now() else None,
        "deliveries": list(found.deliveries.all()[:20]),
        "may_end": may_end,
        "gateways": list(gateways_for(found)[:200]) if movable else [],
        "repeatable": repeatable if deliver and found.serves_at(utc_now()) else [],
        "refused": scope.calls(actor).filter(grant=found.pk, outcome="refused")[:5],
        "subject_id": str(found.pk),
    }
    return render(request, "exchange/grant.html", context)


@signed_in
@require_POST
def move(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    reason, to = request.POST.get("reason", ""), reverse("exchange:grant", args=[grant_id])
    gateway = request.POST.get("gateway_id", "")
    return press(
        request,
        lambda: move_grant(by=request.actor, grant_id=grant_id, gateway_id=gateway, reason=reason),
        said=_("已改由另一个网关服务。"),
        to=to,
    )


@signed_in
@require_POST
def end(request: StaffRequest, grant_id: UUID, step: str) -> HttpResponse:
    if step not in ENDINGS:
        raise NotFound("exchange.grant.not_found")
    act, said = ENDINGS[step]
    reason, to = request.POST.get("reason", ""), reverse("exchange:grant", args=[grant_id])
    return press(request, lambda: act(by=request.actor, grant_id=grant_id, reason=reason), said=said, to=to)
