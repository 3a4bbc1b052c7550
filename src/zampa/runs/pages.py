"""Pages of runs: the list, one run with its progress and digests, the rows kept back, the file to fetch."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as now_text
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zampa.contracts.actors import Actor
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, signed_in
from zampa.runs import acts, queries, rules, showing
from zampa.runs.models import Run

RUNS = ListSpec(
    name="runs",
    title=_("交付作业"),
    columns=(
        Column("resource_name", _("资源"), kind="strong", link=lambda row: reverse("runs:run", args=[row.pk])),
        Column("provider", _("提供方"), value="provider.name", phone=False),
        Column("requester", _("申请方"), value="requester.name"),
        Column("mode", _("方式"), value="get_mode_display", phone=False),
        Column("rows_written", _("送达行数"), kind="num"),
        Column("rows_bad", _("隔离行数"), kind="num"),
        Column("state", _("状态"), value=lambda row: row, kind="state"),
        Column("created_at", _("开始"), kind="moment", sort="created_at", phone=False),
    ),
    search=("resource_name", "provider__name", "requester__name"),
    search_hint=_("资源、部门"),
    choices=(
        Choice("state", _("状态"), Run.State.choices),
        Choice("mode", _("方式"), Run.Mode.choices),
        Choice(
            "kept", _("隔离"), [("yes", _("有隔离数据"))],
            apply=lambda rows, _value: rows.filter(rows_bad__gt=0, quarantine_cleared_at=None),
        ),
    ),
    empty=_("还没有交付作业。授权生效后，在“交付”里启动。"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.runs_of(request.actor), RUNS)


@signed_in
def shown(request: StaffRequest, run_id: UUID) -> HttpResponse:
    run = queries.run(request.actor, run_id)
    return render(request, "runs/run.html", _facts(request.actor, run))


@signed_in
@never_cache
def progress(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """The part of the run's page that moves; when the run is over the whole page is fetched anew."""
    run = queries.run(request.actor, run_id)
    response = render(request, "runs/parts/progress.html", _facts(request.actor, run))
    if run.is_over:
        response["HX-Refresh"] = "true"
    return response


def _facts(actor: Actor, run: Run) -> dict[str, object]:
    provider, requester = str(run.provider_id), str(run.requester_id)
    kept = run.bad_rows.exists()
    return {
        "run": run,
        "steps": showing.steps(run),
        "bars": showing.bad_bars(run),
        "network_notes": showing.network_notes(run),
        "kept": kept,
        "replayed_by": run.replayed_by.first(),
        "fields": queries.spec_of(run).fields,
        "may_cancel": not run.is_over and rules.may_cancel(actor, requester=requester, provider=provider).allowed,
        "may_read": kept and rules.may_read_rows(actor, provider=provider).allowed,
        "may_replay": kept and run.grant_live and rules.may_replay(actor, provider=provider).allowed,
        "may_fetch": bool(run.files_until) and rules.may_fetch(actor, requester=requester).allowed,
    }


@signed_in
@never_cache
def quarantine(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Rows kept back: values for their owner, each look entered; counts by reason for the others."""
    run = queries.run(request.actor, run_id)
    facts = _facts(request.actor, run)
    rows = []
    if facts["may_read"]:
        after = request.GET.get("after", "")
        place = int(after) if after.isdecimal() and len(after) < 18 else 0
        rows = acts.read_quarantine(by=request.actor, run_id=run.pk, after=place)
    texts = showing.reasons(run)
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    shown_rows = [
        {
            "reasons": [texts.get(code, code) for code in row.codes],
            "key": "、".join(value or "—" for value in row.key.values()),
            "values": [row.values.get(name) for name in names],
            "commitment": row.commitment,
        }
        for row in rows
    ]
    last = rows[-1].place if rows else 0
    more = last if queries.bad_rows_of(request.actor, run).filter(place__gt=last).exists() and rows else 0
    return render(request, "runs/quarantine.html", {**facts, "rows": shown_rows, "names": names, "more": more})


@signed_in
@require_POST
def cancel(request: StaffRequest, run_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.cancel_run(by=request.actor, run_id=run_id),
        said=now_text("已要求停止。"),
        to=reverse("runs:run", args=[run_id]),
    )


@signed_in
@require_POST
def replay(request: StaffRequest, run_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.replay_quarantine(by=request.actor, run_id=run_id),
        said=now_text("已安排重新送交。"),
        to=reverse("runs:run", args=[run_id]),
    )


@signed_in
@never_cache
def file(request: StaffRequest, run_id: UUID, name: str) -> FileResponse:
    """The file as an attachment; that it was fetched is entered."""
    place = acts.fetch_file(by=request.actor, run_id=run_id, name=name)
    return FileResponse(
        place.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )


app_name = "runs"
urlpatterns = [
    path("", listed, name="runs"),
    path("<uuid:run_id>/", shown, name="run"),
    path("<uuid:run_id>/progress/", progress, name="progress"),
    path("<uuid:run_id>/quarantine/", quarantine, name="quarantine"),
    path("<uuid:run_id>/cancel/", cancel, name="cancel"),
    path("<uuid:run_id>/replay/", replay, name="replay"),
    path("<uuid:run_id>/files/<str:name>", file, name="file"),
]
