"""The classifications: a tree opened branch by branch, its import, maps between schemes, a resource's places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries, rules, tree
from zampa.catalogue.forms import ImportClassesForm, MapForm, PlacesForm
from zampa.catalogue.models import GUIDE, ClassNode, Scheme
from zampa.catalogue.pages.drafting import editable
from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, press, see_other, signed_in


@signed_in
def classes(request: StaffRequest) -> HttpResponse:
    """The tree of one scheme, opened down to `at`; with `q` the nodes found instead."""
    schemes = list(queries.schemes())
    scheme = _chosen(schemes, request.GET.get("scheme", ""))
    at = queries.class_nodes(scheme.code).filter(code=request.GET.get("at", "")).first() if scheme else None
    words = request.GET.get("q", "").strip()[:100]
    found = tree.find_classes(words, scheme.code) if scheme and words else []
    context: dict[str, Any] = {
        "schemes": schemes,
        "scheme": scheme,
        "size": queries.class_nodes(scheme.code).count() if scheme else 0,
        "q": words,
        "found": [(node, tree.ways_to(found).get(node.pk, "")) for node in found],
        "branches": tree.opened(scheme.code, at) if scheme and not words else [],
        "at": at,
        "may_keep": rules.may_keep_classes(request.actor).allowed,
        **(_about(request, at) if at else {}),
    }
    return render(request, "catalogue/classes.html", context)


def _chosen(schemes: list[Scheme], asked: str) -> Scheme | None:
    """The scheme asked for, else the fullest national one."""
    known = {one.code: one for one in schemes}
    whole = [one for one in schemes if one.complete and one.standing == Scheme.Standing.NATIONAL]
    return known.get(asked) or next(iter(whole), None) or known.get(GUIDE) or next(iter(schemes), None)


def _about(request: StaffRequest, at: ClassNode) -> dict[str, Any]:
    return {
        "crumbs": tree.crumbs(at)[:-1],
        "maps": tree.maps_of(at),
        "here": queries.resources_of(request.actor)
        .filter(replaces=None, pk__in=tree.placed_in(at.scheme, at.code).values("resource_id"))
        .count(),
        "map_form": MapForm(),
    }


@signed_in
def branch(request: StaffRequest) -> HttpResponse:
    """The children of one node, fetched when it is opened."""
    scheme, parent = request.GET.get("scheme", ""), request.GET.get("parent", "")
    context = {"branches": tree.branch(scheme, parent), "parent": parent, "scheme_code": scheme}
    return render(request, "catalogue/branch.html", context)


@signed_in
def counts(request: StaffRequest) -> HttpResponse:
    """How many resources this reader may see under each child of a node; they join the branch that already stands."""
    scheme, parent = request.GET.get("scheme", ""), request.GET.get("parent", "")
    found = tree.counts(request.actor, scheme, parent)
    return render(request, "catalogue/counts.html", {"counts": sorted(found.items()), "scheme_code": scheme})


@signed_in
def class_options(request: StaffRequest) -> HttpResponse:
    """What a field for a class offers while one types."""
    typed = next(
        (value for name, value in request.GET.items() if name in ("other", "class_code") or name.startswith("places.")),
        "",
    )
    nodes = tree.find_classes(typed.split(":", 1)[-1])
    ways = tree.ways_to(nodes)
    return render(request, "catalogue/class_options.html", {"nodes": [(node, ways.get(node.pk, "")) for node in nodes]})


@signed_in
def import_classes(request: StaffRequest) -> HttpResponse:
    """A whole scheme from a file."""
    rules.may_keep_classes(request.actor).require()
    form = ImportClassesForm(request.POST or None, request.FILES or None)
    back = reverse("catalogue:classes")
    if request.method == "POST":
        changed = run_act(form, lambda: _imported(request, form))
        if changed is not None:
            text = _("已导入，变动 %(n)s 个分类。") % {"n": changed} if changed else _("文件与现有分类一致，没有变动。")
            messages.success(request, text)
            return see_other(f"{back}?scheme={form.cleaned_data['code']}")
    context = {"form": form, "title": _("导入分类"), "submit": _("导入"), "cancel": back}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


def _imported(request: StaffRequest, form: ImportClassesForm) -> int:
    return acts.import_classes(by=request.actor, facts=form.facts(), raw=form.cleaned_data["file"])


@signed_in
@require_POST
def map_class(request: StaffRequest) -> HttpResponse:
    """Draw a map from a node to one of another scheme."""
    scheme, code = request.POST.get("scheme", ""), request.POST.get("code", "")
    back = f"{reverse('catalogue:classes')}?scheme={scheme}&at={code}"
    form = MapForm(request.POST)

    def draw() -> object:
        made = run_act(form, lambda: _mapped(request, (scheme, code), form))
        return made

    if draw() is not None:
        messages.success(request, _("已保存对应关系"))
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return see_other(back)


def _mapped(request: StaffRequest, node: tuple[str, str], form: MapForm) -> object:
    other = form.cleaned_data["other"]
    return acts.map_class(by=request.actor, node=node, other=(other.scheme, other.code))


@signed_in
@require_POST
def unmap_class(request: StaffRequest, map_id: int) -> HttpResponse:
    """Take a map back."""
    return press(
        request,
        lambda: acts.unmap_class(by=request.actor, map_id=map_id),
        said=_("已取消对应关系"),
        to=reverse("catalogue:classes"),
    )


@signed_in
def places(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The classes a resource stands in, the main one first."""
    found = editable(request, pk)
    form = PlacesForm(request.POST or None, rows=list(queries.placements_of(pk)))
    back = reverse("catalogue:resource", args=[pk])
    if request.method == "POST":
        made = run_act(form, lambda: acts.place_resource(by=request.actor, resource_id=pk, places=form.places()))
        if made is not None:
            messages.success(request, _("分类已保存"))
            return see_other(back)
    context = {"form": form, "title": _("分类挂载"), "resource": found, "cancel": back, "submit": _("保存分类")}
    return render(request, "catalogue/places.html", context, status=422 if form.is_bound else 200)
