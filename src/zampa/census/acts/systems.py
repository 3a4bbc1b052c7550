"""Systems of a department."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.census import queries, rules
from zampa.census.events import Event
from zampa.census.models import Network, System
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.identity import queries as people
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter


@act
def register_system(
    *,
    by: Actor,
    code: str,
    name: str,
    department_id: UUID | str,
    network: str = "extranet",
    state: str = "running",
    purpose: str = "",
    now: datetime | None = None,
) -> System:
    """Enters a system into the inventory under its code."""
    now = now or utc_now()
    department = people.department(by, department_id)
    rules.may_keep(by, str(department.pk)).require()
    faults = rules.system_faults(code=code, name=name, network=network, networks=Network.values)
    if state not in System.State.values:
        faults.append(Fault("state", "census.system.unknown_state"))
    if System.objects.filter(code=code).exists():
        faults.append(Fault("code", "census.system.code_taken"))
    if faults:
        raise NotValid("census.system.not_valid", faults=faults)
    system = System.objects.create(
        code=code, name=name.strip(), name_key=name_key(name), department=department, network=network, state=state,
        purpose=purpose.strip(), created_at=now,
    )  # fmt: skip
    enter(
        event=Event.SYSTEM_REGISTERED, by=by, subject=subject_of(system), parties=[str(department.pk)],
        regions=[department.region_id],
        facts={"code": code, "network": network, "state": state}, at=now,
    )  # fmt: skip
    return system


@act
def change_system(
    *,
    by: Actor,
    system_id: UUID | str,
    name: str,
    network: str,
    state: str,
    purpose: str = "",
    now: datetime | None = None,
) -> System:
    """Corrects an entry; the code and the department stay."""
    system = queries.system(by, system_id)
    rules.may_keep(by, str(system.department_id)).require()
    faults = rules.system_faults(code=system.code, name=name, network=network, networks=Network.values)
    if state not in System.State.values:
        faults.append(Fault("state", "census.system.unknown_state"))
    if faults:
        raise NotValid("census.system.not_valid", faults=faults)
    before = {"name": system.name, "network": system.network, "state": system.state}
    system.name, system.name_key, system.network = name.strip(), name_key(name), network
    system.state, system.purpose = state, purpose.strip()
    system.save()
    enter(
        event=Event.SYSTEM_CHANGED, by=by, subject=subject_of(system), parties=[str(system.department_id)],
        regions=[system.department.region_id],
        facts={"before": before, "after": {"name": system.name, "network": network, "state": state}}, at=now,
    )  # fmt: skip
    return system


def subject_of(system: System) -> Subject:
    return Subject("census.system", str(system.pk), system.name)
