"""How an entry's items follow the data elements they mean: each departure, and a figure for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from zampa.catalogue.models import Item
from zampa.contracts.flowspecs import Check
from zampa.standards import queries as standards
from zampa.standards.rules.conformance import Asked, Conformance, Figure, Given, compared, figure


@dataclass(frozen=True)
class Followed:
    """One item beside its element; both empty for an item that is bound to none."""

    item: Item
    asked: Asked | None
    conformance: Conformance | None


def followed(items: Sequence[Item]) -> tuple[list[Followed], Figure]:
    """Every item with what departs from its element, and the figure of the entry."""
    asked = standards.asked_of(item.element for item in items)
    rows = [_one(item, asked.get(item.element)) for item in items]
    return rows, figure(len(rows), [row.conformance for row in rows if row.conformance is not None])


def _one(item: Item, asked: Asked | None) -> Followed:
    if asked is None:
        return Followed(item, None, None)
    given = Given(
        name=item.name, type=item.type, length=item.length, precision=item.precision, scale=item.scale,
        sensitivity=item.sensitivity, checks=tuple(msgspec.convert(check, Check) for check in item.checks),
    )  # fmt: skip
    return Followed(item, asked, compared(asked, given))
