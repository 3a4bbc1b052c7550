"""An entry's way to everybody's eyes: submitted, signed by the head, reviewed and published by the authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.approvals.models import Clock
from zampa.approvals.queries import clock_of, open_tasks
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import changes, placing, secrets, standing, steps
from zampa.catalogue.acts.attachments import PROBE
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Item, Resource, Version
from zampa.contracts.actors import Actor
from zampa.desk.deferring import defer
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.ledger.acts import act


@act
def submit_resource(*, by: Actor, resource_id: UUID | str, now: datetime | None = None) -> Resource:
    """Hand it to the department's head; NotValid names everything that is missing, at once.

    An unconditional entry also asks the office head for the standing decision, signed once for all requests.
    """
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "submit")
    rules.may_edit(by, str(resource.provider_id)).require()
    faults = rules.faults_of(steps.entry_of(resource))
    if resource.replaces_id:
        faults += changes.items_in_use(resource)
    faults += secrets.secret_faults(resource)
    if faults:
        raise NotValid("catalogue.resource.incomplete", faults=faults, count=len(faults))
    resource.state, resource.returned_reason, resource.remarks, resource.updated_at = state, "", {}, now
    resource.save(update_fields=["state", "returned_reason", "remarks", "updated_at"])
    approvals.close_tasks(subject=steps.subject_of(resource), kind=steps.REDO, now=now)
    steps.ask(steps.SIGN, resource, resource.provider_id, "department_head", now)
    if standing.wanted(resource) and not open_tasks(steps.standing_subject(resource)).exists():
        about = steps.standing_subject(resource)
        steps.ask(steps.STAND, resource, resource.provider_id, "sharing_head", now, subject=about)
    facts = {"version": resource.version, "sharing": resource.sharing, "items": resource.items.count()}
    record = steps.note(Event.RESOURCE_SUBMITTED, by, resource, facts, now)
    changes.tell_users(resource, record, now)
    return resource


@act
def sign_resource(
    *,
    by: Actor,
    resource_id: UUID | str,
    verdict: str = "yes",
    reason: str = "",
    remarks: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Resource:
    """The department's head signs, or returns with the reason and a remark at each place, all at once."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "sign" if verdict == "yes" else "return")
    if resource.state != Resource.State.SUBMITTED:
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="sign")
    rules.may_sign(by, str(resource.provider_id)).require()
    subject = steps.subject_of(resource)
    approvals.decide(by=by, subject=subject, kind=steps.SIGN, verdict=verdict, reason=reason, now=now)
    resource.state, resource.updated_at = state, now
    if verdict != "yes":
        return _returned(resource, by, reason, remarks, now)
    resource.signed_by, resource.signed_by_name = by.id, by.name
    resource.save(update_fields=["state", "updated_at", "signed_by", "signed_by_name"])
    authority = people.authority_of(resource.provider_id)
    clock = _review_clock(resource, authority.pk, now) if resource.replaces_id else None
    steps.ask(steps.REVIEW, resource, authority.pk, "authority", now, clock=clock)
    facts = {"version": resource.version, "opinion": reason.strip()}
    steps.note(Event.RESOURCE_SIGNED, by, resource, facts, now)
    return resource


def _review_clock(resource: Resource, authority: UUID, now: datetime) -> Clock:
    """An update handed over: the provider's clock ends, the authority's two working days begin (art. 17)."""
    subject = steps.subject_of(resource)
    approvals.meet_clock(subject=subject, name="catalogue_update", now=now)
    return approvals.start_clock(
        subject=subject, name="catalogue_review", profile=steps.PROFILE, department_id=authority, received=now
    )


