"""A whole database into drafts: choose the tables, then watch the job, table by table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now_text
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zampa.catalogue import queries_drafting as queries
from zampa.catalogue import rules
from zampa.catalogue.acts import bulk
from zampa.catalogue.forms import SourceForm
from zampa.catalogue.forms.sources import TablesForm
from zampa.catalogue.models import DraftingJob, DraftingTable
from zampa.catalogue.pages.drafting import tables_of
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import NotFound

JOBS = ListSpec(
    name="drafting",
    title=_("编目作业"),
    columns=(
        Column(
            "connection",
            _("数据连接"),
            value="connection.name",
            link=lambda row: reverse("catalogue:drafting_job", args=[row.pk]),
        ),
        Column("total", _("表"), kind="num"),
        Column("asked_by_name", _("发起人"), phone=False),
        Column("asked_at", _("发起时间"), kind="moment", sort="asked_at"),
        Column("state", _("状态"), value=lambda row: row, kind="state"),
    ),
    choices=(Choice("state", _("状态"), DraftingJob.State.choices),),
    empty=_("还没有编目作业。"),
    empty_action=(_("整库编目"), "catalogue:from_database"),
)
TABLES = ListSpec(
    name="drafting-tables",
    title=_("逐表结果"),
    columns=(
        Column("name", _("表"), link=lambda row: _address(row), kind="strong"),
        Column("comment", _("注释"), phone=False),
        Column("resource", _("目录"), value=lambda row: row.resource.name if row.resource else ""),
        Column("items", _("信息项"), kind="num", phone=False),
        Column("problem", _("原因"), value=lambda row: text_of(row.problem, row.problem_params) if row.problem else ""),
        Column("state", _("状态"), value=lambda row: row, kind="state"),
    ),
    search=("name", "comment"),
    choices=(Choice("state", _("状态"), DraftingTable.State.choices),),
    order="position",
    empty=_("这个作业没有表。"),
)


def _address(row: DraftingTable) -> str:
    return reverse("catalogue:resource", args=[row.resource_id]) if row.resource_id else ""


@signed_in
def from_database(request: StaffRequest) -> HttpResponse:
    """First the connection, then its tables, all ticked."""
    rules.may_edit(request.actor, request.actor.department).require()
    source = SourceForm(request.GET or None, actor=request.actor)
    context: dict[str, Any] = {"title": now_text("整库编目"), "cancel": reverse("catalogue:resources")}
    if not source.is_valid():
        fresh = SourceForm(actor=request.actor)
        return render(request, "catalogue/source.html", {**context, "form": fresh, "submit": now_text("下一步")})
    chosen = source.cleaned_data["connection_id"]
    form = TablesForm(request.POST or None, tables=tables_of(request, chosen))
    if request.method == "POST":
        made = run_act(
            form,
            lambda: bulk.draft_database(by=request.actor, connection_id=chosen, tables=form.cleaned_data["tables"]),
        )
        if made is not None:
            messages.success(request, now_text("编目作业已开始"))
            return see_other(reverse("catalogue:drafting_job", args=[made.pk]))
    context |= {"form": form, "submit": now_text("全部生成草稿"), "total": len(form.fields["tables"].choices)}
    return render(request, "catalogue/from_database.html", context, status=422 if form.is_bound else 200)


@signed_in
def jobs(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.drafting_jobs(request.actor), JOBS)


@signed_in
def job(request: StaffRequest, job_id: UUID) -> HttpResponseBase:
    found = queries.drafting_job(request.actor, job_id)
    return listing(
        request, queries.tables_of(found), TABLES, template="catalogue/drafting.html", extra=_facts(request, found)
    )


@never_cache
@signed_in
def progress(request: StaffRequest, job_id: UUID) -> HttpResponse:
    """The bar alone, asked for every second while the job goes on."""
    found = queries.drafting_job(request.actor, job_id)
    return render(request, "catalogue/drafting_progress.html", _facts(request, found))


def _facts(request: StaffRequest, found: DraftingJob) -> dict[str, Any]:
    far = queries.progress(found)
    return {
        "job": found,
        "far": far,
        "left": far.total - far.done,
        "problem": text_of(found.problem, found.problem_params) if found.problem else "",
        "may_edit": rules.may_edit(request.actor, str(found.department_id)).allowed,
    }


@signed_in
@require_POST
def step(request: StaffRequest, job_id: UUID, name: str) -> HttpResponse:
    """Stop, go on, or try those that failed again."""
    steps = {
        "stop": (lambda: bulk.stop_drafting(by=request.actor, job_id=job_id), _("已叫停")),
        "resume": (lambda: bulk.resume_drafting(by=request.actor, job_id=job_id), _("已继续")),
        "again": (lambda: bulk.resume_drafting(by=request.actor, job_id=job_id, again=True), _("已重试未成的表")),
    }
    if name not in steps:
        raise NotFound("catalogue.drafting.not_found")
    call, said = steps[name]
    return press(request, call, said=said, to=reverse("catalogue:drafting_job", args=[job_id]))
