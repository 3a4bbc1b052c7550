"""Elements for tests of this room and of those above."""

from __future__ import annotations

from zampa.ground.clock import utc_now
from zampa.identity.sorting import name_key
from zampa.standards.models import Element


def an_element(number: str, name: str, **more: object) -> Element:
    """One in force, as the authority would have entered it."""
    now = utc_now()
    given = {"state": "in_force", "created_by_name": "x", "created_at": now, "updated_at": now, **more}
    return Element.objects.create(number=number, name=name, name_key=name_key(name), **given)
