"""Whether an entry's data may be had now, apart from whether the entry is published.

It comes online by itself when what is attached was approved and answers for the first time. Taking it offline, and
online again, is asked by its department and decided by its authority: Order 809 art. 27 lets nobody stop a service
unasked. Who uses it is told when offline is asked, not when it has happened; while it is offline, runs wait.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Resource
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.ledger.acts import act

DECIDED = {
    ("off_asked", "yes"): ("off", Event.RESOURCE_OFFLINE),
    ("off_asked", "no"): ("on", Event.ONLINE_REFUSED),
    ("on_asked", "yes"): ("on", Event.RESOURCE_ONLINE),
    ("on_asked", "no"): ("off", Event.ONLINE_REFUSED),
}


def note_live(made: Attachment, by: Actor, now: datetime) -> None:
    """An approved source answers: a published entry that never was online is from now on."""
    resource = made.resource
    if not made.readable or resource.state != "published" or resource.online_state != "never":
        return
    resource.online_state = Resource.Online.ON
    resource.save(update_fields=["online_state"])
    steps.note(Event.RESOURCE_ONLINE, by, resource, {"attachment": str(made.pk)}, now)


@act
def ask_offline(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Ask the authority to let the data be taken off line, with the reason; every user is told at once."""
    now = now or utc_now()
    resource = _asked(by, resource_id, "on", reason)
    _move(resource, "off_asked", reason)
    record = steps.note(Event.OFFLINE_ASKED, by, resource, {"reason": reason.strip()}, now)
    for user in queries.dependants_of(resource.pk):
        send_message(
            to_person_ids=people.post_holders(user.department_id, "sharing_head", now).values_list("pk", flat=True),
            code="catalogue.message.offline_asked",
            params={"resource": resource.name, "reason": reason.strip()},
            subject=steps.subject_of(resource),
            url_name="catalogue:resource",
            url_arg=str(resource.pk),
            cause=record,
            now=now,
        )
    _ask(resource, now)
    return resource


@act
def ask_online(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Ask for it to come online again; its source must answer."""
    now = now or utc_now()
    resource = _asked(by, resource_id, "off", reason)
    made = queries.open_attachment(resource.pk)
    if made is None or not made.readable:
        raise Conflict("catalogue.online.no_source")
    _move(resource, "on_asked", reason)
    steps.note(Event.ONLINE_ASKED, by, resource, {"reason": reason.strip()}, now)
    _ask(resource, now)
    return resource


@act
def decide_online(
    *, by: Actor, resource_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Resource:
    """The authority's word on what was asked; a no needs its reason and leaves all as it was."""
    now = now or utc_now()
    queries.resource(by, resource_id)
    resource = _locked(resource_id)
    rules.may_review(by, resource.provider.region_id).require()
    found = DECIDED.get((resource.online_state, verdict))
    if found is None:
        raise Conflict("catalogue.online.nothing_asked")
    approvals.decide(by=by, subject=_subject(resource), kind=steps.ONLINE, verdict=verdict, reason=reason, now=now)
    asked, (state, event) = resource.online_state, found
    _move(resource, state, resource.online_reason)
    steps.note(event, by, resource, {"asked": asked, "reason": reason.strip()}, now)
    return resource


def _asked(by: Actor, resource_id: UUID | str, state: str, reason: str) -> Resource:
    queries.resource(by, resource_id)
    resource = _locked(resource_id)
    rules.may_edit(by, str(resource.provider_id)).require()
    if resource.state != "published" or resource.replaces_id or resource.online_state != state:
        raise Conflict("catalogue.online.wrong_state")
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    return resource


def _locked(resource_id: UUID | str) -> Resource:
    return Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=resource_id)


def _move(resource: Resource, state: str, reason: str) -> None:
    resource.online_state, resource.online_reason = Resource.Online(state), reason.strip()
    resource.save(update_fields=["online_state", "online_reason"])


def _ask(resource: Resource, now: datetime) -> None:
    authority = people.authority_of(resource.provider_id)
    steps.ask(steps.ONLINE, resource, authority.pk, "authority", now, subject=_subject(resource))


def _subject(resource: Resource) -> Subject:
    """Told apart from the entry's own steps, so that whoever reviewed it may also decide this."""
    return Subject("catalogue.online", str(resource.pk), resource.name)
