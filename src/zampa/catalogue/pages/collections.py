"""The register of collections: the list, the form with what is shared already, and one collection."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries_collections, rules
from zampa.catalogue.acts.collections import taken_from
from zampa.catalogue.forms.collections import CollectionForm
from zampa.catalogue.lists_collections import COLLECTIONS
from zampa.catalogue.models import Collection
from zampa.catalogue.rules import collections as said
from zampa.catalogue.rules.collections import Overlap
from zampa.desk.forms import run_act
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.ground.errors import NotFound


@signed_in
def collections(request: StaffRequest) -> HttpResponse:
    may = rules.may_edit(request.actor, request.actor.department).allowed
    rows = queries_collections.collections_of(request.actor)
    return listing(request, rows, COLLECTIONS, template="catalogue/collections.html", extra={"may_edit": may})


@signed_in
def register(request: StaffRequest) -> HttpResponse:
    """The form; what is shared already comes back as a list, with the choice to take it or to plead."""
    rules.may_edit(request.actor, request.actor.department).require()
    form = CollectionForm(request.POST or None, actor=request.actor)
    found: list[Overlap] = []
    if request.method == "POST" and form.is_valid():
        found = queries_collections.shared_already(form.wanted(), form.cleaned_data["feeds_id"] or None)
        if found and not form.cleaned_data["way"]:
            form.add_error("way", _("下列数据已能共享取得，请选择怎么办。"))
        elif form.cleaned_data["way"] == "plead" and found and not form.cleaned_data["plea"].strip():
            form.add_error("plea", _("请写明为什么仍要采集。"))
        else:
            made = run_act(form, lambda: _registered(request, form, found))
            if made is not None:
                active = made.state == "active"
                messages.success(request, _("采集已登记") if active else _("已报主管部门裁定"))
                return see_other(reverse("catalogue:collection", args=[made.pk]))
    context = {
        "form": form,
        "overlaps": found,
        "title": _("登记采集"),
        "submit": _("登记"),
        "cancel": reverse("catalogue:collections"),
    }
    return render(request, "catalogue/register_collection.html", context, status=422 if form.is_bound else 200)


def _registered(request: StaffRequest, form: CollectionForm, found: list[Overlap]) -> Collection:
    items = form.wanted()
    take = form.cleaned_data["way"] == "take"
    return acts.register_collection(
        by=request.actor,
        draft=form.draft(),
        items=taken_from(items, found) if take else items,
        plea="" if take else form.cleaned_data["plea"],
    )


@signed_in
def collection(request: StaffRequest, collection_id: UUID) -> HttpResponse:
    """One collection: what is asked of whom, what of it is shared already, and the authority's word."""
    found = queries_collections.collection(request.actor, collection_id)
    own = rules.may_edit(request.actor, str(found.department_id)).allowed
    context = {
        "collection": found,
        "items": list(found.items.select_related("source")),
        "overlaps": found.overlaps,
        "may_rule": found.state == "asked"
        and said.may_overrule(request.actor, str(found.department.region_id)).allowed,
        "may_end": own and found.state in ("active", "asked"),
    }
    return render(request, "catalogue/collection.html", context)


@signed_in
@require_POST
def step(request: StaffRequest, collection_id: UUID, name: str) -> HttpResponse:
    """The authority's word on it, or its end."""
    actor, reason = request.actor, request.POST.get("reason", "")
    verdict = request.POST.get("verdict", "yes")
    named: dict[str, Callable[[], object]] = {
        "rule": lambda: acts.rule_collection(by=actor, collection_id=collection_id, verdict=verdict, reason=reason),
        "end": lambda: acts.end_collection(by=actor, collection_id=collection_id, reason=reason),
    }
    if name not in named:
        raise NotFound("catalogue.collection.not_found")
    queries_collections.collection(actor, collection_id)
    return press(request, named[name], said=_("已处理"), to=reverse("catalogue:collection", args=[collection_id]))
