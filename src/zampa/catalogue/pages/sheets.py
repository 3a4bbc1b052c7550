"""Drafts and their items as a book, out and in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zampa.catalogue import queries_sheets as queries
from zampa.catalogue import rules
from zampa.catalogue.acts import sheets
from zampa.catalogue.books import book_of
from zampa.catalogue.forms.sheets import BookForm
from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import Fault, NotValid


@signed_in
def book_out(request: StaffRequest) -> HttpResponseBase:
    """The template: empty, or with the drafts ticked, or with all (`of`=none, all)."""
    rules.may_edit(request.actor, request.actor.department).require()
    chosen = [key for key in request.GET.getlist("pk") if _is_id(key)]
    return book_of(request.actor, chosen, empty=not chosen and request.GET.get("of") != "all")


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


@signed_in
def book_in(request: StaffRequest) -> HttpResponse:
    """A filled book: all of it, or every wrong cell."""
    rules.may_edit(request.actor, request.actor.department).require()
    form = BookForm(request.POST or None, request.FILES or None)
    faults: list[Fault] = []

    def take() -> sheets.Taken:
        given = form.cleaned_data["file"]
        try:
            return sheets.import_entries(by=request.actor, name=given.name, content=given.read())
        except NotValid as error:
            faults.extend(error.faults)
            raise NotValid(error.code, **error.params) from error

    if request.method == "POST":
        done = run_act(form, take)
        if done is not None:
            said = _("导入完成：新编 %(entered)s 条，修改 %(changed)s 条。")
            messages.success(request, said % {"entered": done.entered, "changed": done.changed})
            return see_other(reverse("catalogue:resources") + "?state=draft")
    context = {
        "form": form,
        "faults": [(one.where, text_of(one.code, one.params)) for one in faults],
        "count": queries.drafts_of(request.actor).count(),
    }
    return render(request, "catalogue/book.html", context, status=422 if form.is_bound else 200)
