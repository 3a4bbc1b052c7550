"""Other platforms' codes, and an entry as one of them would read it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries, rules
from zampa.catalogue import queries_peers as coded
from zampa.catalogue.coded import CODED, choices, words_of
from zampa.catalogue.models import Peer
from zampa.catalogue.words import label_of
from zampa.desk.pages import StaffRequest, press, signed_in


def _chosen(request: StaffRequest) -> tuple[list[Peer], Peer | None]:
    """All platforms, and the one in the address or the first."""
    rows = list(coded.peers())
    wanted = request.GET.get("peer", "")
    return rows, next((row for row in rows if row.pk == wanted), rows[0] if rows else None)


@signed_in
def peers(request: StaffRequest) -> HttpResponse:
    """What each platform writes for our words, and those it has no code for."""
    rows, chosen = _chosen(request)
    tables = []
    if chosen is not None:
        stated = list(coded.codes_of(chosen.pk))
        for field, label in CODED.items():
            words = words_of(field)
            lines = [(row, words.get(row.value, row.value)) for row in stated if row.field == field]
            if lines:
                without = [words[value] for value in words if value not in {row.value for row, _word in lines}]
                tables.append({"label": label, "lines": lines, "without": without})
    context = {
        "peers": rows,
        "chosen": chosen,
        "tables": tables,
        "may_keep": rules.may_keep_classes(request.actor).allowed,
        "meanings": [
            (label, [(f"{name}|{v}", w) for v, w in choices(name) if v != ""]) for name, label in CODED.items()
        ],
    }
    return render(request, "catalogue/peers.html", context)


@signed_in
@require_POST
def state(request: StaffRequest) -> HttpResponse:
    given = request.POST
    field, _bar, value = given.get("meaning", "").partition("|")
    peer = given.get("peer", "")
    return press(
        request,
        lambda: acts.state_peer_code(by=request.actor, peer=peer, field=field, code=given.get("code", ""), value=value),
        said=_("代码已写明"),
        to=f"{reverse('catalogue:peers')}?peer={peer if peer.isascii() else ''}",
    )


@signed_in
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    code = request.POST.get("code", "")
    return press(
        request,
        lambda: acts.add_peer(by=request.actor, code=code, name=request.POST.get("name", "")),
        said=_("平台已登记"),
        to=f"{reverse('catalogue:peers')}?peer={code if code.isascii() else ''}",
    )


@signed_in
@require_POST
def drop(request: StaffRequest, peer_code_id: int) -> HttpResponse:
    row = coded.peer_code(peer_code_id)
    return press(
        request,
        lambda: acts.drop_peer_code(by=request.actor, peer_code_id=peer_code_id),
        said=_("代码已去掉"),
        to=f"{reverse('catalogue:peers')}?peer={row.peer_id}",
    )


@signed_in
def rendered(request: StaffRequest, pk: UUID) -> HttpResponse:
    """An entry in the codes of a platform, beside our words."""
    found = queries.resource(request.actor, pk)
    rows, chosen = _chosen(request)
    context: dict[str, object] = {"resource": found, "peers": rows, "chosen": chosen}
    if chosen is not None:
        said = coded.for_peer(found, list(queries.items_of(found.pk)), chosen.pk)
        entry = said["entry"]
        assert isinstance(entry, dict)
        context |= {
            "entry": [
                (CODED.get(name, label_of(name)), "、".join(value) if isinstance(value, list) else value)
                for name, value in entry.items()
            ],
            "items": said["items"],
            "uncoded": [CODED.get(where, label_of(where)) for where in said["uncoded"]],  # type: ignore[attr-defined]
        }
    return render(request, "catalogue/for_peer.html", context)
