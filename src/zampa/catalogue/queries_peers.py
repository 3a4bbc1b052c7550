"""Questions about other platforms' codes; everybody who is signed in may read them."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from zampa.catalogue.coded import CODED
from zampa.catalogue.models import Item, Peer, PeerCode, Resource
from zampa.ground.errors import NotFound


def peers() -> QuerySet[Peer]:
    return Peer.objects.annotate(count=Count("codes"))


def peer(code: str) -> Peer:
    found = Peer.objects.filter(pk=code).first()
    if found is None:
        raise NotFound("catalogue.peer.not_found")
    return found


def codes_of(peer: str) -> QuerySet[PeerCode]:
    return PeerCode.objects.filter(peer_id=peer)


def peer_code(peer_code_id: int) -> PeerCode:
    found = PeerCode.objects.select_related("peer").filter(pk=peer_code_id).first()
    if found is None:
        raise NotFound("catalogue.peer.code_not_found")
    return found


def inward(peer: str) -> dict[str, dict[str, str]]:
    """Field -> their code -> our value."""
    table: dict[str, dict[str, str]] = {}
    for row in codes_of(peer):
        table.setdefault(row.field, {})[row.code] = row.value
    return table


def outward(peer: str) -> dict[str, dict[str, str]]:
    """Field -> our value -> their code, the first stated."""
    table: dict[str, dict[str, str]] = {}
    for row in codes_of(peer):
        table.setdefault(row.field, {}).setdefault(row.value, row.code)
    return table


def for_peer(resource: Resource, items: list[Item], peer: str) -> dict[str, object]:
    """An entry as that platform codes it. `uncoded`: fields whose value it has no code for, left empty."""
    table = outward(peer)
    uncoded: list[str] = []

    def code(field: str, value: str, where: str) -> str:
        if not value or field not in table:
            return ""
        if value not in table[field]:
            uncoded.append(where)
        return table[field].get(value, "")

    entry: dict[str, object] = {"name": resource.name, "code": resource.code, "abstract": resource.abstract}
    for field in CODED:
        if field.startswith("extra."):
            entry[field] = code(field, resource.extra.get(field[6:], ""), field)
        elif field == "ways":
            entry[field] = [code(field, way, field) for way in resource.ways]
        elif field not in ("type", "sensitivity"):
            entry[field] = code(field, getattr(resource, field), field)
    rows = [
        {
            "name": item.name, "type": code("type", item.type, f"items.{n}"), "length": item.length,
            "sharing": code("sharing", item.sharing, f"items.{n}"),
            "opening": code("opening", item.opening, f"items.{n}"),
        }
        for n, item in enumerate(items, start=1)
    ]  # fmt: skip
    known = {name: value for name, value in entry.items() if name not in CODED or name in table}
    return {"peer": peer, "entry": known, "items": rows, "uncoded": list(dict.fromkeys(uncoded))}