@act
def review_resource(
    *,
    by: Actor,
    resource_id: UUID | str,
    verdict: str = "yes",
    reason: str = "",
    remarks: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Resource:
    """The authority publishes, or returns with the reasons. Returns the entry everybody sees from now on."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "publish" if verdict == "yes" else "return")
    if resource.state != Resource.State.SIGNED:
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="review")
    rules.may_review(by, resource.provider.region_id).require()
    subject = steps.subject_of(resource)
    approvals.decide(by=by, subject=subject, kind=steps.REVIEW, verdict=verdict, reason=reason, now=now)
    if resource.replaces_id:
        approvals.meet_clock(subject=subject, name="catalogue_review", now=now)
    resource.state, resource.updated_at = state, now
    if verdict != "yes":
        return _returned(resource, by, reason, remarks, now)
    return _published(resource, by, reason, now)


def _published(resource: Resource, by: Actor, reason: str, now: datetime) -> Resource:
    changed: list[tuple[str, object, object]] = []
    if resource.replaces_id:
        resource, changed = changes.apply_change(resource, now)
    placing.give_codes(resource)
    resource.published_on = local_date(now)
    resource.save()
    standing.renew(resource, changed, now)
    Version.objects.create(
        resource=resource,
        number=resource.version,
        snapshot=steps.snapshot(resource),
        differences=[[name, before, after] for name, before, after in changed],
        published_at=now,
        published_by_name=by.name,
        reason=resource.change_reason or reason,
    )
    facts = {
        "code": resource.code,
        "version": resource.version,
        "sharing": resource.sharing,
        "changed": [name for name, _, _ in changed],
        "opinion": reason.strip(),
    }
    steps.note(Event.RESOURCE_PUBLISHED, by, resource, facts, now)
    for made in Attachment.objects.filter(resource=resource, state__in=Attachment.LOOKED_AT):
        defer(PROBE, attachment_id=str(made.pk))  # the new version's items are held against the source at once
    return resource


def _returned(resource: Resource, by: Actor, reason: str, remarks: Mapping[str, str] | None, now: datetime) -> Resource:
    """Back to the editors with everything that is wrong; an update's clock goes on from when it first began."""
    said = {where: text.strip() for where, text in (remarks or {}).items() if text.strip()}
    known = {*steps.PLAIN, *(f"items.{item.position}" for item in Item.objects.filter(resource=resource))}
    if strangers := sorted(set(said) - known):
        faults = [Fault(where, "catalogue.resource.unknown_place", {"where": where}) for where in strangers]
        raise NotValid("catalogue.resource.unknown_place", faults=faults)
    resource.returned_reason, resource.remarks = reason.strip(), said
    resource.save(update_fields=["state", "updated_at", "returned_reason", "remarks"])
    subject = steps.subject_of(resource)
    before = clock_of(subject, "catalogue_update")
    if resource.replaces_id and resource.change_ground in changes.CLOCKED and before and before.met_at:
        approvals.start_clock(
            subject=subject,
            name="catalogue_update",
            profile=steps.PROFILE,
            department_id=resource.provider_id,
            received=before.started,
        )
    steps.ask(steps.REDO, resource, resource.provider_id, "editor", now)
    facts = {"reason": reason.strip(), "remarks": said}
    steps.note(Event.RESOURCE_RETURNED, by, resource, facts, now)
    return resource


@act
def withdraw_resource(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Take an entry out. Refused while anyone depends on it: they are named; sharing must be ended with them first."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "withdraw")
    rules.may_edit(by, str(resource.provider_id)).require()
    if resource.replaces_id:
        raise Conflict("catalogue.change.drop_it")
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    if Resource.objects.filter(replaces=resource).exists():
        raise Conflict("catalogue.resource.change_open")
    users = list(queries.dependants_of(resource.pk))
    if users:
        raise Conflict(
            "catalogue.resource.has_dependants", count=len(users), names="、".join(u.name for u in users[:5])
        )
    _close(resource, reason, now)
    steps.note(Event.RESOURCE_WITHDRAWN, by, resource, {"reason": reason.strip(), "version": resource.version}, now)
    resource.state, resource.updated_at = state, now
    resource.withdrawn_at, resource.withdrawn_reason = now, reason.strip()
    resource.save(update_fields=["state", "updated_at", "withdrawn_at", "withdrawn_reason"])
    return resource


def _close(resource: Resource, reason: str, now: datetime) -> None:
    """What hung on the entry ends with it: tasks, standing decision, attachment, clock."""
    for subject in (steps.subject_of(resource), steps.standing_subject(resource)):
        approvals.close_tasks(subject=subject, now=now)
    for name in ("catalogue_update", "source_mend"):
        approvals.meet_clock(subject=steps.subject_of(resource), name=name, now=now)
    standing.end_all(resource, reason, now)
    open_ones = Attachment.objects.filter(resource=resource, state__in=Attachment.OPEN)
    for made in open_ones.select_related("resource"):
        approvals.close_tasks(subject=steps.attachment_subject(made), now=now)
    open_ones.update(state=Attachment.State.ENDED, decided_at=now, reason=reason.strip())
