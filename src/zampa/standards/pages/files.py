"""Elements and lists as files, out and in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zampa.desk.exports import CONTENT_TYPES, export
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid
from zampa.standards import acts, queries
from zampa.standards.columns import ELEMENT_COLUMNS, VALUE_COLUMNS, WORDS
from zampa.standards.forms import FileForm
from zampa.standards.models import Element
from zampa.standards.rules import access

T = TypeVar("T")


@signed_in
def elements_out(request: StaffRequest, kind: str) -> HttpResponseBase:
    """Every element in force as a file that can be filled in and read back; without any, it is the template."""
    if kind not in CONTENT_TYPES:
        raise NotFound("standards.element.not_found")
    rows = queries.elements_in_force(request.actor).prefetch_related("synonyms").order_by("number")
    heads = [str(head) for head in ELEMENT_COLUMNS.values()]
    return export(kind, "data-elements", _("数据元"), heads, (_cells(row) for row in rows.iterator(chunk_size=1000)))


def _cells(row: Element) -> list[object]:
    stated = [one for one in row.synonyms.all() if not one.learned]
    said = {
        "type": row.get_type_display(),
        "domain": row.get_domain_display(),
        "sensitivity": row.get_sensitivity_display(),
        "code_list": row.code_list.code if row.code_list else "",
        "synonyms": "，".join(one.word for one in stated if one.kind == "name"),
        "columns": ",".join(one.word for one in stated if one.kind == "column"),
    }
    assert set(WORDS) <= set(said)
    return [said[name] if name in said else getattr(row, name) for name in ELEMENT_COLUMNS]


@signed_in
def elements_in(request: StaffRequest) -> HttpResponse:
    own = not access.may_keep(request.actor).allowed
    if own:
        access.may_propose(request.actor, request.actor.department).require()
    form = FileForm(request.POST or None, request.FILES or None)
    done, faults = taken(form, lambda name, content: acts.import_elements(
        by=request.actor, name=name, content=content, own=own
    ))  # fmt: skip
    if done is not None:
        said = _("导入完成：新登记 %(entered)s 个，修改 %(changed)s 个。")
        messages.success(request, said % {"entered": done[0], "changed": done[1]})
        return see_other(reverse("standards:elements"))
    context = {
        "form": form, "faults": faults, "title": _("导入数据元"), "submit": _("导入"),
        "cancel": reverse("standards:elements"), "template": reverse("standards:elements_out", args=["xlsx"]),
    }  # fmt: skip
    return render(request, "standards/import.html", context, status=422 if form.is_bound else 200)


@signed_in
def values_out(request: StaffRequest, list_id: UUID, kind: str) -> HttpResponseBase:
    """A list's values of every time as a file that can be read back; of an empty list, the template."""
    if kind not in CONTENT_TYPES:
        raise NotFound("standards.list.not_found")
    row = queries.code_list(request.actor, list_id)
    rows = queries.all_values_of(row.pk).order_by("position")
    heads = [str(head) for head in VALUE_COLUMNS.values()]
    cells = (
        [" ".join(one.replaced_by) if name == "replaced_by" else getattr(one, name) for name in VALUE_COLUMNS]
        for one in rows.iterator(chunk_size=2000)
    )
    return export(kind, row.code, row.name, heads, cells)


@signed_in
def values_in(request: StaffRequest, list_id: UUID) -> HttpResponse:
    row = queries.code_list(request.actor, list_id)
    access.may_change(request.actor, str(row.department_id or "")).require()
    to = reverse("standards:list", args=[row.pk])
    form = FileForm(request.POST or None, request.FILES or None)
    done, faults = taken(form, lambda name, content: acts.load_values(
        by=request.actor, list_id=row.pk, name=name, content=content
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("导入完成：现行代码 %(count)s 个。") % {"count": done.size})
        return see_other(to)
    context = {
        "form": form, "faults": faults, "title": _("导入代码：%(name)s") % {"name": row.name}, "submit": _("导入"),
        "cancel": to, "template": reverse("standards:values_out", args=[row.pk, "xlsx"]),
    }  # fmt: skip
    return render(request, "standards/import.html", context, status=422 if form.is_bound else 200)


def taken(form: FileForm, take: Callable[[str, bytes], T]) -> tuple[T | None, list[Fault]]:
    """What an act made of the uploaded file; or None and the faults cell by cell, the sentence on the form."""
    if not form.is_valid():
        return None, []
    given = form.cleaned_data["file"]
    try:
        return take(given.name, given.read()), []
    except NotValid as error:
        form.add_error(None, text_of(error.code, error.params))
        return None, list(error.faults)
    except (NotAllowed, Conflict) as error:
        form.add_error(None, text_of(error.code, error.params))
    return None, []
