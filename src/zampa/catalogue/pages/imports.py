"""Another platform's catalogue: its file, the page that says which column means what, and the job."""

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

from zampa.catalogue import foreign, rules
from zampa.catalogue import queries_imports as queries
from zampa.catalogue.acts import imports as acts
from zampa.catalogue.forms.imports import ForeignFileForm, MapForm
from zampa.catalogue.models import Import
from zampa.catalogue.rules.mapping import Read
from zampa.catalogue.words import shown
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import NotFound

JOBS = ListSpec(
    name="imports",
    title=_("导入外部目录"),
    columns=(
        Column("name", _("文件"), link=lambda row: reverse("catalogue:import", args=[row.pk])),
        Column(
            "column_map", _("对应关系"), value=lambda row: row.column_map.name if row.column_map else "", phone=False
        ),
        Column("made", _("成草稿"), kind="num"),
        Column("noted", _("未导入之处"), kind="num", phone=False),
        Column("asked_by_name", _("发起人"), phone=False),
        Column("asked_at", _("发起时间"), kind="moment", sort="asked_at", phone=False),
        Column("state", _("状态"), value=lambda row: row, kind="state"),
    ),
    choices=(Choice("state", _("状态"), Import.State.choices),),
    empty=_("还没有导入过外部目录。"),
    empty_action=(_("上传文件"), "catalogue:new_import"),
)
NOTES = ListSpec(
    name="import-notes",
    title=_("没有导入的内容"),
    columns=(
        Column("row", _("行"), kind="num"),
        Column("field", _("要素"), value=lambda row: str(queries.FIELDS.get(row.field, row.field))),
        Column("text", _("原文")),
        Column("code", _("原因"), value=lambda row: text_of(row.code)),
    ),
    search=("text",),
    choices=(Choice("field", _("要素"), [(name, label) for name, label in queries.FIELDS.items()]),),
    order="id",
    empty=_("没有留空的内容。"),
)


@signed_in
def jobs(request: StaffRequest) -> HttpResponseBase:
    may = rules.may_edit(request.actor, request.actor.department).allowed
    template = "catalogue/imports.html"
    return listing(request, queries.imports(request.actor), JOBS, template=template, extra={"may_edit": may})


@signed_in
def new(request: StaffRequest) -> HttpResponse:
    rules.may_edit(request.actor, request.actor.department).require()
    form = ForeignFileForm(request.POST or None, request.FILES or None)

    def bring() -> Import:
        given = form.cleaned_data["file"]
        return acts.bring_file(by=request.actor, name=given.name, content=given.read())

    if request.method == "POST" and (made := run_act(form, bring)) is not None:
        if made.column_map:
            messages.success(request, now_text("认出了这种文件，已用上“%(name)s”。") % {"name": made.column_map.name})
        return see_other(reverse("catalogue:import", args=[made.pk]))
    context = {"form": form, "cancel": reverse("catalogue:imports"), "submit": now_text("下一步")}
    return render(request, "catalogue/new_import.html", context, status=422 if form.is_bound else 200)


@signed_in
def one(request: StaffRequest, import_id: UUID) -> HttpResponseBase:
    """The map while there is one to make, the job and what it left out afterwards."""
    found = queries.one_import(request.actor, import_id)
    if found.state != Import.State.MAPPING:
        facts = _facts(request, found)
        return listing(request, queries.notes_of(found), NOTES, template="catalogue/import.html", extra=facts)
    rules.may_edit(request.actor, str(found.department_id)).require()
    return _mapping(request, found)


def _mapping(request: StaffRequest, found: Import) -> HttpResponse:
    seen = foreign.look(queries.path_of(found), found.kind)
    table = (request.POST or request.GET).get("table", found.table)
    table = table if table in seen.heads else found.table
    held = found.column_map if table == found.table else None
    asked = queries.uncovered(found, held) if held else {}
    form = MapForm(
        request.POST or None, heads=seen.heads[table], labels=seen.labels if table else {}, held=held, open_values=asked
    )
    if request.method == "POST":
        saved = run_act(form, lambda: _save(request, found, form, table))
        if saved is not None:
            if "start" in request.POST:
                return press(
                    request,
                    lambda: acts.start_import(by=request.actor, import_id=found.pk),
                    said=_("导入已开始"),
                    to=reverse("catalogue:import", args=[found.pk]),
                )
            messages.success(request, now_text("对应关系已保存，下面是前几行的样子。"))
            return see_other(reverse("catalogue:import", args=[found.pk]))
    context = {
        "job": found, "form": form, "held": held, "table": table, "tables": list(seen.heads),
        "preview": [(number, _told(read)) for number, read in queries.preview(found, held)] if held else [],
    }  # fmt: skip
    return render(request, "catalogue/map.html", context, status=422 if form.is_bound else 200)


def _save(request: StaffRequest, found: Import, form: MapForm, table: str) -> object:
    data = form.cleaned_data
    return acts.save_map(
        by=request.actor,
        import_id=found.pk,
        name=data["name"],
        columns=form.columns(),
        values=form.values(),
        separator=data["separator"],
        peer=data["peer"],
        table=table,
    )


def _told(read: Read) -> list[tuple[str, str, bool]]:
    """A row as it would come in: label, text, whether it stays empty."""
    told = [(str(queries.FIELDS[name]), shown(name, value), False) for name, value in read.values.items() if value]
    if read.items:
        told.append((str(queries.FIELDS["items"]), "、".join(read.items), False))
    return told + [(str(queries.FIELDS[one.field]), f"{one.text} · {text_of(one.code)}", True) for one in read.notes]


@never_cache
@signed_in
def progress(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """The bar alone, asked for every second while the job goes on."""
    found = queries.one_import(request.actor, import_id)
    return render(request, "catalogue/import_progress.html", _facts(request, found))


def _facts(request: StaffRequest, found: Import) -> dict[str, Any]:
    return {
        "job": found,
        "far": queries.progress(found),
        "problem": text_of(found.problem, found.problem_params) if found.problem else "",
        "may_edit": rules.may_edit(request.actor, str(found.department_id)).allowed,
    }


@signed_in
@require_POST
def step(request: StaffRequest, import_id: UUID, name: str) -> HttpResponse:
    """Stop, or go on after a stop."""
    steps = {
        "stop": (lambda: acts.stop_import(by=request.actor, import_id=import_id), _("已叫停")),
        "resume": (lambda: acts.start_import(by=request.actor, import_id=import_id), _("已继续")),
    }
    if name not in steps:
        raise NotFound("catalogue.import.not_found")
    call, said = steps[name]
    return press(request, call, said=said, to=reverse("catalogue:import", args=[import_id]))
