"""The requester's pages: the list, the form from an entry, the request itself, its papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.approvals import queries as approvals
from zampa.catalogue import queries as catalogue
from zampa.catalogue.models import Resource
from zampa.contracts.actors import Actor
from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.papers import LARGEST, sent
from zampa.exchange.acts import papers, steps
from zampa.exchange.acts import requests as acts
from zampa.exchange.forms import AnswerForm, PaperForm, RequestForm
from zampa.exchange.lists import requests_list
from zampa.exchange.models import Request, Way
from zampa.exchange.pages.words import mask_words
from zampa.exchange.queries import pictures, scope
from zampa.exchange.rules import access
from zampa.exchange.rules.requests import MOVES
from zampa.ground.errors import NotFound

TABS = ("overview", "papers", "grant", "trail")


@signed_in
def index(request: StaffRequest) -> HttpResponseBase:
    return listing(request, scope.requests(request.actor), requests_list(request.actor.department))


def request_slot(request: HttpRequest, resource_id: str) -> str:
    """The button on a catalogue entry: ask for it, or go on with a draft of one's own department."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not access.may_draft(actor, actor.department).allowed:
        return ""
    rows = scope.requests(actor).filter(resource_id=resource_id, requester_id=actor.department)
    context = {"resource_id": resource_id, "draft": rows.filter(state__in=("draft", "returned")).first()}
    return render_to_string("exchange/parts/request_slot.html", context, request)


def _form(request: StaffRequest, resource: Resource, **given: Any) -> RequestForm:
    attachment = catalogue.live_attachment(resource.pk)
    source = attachment.reads_as if attachment else "table"
    return RequestForm(request.POST or None, actor=request.actor, resource=resource, source=source, **given)


@signed_in
def new(request: StaffRequest, resource_id: UUID) -> HttpResponse:
    """The five elements and the items of one entry; saved as a draft, or handed to one's head at once."""
    access.may_draft(request.actor, request.actor.department).require()
    resource = catalogue.published_resource(request.actor, resource_id)
    form = _form(request, resource)
    if request.method == "POST":
        made = run_act(form, lambda: acts.draft_request(by=request.actor, resource_id=resource_id, ask=form.ask()))
        if made is not None:
            return _saved(request, form, made)
    return _shown(request, form, resource, None)


@signed_in
def edit(request: StaffRequest, request_id: UUID) -> HttpResponse:
    found = scope.request(request.actor, request_id)
    access.may_draft(request.actor, str(found.requester_id)).require()
    form = _form(request, found.resource, initial=RequestForm.initial_of(found))
    if request.method == "POST":
        made = run_act(form, lambda: acts.edit_request(by=request.actor, request_id=request_id, ask=form.ask()))
        if made is not None:
            return _saved(request, form, made)
    return _shown(request, form, found.resource, found)


def _saved(request: StaffRequest, form: RequestForm, made: Request) -> HttpResponse:
    """A draft is kept whatever is missing; what keeps it from being submitted stands beside the fields."""
    if "submit" in request.POST:
        if run_act(form, lambda: acts.submit_request(by=request.actor, request_id=made.pk)) is None:
            return _shown(request, form, made.resource, made)
        messages.success(request, _("申请已提交，等本部门共享工作机构负责人签发。"))
    else:
        messages.success(request, _("草稿已保存。"))
    return see_other(reverse("exchange:request", args=[made.pk]))


def _shown(request: StaffRequest, form: RequestForm, resource: Resource, found: Request | None) -> HttpResponse:
    here = reverse("exchange:request_edit", args=[found.pk]) if found else request.path
    context = {"form": form, "resource": resource, "found": found, "here": here}
    return render(request, "exchange/request_form.html", context, status=422 if form.is_bound else 200)


@signed_in
def page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    return show(request, scope.request(request.actor, request_id))


