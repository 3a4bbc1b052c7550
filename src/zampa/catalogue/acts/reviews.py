"""An entry's way to everybody's eyes: submitted, signed by the head, reviewed and published by the authority."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Item, Resource, StandingDecision, Version
from zampa.contracts.actors import Actor
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.ledger.acts import act

PROFILE = "2025-809"


@act
def submit_resource(*, by: Actor, resource_id: UUID | str, now: datetime | None = None) -> Resource:
    """Hand it to the department's head; NotValid names everything that is missing, at once."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "submit")
    rules.may_edit(by, str(resource.provider_id)).require()
    faults = rules.faults_of(steps.entry_of(resource))
    if faults:
        raise NotValid("catalogue.resource.incomplete", faults=faults, count=len(faults))
    resource.state, resource.returned_reason, resource.updated_at = state, "", now
    resource.save(update_fields=["state", "returned_reason", "updated_at"])
    subject = steps.subject_of(resource)
    approvals.close_tasks(subject=subject, kind=steps.REDO, now=now)
    approvals.open_task(
        kind=steps.SIGN,
        department_id=resource.provider_id,
        post="department_head",
        subject=subject,
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        now=now,
    )
    steps.note(Event.RESOURCE_SUBMITTED, by, resource, {"version": resource.version}, now)
    return resource


@act
def sign_resource(
    *, by: Actor, resource_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Resource:
    """The department's head signs, or returns with the reason. Signing an unconditional entry is the standing yes to requests."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "sign" if verdict == "yes" else "return")
    rules.may_sign(by, str(resource.provider_id)).require()
    subject = steps.subject_of(resource)
    approvals.decide(by=by, subject=subject, kind=steps.SIGN, verdict=verdict, reason=reason, now=now)
    resource.state, resource.updated_at = state, now
    if verdict != "yes":
        return _returned(resource, by, reason, now)
    resource.signed_by_name = by.name
    resource.save(update_fields=["state", "updated_at", "signed_by_name"])
    clock = None
    authority = people.authority_of(resource.provider_id)
    if resource.replaces_id:
        clock = approvals.start_clock(
            subject=subject,
            name="catalogue_review",
            profile=PROFILE,
            department_id=authority.pk,
            received=now,
        )
    approvals.open_task(
        kind=steps.REVIEW,
        department_id=authority.pk,
        post="authority",
        subject=subject,
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        clock=clock,
        now=now,
    )
    facts: dict[str, object] = {"version": resource.version, "standing": resource.sharing == "unconditional"}
    steps.note(Event.RESOURCE_SIGNED, by, resource, facts, now)
    return resource


@act
def review_resource(
    *, by: Actor, resource_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Resource:
    """The authority publishes, or returns with the reason. Returns the entry everybody sees from now on."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "publish" if verdict == "yes" else "return")
    rules.may_review(by, resource.provider.region_id).require()
    subject = steps.subject_of(resource)
    approvals.decide(by=by, subject=subject, kind=steps.REVIEW, verdict=verdict, reason=reason, now=now)
    if resource.replaces_id:
        approvals.meet_clock(subject=subject, name="catalogue_review", now=now)
    resource.state, resource.updated_at = state, now
    if verdict != "yes":
        return _returned(resource, by, reason, now)
    changed: list[str] = []
    signed_by = resource.signed_by_name
    if resource.replaces_id:
        resource, changed = _apply_change(resource, now)
    resource.signed_by_name = signed_by
    resource.code = resource.code or steps.next_code(resource.class_code)
    resource.published_on = local_date(now)
    resource.save()
    _stand(resource, now)
    Version.objects.create(
        resource=resource,
        number=resource.version,
        snapshot=steps.snapshot(resource),
        published_at=now,
        published_by_name=by.name,
        reason=reason,
    )
    facts: dict[str, object] = {
        "code": resource.code,
        "version": resource.version,
        "sharing": resource.sharing,
        "changed": changed,
    }
    steps.note(Event.RESOURCE_PUBLISHED, by, resource, facts, now)
    return resource


def _returned(resource: Resource, by: Actor, reason: str, now: datetime) -> Resource:
    resource.returned_reason = reason.strip()
    resource.save(update_fields=["state", "updated_at", "returned_reason"])
    approvals.open_task(
        kind=steps.REDO,
        department_id=resource.provider_id,
        post="editor",
        subject=steps.subject_of(resource),
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        now=now,
    )
    steps.note(Event.RESOURCE_RETURNED, by, resource, {"reason": reason}, now)
    return resource


def _apply_change(change: Resource, now: datetime) -> tuple[Resource, list[str]]:
    """Bring the prepared version into the entry itself; items of the same column keep their id, which grants name."""
    resource = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=change.replaces_id)
    before = steps.snapshot(resource)
    known = {(item.column or item.name): item for item in Item.objects.filter(resource=resource)}
    kept = []
    for new in queries.items_of(change.pk):
        item = known.get(new.column or new.name) or Item(resource=resource)
        for name in steps.ITEM_PLAIN:
            setattr(item, name, getattr(new, name))
        item.position = new.position
        item.save()
        kept.append(item.pk)
    Item.objects.filter(resource=resource).exclude(pk__in=kept).delete()
    for name in steps.PLAIN:
        setattr(resource, name, getattr(change, name))
    resource.system, resource.name_key = change.system, change.name_key
    resource.version, resource.updated_at, resource.state = change.version, now, Resource.State.PUBLISHED
    change.delete()
    resource.save()
    return resource, [name for name, _, _ in rules.differences(before, steps.snapshot(resource))]


def _stand(resource: Resource, now: datetime) -> None:
    """The head's signature under an unconditional entry is the decision on every request for it; any other ends it."""
    StandingDecision.objects.filter(resource=resource, ended_at=None).update(ended_at=now)
    if resource.sharing == "unconditional":
        StandingDecision.objects.create(
            resource=resource,
            version=resource.version,
            signed_by="",
            signed_by_name=resource.signed_by_name,
            signed_at=now,
        )


@act
def withdraw_resource(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Take an entry out. Refused while anyone depends on it: they are named; sharing must be ended with them first."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "withdraw")
    rules.may_edit(by, str(resource.provider_id)).require()
    if not reason.strip():
        raise NotValid(
            "catalogue.resource.missing_reason", faults=[Fault("reason", "catalogue.resource.missing_reason")]
        )
    users = list(queries.dependants_of(resource.pk))
    if users:
        raise Conflict(
            "catalogue.resource.has_dependants", count=len(users), names="、".join(u.name for u in users[:5])
        )
    subject = steps.subject_of(resource)
    approvals.close_tasks(subject=subject, now=now)
    StandingDecision.objects.filter(resource=resource, ended_at=None).update(ended_at=now)
    Attachment.objects.filter(resource=resource, state__in=Attachment.OPEN).update(state="ended", decided_at=now)
    steps.note(Event.RESOURCE_WITHDRAWN, by, resource, {"reason": reason.strip()}, now)
    if resource.replaces_id:
        resource.delete()
        return Resource.objects.get(pk=subject.id)
    resource.state, resource.updated_at = state, now
    resource.save(update_fields=["state", "updated_at"])
    return resource
