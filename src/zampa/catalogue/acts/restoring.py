"""A withdrawn entry comes back: as the draft of its next version, with the code and the history it had."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.catalogue import rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Resource
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.ledger.acts import act


@act
def restore_resource(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Take a withdrawn entry up again; it is signed and reviewed anew before anybody sees it."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "restore")
    rules.may_edit(by, str(resource.provider_id)).require()
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    twin = Resource.objects.filter(provider_id=resource.provider_id, name=resource.name, replaces=None)
    if twin.exclude(state="withdrawn").exists():
        fault = Fault("name", "catalogue.resource.name_taken", {"name": resource.name})
        raise NotValid("catalogue.resource.name_taken", faults=[fault])
    resource.state, resource.updated_at, resource.online_state = state, now, Resource.Online.NEVER
    if resource.versions.exists():
        resource.version += 1
    resource.secrecy_checked = False  # declared anew
    resource.save()
    facts: dict[str, object] = {"version": resource.version, "reason": reason.strip()}
    steps.note(Event.RESOURCE_RESTORED, by, resource, facts, now)
    return resource
