"""The catalogue as a list, and one entry with its facets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zampa.approvals import queries as approvals
from zampa.catalogue import queries, queries_impacts, rules, words
from zampa.catalogue.acts import changes, steps
from zampa.catalogue.following import followed
from zampa.catalogue.lists import RESOURCES
from zampa.catalogue.models import Attachment, Resource
from zampa.catalogue.pages.sources import strip_of
from zampa.catalogue.rules import impacts as said
from zampa.catalogue.suggested import item_suggested, suggested
from zampa.contracts.actors import Actor
from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, see_other, signed_in

TABS = ("overview", "items", "standards", "quality", "versions", "users", "ledger")
EDITABLE = ("draft", "returned")


@signed_in
def resources(request: StaffRequest) -> HttpResponse:
    may = rules.may_edit(request.actor, request.actor.department).allowed
    rows = queries.resources_of(request.actor).filter(replaces=None)
    return listing(request, rows, RESOURCES, template="catalogue/resources.html", extra={"may_edit": may})


@signed_in
def resource(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The entry: state first, then facets by tab."""
    actor = request.actor
    found = queries.resource(actor, pk)
    tab = request.GET.get("tab", "overview")
    own = actor.department == str(found.provider_id)
    attachment = queries.open_attachment(found.replaces_id or found.pk)
    context: dict[str, Any] = {
        "resource": found,
        "tab": tab if tab in TABS else "overview",
        "items": list(queries.items_of(found.pk)),
        "extras_told": words.extras_told(found.extra),
        "formats_told": [pair for one in found.formats for pair in words.extras_told(one)],
        "placements": list(queries.placements_of(found.pk)),
        "attachment": attachment,
        "own": own,
        "clock": _clock(found),
        "steps": _path(found, attachment),
        "users": queries.dependants_of(found.pk).count(),
        "versions": list(queries.versions_of(found.pk)[:50]),
        "subject_id": steps.subject_of(found).id,
        **_impact(actor, found),
        **_may(actor, found, attachment),
        **(_own_facets(actor, found) if own or actor.holds("authority", "audit_admin") else {}),
    }
    if own and found.state in EDITABLE:
        context["suggested"] = suggested(found)
        for item in context["items"]:
            item.said = item_suggested(item)
    if tab == "standards":
        context["followed"], context["figure"] = followed(context["items"])
    if attachment is not None and tab == "quality":
        probes = list(queries.probes_of(attachment.pk)[:30])
        context |= {"probes": probes, "latency": [one.milliseconds for one in reversed(probes)]}
        context["strip"] = strip_of(attachment)
        context["drift"] = words.drift_told(attachment.differences) if own else []
    return render(request, "catalogue/resource.html", context)


def _impact(actor: Actor, found: Resource) -> dict[str, Any]:
    """Whether the impact on people was assessed is for all to know; what was found is not."""
    return {
        "impact": queries_impacts.in_force(found.replaces_id or found.pk),
        "impact_needed": bool(queries_impacts.held_now(found).items),
        "may_read_impact": said.may_read_impact(actor, str(found.provider_id), str(found.provider.region_id)).allowed,
    }


def _may(actor: Actor, found: Resource, attachment: Attachment | None) -> dict[str, bool]:
    """Which buttons this reader gets; the acts ask again."""
    provider = str(found.provider_id)
    edit = rules.may_edit(actor, provider).allowed
    return {
        "may_edit": edit,
        "may_submit": edit and found.state in EDITABLE,
        "may_sign": rules.may_sign(actor, provider).allowed and found.state == "submitted",
        "may_review": rules.may_review(actor, found.provider.region_id).allowed and found.state == "signed",
        "may_decide_online": rules.may_review(actor, found.provider.region_id).allowed
        and found.online_state in ("off_asked", "on_asked"),
        "may_attach": rules.may_attach(actor, provider).allowed and bool(attachment and attachment.state == "applied"),
        "may_stand": rules.may_stand(actor, provider).allowed
        and found.sharing == "unconditional"
        and found.state in ("submitted", "signed", "published"),
    }


def _own_facets(actor: Actor, found: Resource) -> dict[str, Any]:
    """What only the provider, its authority and the auditor see: what is missing, what is under way."""
    facets: dict[str, Any] = {
        "change": Resource.objects.filter(replaces=found).first() if found.replaces_id is None else None,
        "dependants": list(queries.dependants_of(found.pk)),
        "standing": queries.standing_signed(found),
        "differences": words.told(_differences(found)),
        "breaks": [
            (user, "、".join(words.label_of(place) for place in places)) for user, places in changes.breaks(found)
        ],
    }
    if found.state in EDITABLE and actor.department == str(found.provider_id):
        entry = steps.entry_of(found)
        facets["missing"] = words.missing(rules.faults_of(entry))
        facets["warnings"] = words.missing(rules.warnings_of(entry))
        facets["remarks"] = [(words.label_of(where), text) for where, text in found.remarks.items()]
    return facets


def _clock(found: Resource) -> object:
    """The clock of article 17 that runs now, the authority's before the provider's."""
    subject = steps.subject_of(found)
    running = [one for one in approvals.clocks_of(subject) if one.met_at is None]
    return next((one for one in sorted(running, key=lambda one: one.name)), None)


def _path(found: Resource, attachment: Attachment | None) -> list[dict[str, str]]:
    """Where the entry stands between the clerk's desk and a living source."""
    order = ("draft", "submitted", "signed", "published")
    at = order.index("draft" if found.state == "returned" else found.state) if found.state != "withdrawn" else 4
    labels = (_("编制"), _("部门负责人签发"), _("主管部门审核"), _("发布"))
    notes = ("", found.signed_by_name, "", found.published_on.isoformat() if found.published_on else "")
    made = []
    for place, label in enumerate(labels):
        done = place < at or (place == 3 and at == 3)
        status = "done" if done else "now" if place == at else "todo"
        made.append({"label": label, "note": notes[place] if done else "", "status": status})
    if found.state == "returned":
        made[0]["status"], made[0]["note"] = "bad", _("退回修改")
    state = attachment.state if attachment else ""
    status = {"live": "done", "broken": "bad", "": "todo"}.get(state, "now")
    note = str(attachment.get_state_display()) if attachment else ""
    return [*made, {"label": _("挂接数据"), "note": note, "status": status}]


def _differences(found: Resource) -> list[tuple[str, object, object]]:
    """Of a change: what it changes in the entry it replaces."""
    if found.replaces is None:
        return []
    return rules.differences(steps.snapshot(found.replaces), steps.snapshot(found))


@signed_in
def version(request: StaffRequest, pk: UUID, number: int) -> HttpResponse:
    """One version beside the one before it, field by field."""
    found = queries.resource(request.actor, pk)
    rows = {row.number: row for row in queries.versions_of(found.pk).filter(number__in=(number, number - 1))}
    if number not in rows:
        return see_other(reverse("catalogue:resource", args=[found.pk]))
    before = rows[number - 1].snapshot if number - 1 in rows else {}
    changed = words.told(rules.differences(before, rows[number].snapshot))
    return render(request, "catalogue/version.html", {"resource": found, "version": rows[number], "changed": changed})
