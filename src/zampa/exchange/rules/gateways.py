"""Which gateway serves what, and when a book is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from zampa.ground.errors import NotValid

SHORTEST_BOOK = 5
LONGEST_BOOK = 72 * 60
TOKEN_HOURS = 24


def check_minutes(minutes: int) -> None:
    """A book is valid for 5 minutes to 72 hours (design section 2)."""
    if not SHORTEST_BOOK <= minutes <= LONGEST_BOOK:
        raise NotValid("exchange.gateway.book_minutes", shortest=SHORTEST_BOOK, longest=LONGEST_BOOK)


def choose_gateway(gateways: Sequence[tuple[str, str]], provider: str) -> str:
    """The id of the gateway that shall own a grant: the provider's own first, else one of the centre; "" if none.

    `gateways`: (id, department id or "") of the live ones, oldest first.
    """
    for wanted in (provider, ""):
        for gateway, department in gateways:
            if department == wanted:
                return gateway
    return ""


def may_serve(department: str, provider: str) -> bool:
    """A grant is served beside its provider or at the centre, never at another department's gateway."""
    return department in (provider, "")


def renewal_due(issued: datetime, expires: datetime, now: datetime) -> bool:
    """An unchanged book is issued anew at half its life, so that a short silence of the centre stops nothing."""
    return now >= issued + (expires - issued) / 2


def lag(now: datetime, heard: datetime | None) -> timedelta | None:
    """How long ago a gateway was last heard."""
    return None if heard is None else now - heard
