"""Whether data that a department wants to collect is shared already (Order 809 art. 19: then it is not collected)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import msgspec

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.ground.errors import Fault

NEEDED = ("name", "basis", "asked_whom")
# The signs that part a name; queries_collections.norm says the same in SQL and a test holds the two together.
SIGNS = "\\s_.,:;/()\\[\\]\"'·、。《》【】“”\\\\-"
PARTS = re.compile(f"[{SIGNS}]+")
# Names that say nothing without their entry.
HOLLOW = frozenset({"序号", "备注", "编号", "名称", "状态", "类型", "说明", "附件", "id", "no", "name"})
MOST = 200  # items of one collection


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An item to be collected; `source`: the id of the catalogue's item it is taken from instead of asking people."""

    name: str
    element: str = ""
    source: str = ""
    note: str = ""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """An item the catalogue shares."""

    id: str
    name: str
    element: str
    resource: str
    resource_name: str
    provider: str


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """A wanted item and what has it already; `by`: element, or name where nobody bound the two."""

    item: str
    by: str
    shared: Shared


def norm(name: str) -> str:
    """A name as it is compared: one form of each sign, no case, nothing that parts it."""
    return PARTS.sub("", unicodedata.normalize("NFKC", name).lower())


def overlaps(wanted: Sequence[Wanted], shared: Sequence[Shared]) -> list[Overlap]:
    """Of each item not yet taken from sharing, what has it: by data element first; by name where neither the one nor
    the other is bound to a different element, and the name says something."""
    by_element: dict[str, list[Shared]] = {}
    by_name: dict[str, list[Shared]] = {}
    for one in shared:
        by_name.setdefault(norm(one.name), []).append(one)
        if one.element:
            by_element.setdefault(one.element, []).append(one)
    found: list[Overlap] = []
    for item in wanted:
        if item.source:
            continue
        same = by_element.get(item.element, []) if item.element else []
        found += [Overlap(item=item.name, by="element", shared=one) for one in same]
        if norm(item.name) not in HOLLOW:
            found += [
                Overlap(item=item.name, by="name", shared=one)
                for one in by_name.get(norm(item.name), [])
                if one not in same and not (item.element and one.element)
            ]
    return found


def collection_faults(values: dict[str, str], items: Sequence[Wanted]) -> list[Fault]:
    """What is missing, at once: name, basis, who is asked, and at least one item, each named once."""
    faults = [Fault(name, "catalogue.resource.missing") for name in NEEDED if not values[name].strip()]
    if not items:
        faults.append(Fault("items", "catalogue.collection.no_items"))
    if len(items) > MOST:
        faults.append(Fault("items", "catalogue.collection.too_many_items", {"most": MOST}))
    seen: set[str] = set()
    for number, item in enumerate(items, start=1):
        if not item.name.strip():
            faults.append(Fault("items", "catalogue.item.missing_name", {"number": number}))
        elif norm(item.name) in seen:
            faults.append(Fault("items", "catalogue.item.name_twice", {"number": number, "name": item.name}))
        seen.add(norm(item.name))
    return faults


def may_overrule(actor: Actor, region: str) -> Answer:
    """That data is collected although it is shared is the authority's to allow, with its reason."""
    if not actor.holds("authority") or region not in actor.governs:
        return refused("catalogue.access.needs_authority")
    return allowed("catalogue.access.authority")