def show(request: StaffRequest, found: Request, answer: AnswerForm | None = None) -> HttpResponse:
    """The request: state, clock and next step first, the decision in place for whom it waits."""
    actor, rows = request.actor, list(found.items.all())
    may = powers(actor, found)
    clock = steps.reply_clock(found) if found.signed_at else None
    if answer is None and may["prepare"]:
        answer = AnswerForm(asked=found, rows=rows)
    tab = request.GET.get("tab", "overview")
    context = {
        "found": found,
        "item_words": [(row, mask_words(row)) for row in rows],
        "ways_words": [Way(way).label for way in found.ways],
        "tone": "wait" if found.state == "under_review" else "",
        "tab": tab if tab in TABS else "overview",
        "steps": pictures.path_of(found),
        "clock": clock,
        "may": may,
        "answer": answer,
        "papers": list(found.papers.all()),
        "paper_form": PaperForm() if may["edit"] else None,
        "grant": getattr(found, "grant", None),
        "reviews": approvals.reviews_of(steps.request_subject(found)),
        "precedent": pictures.precedent_of(found, [row.name for row in rows]) if may["see_precedents"] else None,
        "attachment": catalogue.open_attachment(found.resource_id),
        "subject_id": str(found.pk),
    }
    status = 422 if answer is not None and answer.is_bound else 200
    return render(request, "exchange/request.html", context, status=status)


def powers(actor: Actor, found: Request) -> dict[str, bool]:
    """Which buttons stand on the page: whoever may, in a state that allows it."""
    own = access.may_draft(actor, str(found.requester_id)).allowed
    sign = access.may_sign(actor, str(found.requester_id)).allowed
    take = access.may_take_up(actor, str(found.provider_id)).allowed
    decide = access.may_decide(actor, str(found.provider_id)).allowed

    def stands(act: str) -> bool:
        return found.state in MOVES[act][0]

    return {
        "edit": own and stands("edit"),
        "withdraw": own and stands("withdraw"),
        "sign": sign and stands("sign"),
        "prepare": take and stands("opine"),
        "decide": decide and stands("grant"),
        "give_back": decide and stands("return") and found.missing_told_at is None,
        "refuse": decide and stands("refuse") and found.sharing != "unconditional",
        "hold": access.may_hold(actor, found.provider.region_id).allowed,
        "see_precedents": actor.department == str(found.provider_id) or actor.holds("audit_admin"),
    }


@signed_in
@require_POST
def submit(request: StaffRequest, request_id: UUID) -> HttpResponse:
    to = reverse("exchange:request", args=[request_id])
    return press(
        request, lambda: acts.submit_request(by=request.actor, request_id=request_id), said=_("申请已提交。"), to=to
    )


@signed_in
@require_POST
def withdraw(request: StaffRequest, request_id: UUID) -> HttpResponse:
    to, reason = reverse("exchange:request", args=[request_id]), request.POST.get("reason", "")
    return press(
        request,
        lambda: acts.withdraw_request(by=request.actor, request_id=request_id, reason=reason),
        said=_("申请已撤回。"),
        to=to,
    )


@signed_in
@require_POST
def add_paper(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form, to = PaperForm(request.POST, request.FILES), reverse("exchange:request", args=[request_id]) + "?tab=papers"
    if not form.is_valid():
        messages.error(request, _("请选择要上传的文件。"))
        return see_other(to)
    file = form.cleaned_data["file"]

    def add() -> object:
        content = file.read(LARGEST + 1)
        return papers.add_paper(by=request.actor, request_id=request_id, name=file.name, content=content)

    return press(request, add, said=_("材料已附上。"), to=to)


@signed_in
@require_POST
def remove_paper(request: StaffRequest, request_id: UUID, paper_id: UUID) -> HttpResponse:
    to = reverse("exchange:request", args=[request_id]) + "?tab=papers"
    return press(
        request,
        lambda: papers.remove_paper(by=request.actor, request_id=request_id, paper_id=paper_id),
        said=_("材料已取下。"),
        to=to,
    )


@signed_in
def paper(request: StaffRequest, request_id: UUID, paper_id: UUID) -> HttpResponseBase:
    """A paper as an attachment, never shown inside the page: what was uploaded is not ours."""
    row = scope.request(request.actor, request_id).papers.filter(pk=paper_id).first()
    if row is None:
        raise NotFound("exchange.paper.not_found")
    return sent(papers.paper_path(row.digest), row.name, row.media_type, "exchange.paper.not_found")
