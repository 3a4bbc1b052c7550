"""Networks that connections may reach are approved by the security administrator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.census import queries, rules
from zampa.census.events import Event
from zampa.census.models import AllowedNetwork
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.identity import queries as people
from zampa.ledger.acts import act, enter


@act
def approve_network(*, by: Actor, cidr: str, note: str, now: datetime | None = None) -> AllowedNetwork:
    """Opens one network to connections, from the next connect on."""
    now = now or utc_now()
    rules.may_approve_networks(by).require()
    spelled, faults = rules.network_faults(cidr)
    if not note.strip():
        faults.append(Fault("note", "census.missing"))
    if not faults and AllowedNetwork.objects.filter(cidr=spelled, withdrawn_at=None).exists():
        faults.append(Fault("cidr", "census.network.approved_already"))
    if faults:
        raise NotValid("census.network.not_valid", faults=faults)
    row = AllowedNetwork.objects.create(cidr=spelled, note=note.strip()[:200], approved_by=by.name, approved_at=now)
    enter(event=Event.NETWORK_APPROVED, by=by, subject=subject_of(row), facts={"cidr": spelled, "note": note}, at=now)
    return row


@act
def withdraw_network(*, by: Actor, network_id: UUID | str, now: datetime | None = None) -> AllowedNetwork:
    """Closes a network; connections in it fail at their next connect."""
    now = now or utc_now()
    rules.may_approve_networks(by).require()
    row = people.one(queries.networks(by), network_id, "census.network.not_found")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    enter(event=Event.NETWORK_WITHDRAWN, by=by, subject=subject_of(row), facts={"cidr": row.cidr}, at=now)
    return row


def subject_of(row: AllowedNetwork) -> Subject:
    return Subject("census.allowednetwork", str(row.pk), row.cidr)
