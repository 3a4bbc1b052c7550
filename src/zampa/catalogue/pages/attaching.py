"""Joining an entry to its real table or service, and looking whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries, rules, words
from zampa.catalogue.forms import AttachForm, PathForm, SourceForm
from zampa.catalogue.models import Attachment
from zampa.catalogue.pages.drafting import tables_of
from zampa.census import queries as census
from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.ground.errors import NotFound


@signed_in
def attach(request: StaffRequest, pk: UUID) -> HttpResponse:
    """First the connection, then its table or the service's path."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    back = reverse("catalogue:resource", args=[pk]) + "?tab=quality"
    source = SourceForm(request.GET or None, actor=request.actor)
    context = {"title": _("挂接数据源"), "cancel": back}
    if not source.is_valid():
        fresh = SourceForm(actor=request.actor)
        return render(request, "catalogue/source.html", {**context, "form": fresh, "submit": _("下一步")})
    chosen = source.cleaned_data["connection_id"]
    engine = census.connection(request.actor, chosen).engine
    items = list(queries.items_of(pk))
    form = (
        PathForm(request.POST or None, items=items)
        if engine == "http"
        else AttachForm(request.POST or None, items=items, engine=engine, tables=tables_of(request, chosen))
    )
    if request.method == "POST" and run_act(form, lambda: _apply(request, pk, chosen, form)) is not None:
        messages.success(request, _("已提交挂接，待共享工作机构负责人审核。"))
        return see_other(back)
    context |= {"form": form, "submit": _("提交")}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


def _apply(request: StaffRequest, pk: UUID, connection_id: str, form: AttachForm | PathForm) -> Attachment:
    said = form.cleaned_data
    if isinstance(form, AttachForm):
        return acts.apply_attachment(
            by=request.actor,
            resource_id=pk,
            connection_id=connection_id,
            table=form.chosen(),
            time_column=said["time_column"],
        )
    return acts.apply_attachment(
        by=request.actor,
        resource_id=pk,
        connection_id=connection_id,
        path=said["path"],
        methods=said["methods"],
        response=said["response"],
        time_column=said["time_column"],
    )


@signed_in
@require_POST
def attachment_step(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """The buttons of an attachment."""
    actor = request.actor
    found = queries.attachment(actor, pk)
    to = reverse("catalogue:resource", args=[found.resource_id]) + "?tab=quality"
    reason, verdict = request.POST.get("reason", ""), request.POST.get("verdict", "yes")
    named: dict[str, tuple[Callable[[], object], str]] = {
        "approve": (
            lambda: acts.approve_attachment(by=actor, attachment_id=pk, verdict=verdict, reason=reason),
            _("已处理，同意的挂接随即探测"),
        ),
        "propose": (
            lambda: acts.propose_change(by=actor, attachment_id=pk, reason=words.drift_reason(found.differences)),
            _("变更草稿已按源表备好，请核对后提交"),
        ),
        "probe": (lambda: acts.probe_attachment(by=actor, attachment_id=pk), _("已探测")),
        "end": (lambda: acts.end_attachment(by=actor, attachment_id=pk, reason=reason), _("挂接已解除")),
    }
    if name not in named:
        raise NotFound("catalogue.attachment.not_found")
    call, said = named[name]
    return press(request, call, said=said, to=to)
