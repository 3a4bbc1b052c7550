"""Keys are issued for a system of the inventory, so that nobody names a system that is not theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.census import queries
from zampa.contracts.actors import Actor
from zampa.identity import acts as people
from zampa.identity.models import ConsumerKey
from zampa.ledger.acts import act


@act
def issue_key(
    *,
    by: Actor,
    system_id: UUID | str,
    algorithm: str = "bearer",
    public_key: str = "",
    not_after: datetime | None = None,
    now: datetime | None = None,
) -> tuple[ConsumerKey, str]:
    """A key for a system the actor may see; the text of a bearer key is shown once, else it is empty."""
    system = queries.system(by, system_id)
    if algorithm == "bearer":
        return people.issue_bearer_key(
            by=by, system_id=system.pk, system_name=system.name, department_id=system.department_id,
            not_after=not_after, now=now,
        )  # fmt: skip
    key = people.upload_signing_key(
        by=by, system_id=system.pk, system_name=system.name, department_id=system.department_id,
        algorithm=algorithm, public_key=public_key, not_after=not_after, now=now,
    )  # fmt: skip
    return key, ""
