"""What a grant may say. Deny by default, field by field (design promise 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zampa.contracts.flowspecs import Mask
from zampa.ground.errors import Fault

UNMASKED = Mask()


@dataclass(frozen=True)
class ItemDecision:
    """The provider's word on one item. `item` is the request item's id as text; a "no" needs its reason."""

    item: str
    verdict: str  # yes | no
    mask: Mask = UNMASKED
    reason: str = ""


@dataclass(frozen=True)
class GrantTerms:
    """What the provider's head sets beside the items; dates in Shanghai, the last day counts whole."""

    starts_on: date
    ends_on: date
    quota_per_day: int = 0
    rate_per_minute: int = 0


@dataclass(frozen=True)
class Offered:
    """A request as the grant rules see it: (id, name, key) of each item, ways, what lies at the source."""

    items: tuple[tuple[str, str, bool], ...]
    ways: tuple[str, ...]
    ends_on: date
    calls_per_day: int
    source: str  # table | http | ""
    response: str = ""  # json | ndjson | "" for anything else
    paths: frozenset[str] = frozenset()  # ids of items with a declared path
    all_items: int = 0  # how many items the entry has in all


def decision_faults(offered: Offered, decisions: Sequence[ItemDecision]) -> list[Fault]:
    """Every item has one word; a "no" has its reason (art. 21: refusal needs reasons)."""
    faults = []
    by_item = {one.item: one for one in decisions}
    for item, name, _ in offered.items:
        one = by_item.get(item)
        if one is None or one.verdict not in ("yes", "no"):
            faults.append(Fault(f"verdict_{item}", "exchange.grant.item_undecided", {"item": name}))
        elif one.verdict == "no" and len(one.reason.strip()) < 2:
            faults.append(Fault(f"reason_{item}", "exchange.grant.item_reason", {"item": name}))
    known = {item for item, _, _ in offered.items}
    faults += [Fault("items", "exchange.grant.unknown_item") for one in decisions if one.item not in known]
    if not faults and all(one.verdict == "no" for one in decisions):
        faults.append(Fault("items", "exchange.grant.nothing_granted"))
    return faults


def term_faults(offered: Offered, terms: GrantTerms, today: date) -> list[Fault]:
    """A grant never gives more than was asked for."""
    faults = []
    if terms.ends_on < terms.starts_on:
        faults.append(Fault("ends_on", "exchange.grant.ends_before_start"))
    elif terms.ends_on < today:
        faults.append(Fault("ends_on", "exchange.grant.ends_in_past"))
    elif terms.ends_on > offered.ends_on:
        faults.append(Fault("ends_on", "exchange.grant.longer_than_asked", {"asked": offered.ends_on.isoformat()}))
    services = [way for way in offered.ways if way in ("query", "verify", "pass")]
    if services and terms.quota_per_day < 1:
        faults.append(Fault("quota_per_day", "exchange.grant.missing_quota"))
    elif services and terms.quota_per_day > offered.calls_per_day:
        faults.append(Fault("quota_per_day", "exchange.grant.more_than_asked", {"asked": offered.calls_per_day}))
    return faults


def source_faults(offered: Offered, decisions: Sequence[ItemDecision], has_filter: bool) -> list[Fault]:
    """What the attached source cannot carry out is refused now, not at the first call.

    A pass-through by field needs JSON or NDJSON and a declared path for each item; anything else is granted
    whole or not at all. A pass-through cannot leave rows out of an answer it does not own, so it has no row filter.
    """
    if not offered.source:
        return [Fault("items", "exchange.grant.nothing_attached")]
    granted = [one for one in decisions if one.verdict == "yes"]
    faults = []
    if offered.source == "http":
        whole = len(granted) == offered.all_items and all(one.mask.kind == "none" for one in granted)
        if not offered.response and not whole:
            faults.append(Fault("items", "exchange.grant.pass_whole_only"))
        if offered.response and not whole:
            names = {item: name for item, name, _ in offered.items}
            faults += [
                Fault(f"verdict_{one.item}", "exchange.grant.item_without_path", {"item": names.get(one.item, "")})
                for one in granted
                if one.item not in offered.paths
            ]
        if has_filter:
            faults.append(Fault("row_filter", "exchange.grant.filter_not_applicable"))
    if "verify" in offered.ways:
        yes = {one.item for one in granted}
        if not any(key and item in yes for item, _, key in offered.items):
            faults.append(Fault("items", "exchange.grant.verify_needs_key"))
    return faults


def delivery_kinds(ways: Sequence[str]) -> list[str]:
    """What is to be delivered first: one interface for all service ways, one run each for table and file."""
    kinds = ["api"] if {"query", "verify", "pass"} & set(ways) else []
    return kinds + [way for way in ("table", "file") if way in ways]
