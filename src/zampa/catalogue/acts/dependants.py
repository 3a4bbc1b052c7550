"""Facts handed down: who depends on an entry. The caller checked permission and makes the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from zampa.catalogue.models import Dependant, Resource
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict


def note_dependant(
    *,
    resource_id: UUID | str,
    kind: str,
    dependant_id: str,
    name: str,
    department_id: UUID | str,
    items: Sequence[str] = (),
    plain: Sequence[str] = (),
    cause: UUID | None = None,
    now: datetime | None = None,
) -> Dependant:
    """Someone uses the entry from now on; told again, it is the same one with its latest items.

    The row is locked, so that a withdrawal cannot slip in between; Conflict when it has.
    """
    resource = Resource.objects.select_for_update(of=("self",)).get(pk=resource_id)
    if resource.state != Resource.State.PUBLISHED:
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="depend")
    told = {
        "name": name,
        "department_id": department_id,
        "items": list(items),
        "plain": list(plain),
        "cause": cause,
    }
    row, _ = Dependant.objects.update_or_create(
        resource_id=resource_id,
        kind=kind,
        dependant=dependant_id,
        defaults={**told, "gone_at": None},
        create_defaults={**told, "since": now or utc_now()},
    )
    return row


def note_dependant_gone(*, kind: str, dependant_id: str, now: datetime | None = None) -> int:
    """It uses the entry no more; how many rows that ended."""
    rows = Dependant.objects.filter(kind=kind, dependant=dependant_id, gone_at=None)
    return rows.update(gone_at=now or utc_now())
