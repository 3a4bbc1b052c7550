"""The decision pages: the requester's head signs, the provider prepares, tells what is missing, grants or refuses."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.exchange.acts import decisions, holding, signing
from zampa.exchange.forms import AnswerForm, MissingForm, ReasonForm
from zampa.exchange.models import Request
from zampa.exchange.pages.requests import show
from zampa.exchange.queries import scope


def _to(request_id: UUID) -> str:
    return reverse("exchange:request", args=[request_id])


@signed_in
@require_POST
def sign(request: StaffRequest, request_id: UUID) -> HttpResponse:
    opinion = request.POST.get("reason", "")

    def act() -> Request:
        return signing.sign_request(by=request.actor, request_id=request_id, opinion=opinion)

    return press(request, act, said=_("已签发，提供方已收到申请。"), to=_to(request_id))


@signed_in
@require_POST
def send_back(request: StaffRequest, request_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act() -> Request:
        return signing.send_back_request(by=request.actor, request_id=request_id, reason=reason)

    return press(request, act, said=_("已退回起草人。"), to=_to(request_id))


@signed_in
@require_POST
def answer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """The answer item by item: kept as a draft opinion, or granted with its terms."""
    found = scope.request(request.actor, request_id)
    form = AnswerForm(request.POST, asked=found, rows=list(found.items.all()))
    if "grant" not in request.POST:
        return _keep(request, found, form)
    made = run_act(
        form,
        lambda: decisions.grant_request(
            by=request.actor,
            request_id=request_id,
            decisions=form.decisions(),
            terms=form.terms(found),
            row_filter=form.row_filter(),
            opinion=form.cleaned_data["opinion"],
        ),
    )
    if made is None:
        return show(request, found, form)
    messages.success(request, _("已授权 %(number)s。") % {"number": made.number})
    return see_other(reverse("exchange:grant", args=[made.pk]))


def _keep(request: StaffRequest, found: Request, form: AnswerForm) -> HttpResponse:
    def act() -> Request:
        said = [one for one in form.decisions() if one.verdict]
        return decisions.note_opinions(by=request.actor, request_id=found.pk, decisions=said)

    if run_act(form, act) is None:
        return show(request, found, form)
    messages.success(request, _("意见已保存，尚未答复。"))
    return see_other(_to(found.pk))


@signed_in
def give_back(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """What is missing, told once and in full."""
    found = scope.request(request.actor, request_id)
    form = MissingForm(request.POST or None)
    if request.method == "POST":
        made = run_act(
            form, lambda: decisions.return_request(by=request.actor, request_id=request_id, missing=form.lines())
        )
        if made is not None:
            messages.success(request, _("已一次性告知申请方补正。"))
            return see_other(_to(request_id))
    return _asked(request, form, found, _("退回补正"))


@signed_in
def refuse(request: StaffRequest, request_id: UUID) -> HttpResponse:
    found = scope.request(request.actor, request_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        made = run_act(
            form,
            lambda: decisions.refuse_request(
                by=request.actor, request_id=request_id, reason=form.cleaned_data["reason"]
            ),
        )
        if made is not None:
            messages.success(request, _("已答复不予共享。"))
            return see_other(_to(request_id))
    return _asked(request, form, found, _("不予共享"))


def _asked(request: StaffRequest, form: MissingForm | ReasonForm, found: Request, title: object) -> HttpResponse:
    context = {"form": form, "title": f"{title} · {found.number}", "submit": title, "cancel": _to(found.pk)}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def hold(request: StaffRequest, request_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act() -> Request:
        return holding.hold_request(by=request.actor, request_id=request_id, reason=reason)

    return press(request, act, said=_("已冻结，到期不删。"), to=_to(request_id))


@signed_in
@require_POST
def release(request: StaffRequest, request_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act() -> Request:
        return holding.release_request(by=request.actor, request_id=request_id, reason=reason)

    return press(request, act, said=_("已解除冻结。"), to=_to(request_id))
