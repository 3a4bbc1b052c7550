"""How far an item follows its data element: what departs, and a figure. Pure; each departure says what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from zampa.contracts.flowspecs import Check
from zampa.standards.rules.fitting import type_fits
from zampa.standards.rules.naming import word_key

LONGEST = 500  # codes a check lists one by one; a longer list is held to by the quality rule of the element
SENSITIVITIES = ("public", "internal", "personal", "sensitive")
NUMBERS = ("id_number", "credit_code", "calendar_date")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an element asks of its items. `names`: its name and synonyms; `codes`: of its code list, of all times."""

    number: str
    name: str
    type: str
    names: tuple[str, ...] = ()
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    domain: str = "free"
    list_name: str = ""
    codes: frozenset[str] = frozenset()
    pattern: str = ""
    low: str = ""
    high: str = ""
    sensitivity: str = "public"
    state: str = "in_force"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What of an item is compared."""

    name: str
    type: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    sensitivity: str = "public"
    checks: tuple[Check, ...] = ()


class Departure(msgspec.Struct, frozen=True):
    """One point in which an item departs: its code with parameters."""

    code: str
    params: dict[str, str] = {}


class Conformance(msgspec.Struct, frozen=True, kw_only=True):
    """Of one item: how many points were compared, and those that depart."""

    asked: int
    departures: tuple[Departure, ...] = ()


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Of a resource: `percent` of the compared points that agree (rounded down; None when no item is bound), how many
    of its items are bound, and how many of those depart in nothing."""

    items: int
    bound: int
    whole: int
    percent: int | None


def compared(asked: Asked, given: Given) -> Conformance:
    """Name, type, length, value domain, sensitivity, and whether the element still stands, as far as it says any."""
    points = [
        _state(asked),
        _name(asked, given),
        _type(asked, given),
        _sensitivity(asked, given),
    ]
    if asked.length or asked.precision:
        points.append(_length(asked, given))
    if asked.domain != "free":
        points.append(_domain(asked, given))
    return Conformance(asked=len(points), departures=tuple(point for point in points if point is not None))


def figure(items: int, compared_items: Iterable[Conformance]) -> Figure:
    """The figure of a resource with so many items, of which these are bound."""
    rows: Sequence[Conformance] = list(compared_items)
    asked, departing = sum(row.asked for row in rows), sum(len(row.departures) for row in rows)
    percent = (asked - departing) * 100 // asked if asked else None
    return Figure(items=items, bound=len(rows), whole=sum(not row.departures for row in rows), percent=percent)


def checks_wanted(asked: Asked, column: str) -> list[Check]:
    """The checks that hold a column to the element's value domain, for an item that has none of them."""
    params: dict[str, str | int | list[str]] = {}
    if asked.domain in NUMBERS:
        return [Check(code=asked.domain, field=column, kind=asked.domain)]  # type: ignore[arg-type]
    if asked.domain == "list" and 0 < len(asked.codes) <= LONGEST:
        return [Check(code="one_of", field=column, kind="one_of", params={"values": sorted(asked.codes)})]
    if asked.domain == "pattern" and asked.pattern:
        return [Check(code="pattern", field=column, kind="pattern", params={"regex": asked.pattern})]
    if asked.domain == "range":
        params = {side: text for side, text in (("low", asked.low), ("high", asked.high)) if text}
        return [Check(code="between", field=column, kind="between", params=params)] if params else []
    return []


def _state(asked: Asked) -> Departure | None:
    if asked.state in ("replaced", "abolished"):
        return Departure(f"standards.departs.{asked.state}", {"name": asked.name})
    return None


def _name(asked: Asked, given: Given) -> Departure | None:
    if word_key(given.name) in {word_key(name) for name in (asked.name, *asked.names)}:
        return None
    return Departure("standards.departs.name", {"name": asked.name})


def _type(asked: Asked, given: Given) -> Departure | None:
    fits = type_fits(asked.type, given.type)
    if fits and asked.type == "integer" and given.type == "decimal" and given.scale:
        fits = False
    return None if fits else Departure("standards.departs.type", {"asked": asked.type, "given": given.type})


def _length(asked: Asked, given: Given) -> Departure | None:
    """Too short cuts values off; longer holds them all. A field without a stated length has no limit."""
    if asked.precision and given.precision is not None:
        whole, given_whole = asked.precision - (asked.scale or 0), given.precision - (given.scale or 0)
        if given_whole < whole or (given.scale or 0) < (asked.scale or 0):
            shown = {"asked": f"{asked.precision},{asked.scale or 0}", "given": f"{given.precision},{given.scale or 0}"}
            return Departure("standards.departs.precision", shown)
    if asked.length and given.length is not None and given.type == "text" and given.length < asked.length:
        return Departure("standards.departs.length", {"asked": str(asked.length), "given": str(given.length)})
    return None


def _sensitivity(asked: Asked, given: Given) -> Departure | None:
    if SENSITIVITIES.index(given.sensitivity) >= SENSITIVITIES.index(asked.sensitivity):
        return None
    return Departure("standards.departs.sensitivity", {"asked": asked.sensitivity, "given": given.sensitivity})


def _domain(asked: Asked, given: Given) -> Departure | None:
    """A check of the item holds it to the element's value domain, or its type does."""
    kinds = {check.kind: check for check in given.checks}
    if asked.domain in NUMBERS:
        typed = asked.domain == "calendar_date" and given.type in ("date", "timestamp", "timestamptz")
        return None if typed or asked.domain in kinds else _missing(asked)
    if asked.domain == "list":
        return _list(asked, kinds.get("one_of"))
    if asked.domain == "pattern":
        stated = kinds.get("pattern")
        return None if stated and stated.params.get("regex") == asked.pattern else _missing(asked)
    between = kinds.get("between")
    same = between and all(between.params.get(side, "") == getattr(asked, side) for side in ("low", "high"))
    return None if same else _missing(asked)


def _list(asked: Asked, stated: Check | None) -> Departure | None:
    values = stated.params.get("values") if stated else None
    if not isinstance(values, list):
        return None if len(asked.codes) > LONGEST else _missing(asked)
    strange = [value for value in values if asked.codes and value not in asked.codes]
    if not strange:
        return None
    return Departure("standards.departs.codes", {"list": asked.list_name, "codes": " ".join(strange[:5])})


def _missing(asked: Asked) -> Departure:
    shown = asked.list_name or asked.pattern or " ".join(part for part in (asked.low, asked.high) if part)
    return Departure("standards.departs.domain", {"domain": asked.domain, "said": shown})
