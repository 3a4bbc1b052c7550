"""People come by invitation, set their own password and second factor, and leave without being deleted."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid
from zampa.identity import queries, rules
from zampa.identity.events import Event
from zampa.identity.models import Deputy, Invitation, Person, PersonalToken
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter

INVITATION_LIFE = timedelta(days=3)


def subject_of(person: Person) -> Subject:
    return Subject("identity.person", str(person.pk), person.name)


def parties_of(person: Person) -> list[str]:
    return [str(person.department_id)] if person.department_id else []


@act
def register_person(
    *,
    by: Actor,
    username: str,
    name: str,
    name_bo: str = "",
    department_id: UUID | str | None = None,
    email: str = "",
    now: datetime | None = None,
) -> Person:
    """An account without a password; `invite_person` makes the link that lets its owner set one."""
    now = now or utc_now()
    rules.may_register(by).require()
    faults = rules.username_faults(username) + rules.text_faults("name", name, 100)
    if Person.objects.filter(username=username).exists():
        faults.append(Fault("username", "identity.person.username_taken"))
    if faults:
        raise NotValid("identity.person.not_valid", faults=faults)
    department = queries.department(by, department_id) if department_id else None
    if department is not None and department.closed_at is not None:
        raise Conflict("identity.department.closed", name=department.name)
    person = Person(
        username=username,
        name=name.strip(),
        name_bo=name_bo.strip(),
        name_key=name_key(name),
        email=email,
        department=department,
        created_at=now,
    )
    person.set_unusable_password()
    person.save()
    enter(
        event=Event.PERSON_REGISTERED, by=by, subject=subject_of(person), parties=parties_of(person),
        facts={"department": str(department.pk) if department else ""}, at=now,
    )  # fmt: skip
    return person


@act
def change_person(
    *, by: Actor, person_id: UUID | str, name: str, name_bo: str = "", email: str = "", now: datetime | None = None
) -> Person:
    """Corrects a person's name or address."""
    rules.may_register(by).require()
    person = queries.person(by, person_id)
    if faults := rules.text_faults("name", name, 100):
        raise NotValid("identity.person.not_valid", faults=faults)
    person.name, person.name_bo, person.name_key, person.email = name.strip(), name_bo.strip(), name_key(name), email
    person.save(update_fields=["name", "name_bo", "name_key", "email"])
    enter(event=Event.PERSON_CHANGED, by=by, subject=subject_of(person), parties=parties_of(person), at=now)
    return person


@act
def move_person(*, by: Actor, person_id: UUID | str, department_id: UUID | str, now: datetime | None = None) -> Person:
    """Moves a person to another department; posts do not move with them, so they must have been ended before."""
    now = now or utc_now()
    rules.may_register(by).require()
    person, department = queries.person(by, person_id), queries.department(by, department_id)
    if queries.holdings_of(person.pk, now).exists():
        raise Conflict("identity.person.still_holds_posts", name=person.name)
    if department.closed_at is not None:
        raise Conflict("identity.department.closed", name=department.name)
    before = parties_of(person)
    person.department = department
    person.save(update_fields=["department"])
    enter(
        event=Event.PERSON_CHANGED, by=by, subject=subject_of(person), parties=before + parties_of(person),
        facts={"department": str(department.pk)}, at=now,
    )  # fmt: skip
    return person


@act
def invite_person(*, by: Actor, person_id: UUID | str, now: datetime | None = None) -> str:
    """A one-time secret for the link /invitations/<secret>, good for three days; older links stop working."""
    now = now or utc_now()
    rules.may_register(by).require()
    person = queries.person(by, person_id)
    if not person.is_active:
        raise Conflict("identity.person.left", name=person.name)
    Invitation.objects.filter(person=person, used_at=None).update(expires_at=now)
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(
        person=person,
        digest=queries.digest_of(secret),
        made_by=by.name,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    enter(event=Event.PERSON_INVITED, by=by, subject=subject_of(person), parties=parties_of(person), at=now)
    return secret


@act
def accept_invitation(*, secret: str, password: str, now: datetime | None = None) -> Person:
    """The owner of a link sets the password; the link is used up. The second factor follows at first log-in."""
    now = now or utc_now()
    invitation = queries.invitation(secret, now)
    if not Invitation.objects.select_for_update().filter(pk=invitation.pk, used_at=None).exists():
        raise NotFound("identity.invitation.not_found")
    person = invitation.person
    _set_password(person, password)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    enter(
        event=Event.PERSON_ENROLLED, by=queries.actor_of(person, now), subject=subject_of(person),
        parties=parties_of(person), at=now,
    )  # fmt: skip
    return person


@act
def set_password(*, by: Actor, person_id: UUID | str, password: str, now: datetime | None = None) -> Person:
    """Sets a password from a command. Only where the second factor is optional (demo, tests): elsewhere people
    set their own, by link or on their account page."""
    if by.kind != "system" or settings.ZAMPA_SECOND_FACTOR == "required":
        raise NotAllowed("identity.person.own_password_only")
    person = queries.person(by, person_id)
    _set_password(person, password)
    enter(event=Event.PERSON_ENROLLED, by=by, subject=subject_of(person), parties=parties_of(person), at=now)
    return person


def _set_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        codes = sorted({str(inner.code) for inner in error.error_list})
        raise NotValid(
            "identity.person.weak_password",
            faults=[Fault("password", f"identity.password.{code.removeprefix('password_')}") for code in codes],
        ) from None
    person.set_password(password)
    person.save(update_fields=["password"])


@act
def reset_second_factor(*, by: Actor, person_id: UUID | str, reason: str, now: datetime | None = None) -> str:
    """For somebody who lost their device: second factors and sessions' proof go, a new one-time link is made."""
    rules.may_register(by).require()
    person = queries.person(by, person_id)
    if by.id == str(person.pk):
        raise NotAllowed("identity.second_factor.not_ones_own")
    if faults := rules.text_faults("reason", reason, 500):
        raise NotValid("identity.person.not_valid", faults=faults)
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password"])
    enter(
        event=Event.SECOND_FACTOR_RESET, by=by, subject=subject_of(person), parties=parties_of(person),
        facts={"reason": reason}, at=now,
    )  # fmt: skip
    return invite_person(by=by, person_id=person.pk, now=now)


def note_leaver(*, by: Actor, person_id: UUID | str, now: datetime | None = None) -> Person:
    """Closes a leaver's account, posts, deputies and tokens. `approvals.let_go` calls this and moves the tasks,
    so the one record is made there."""
    now = now or utc_now()
    person = queries.person(by, person_id)
    if person.left_at is not None:
        raise Conflict("identity.person.left", name=person.name)
    person.is_active, person.left_at = False, now
    person.save(update_fields=["is_active", "left_at"])
    queries.holdings_of(person.pk, now).update(ends=now)
    today = local_date(now)
    Deputy.objects.filter(person=person, withdrawn_at=None, ends__gte=today).update(withdrawn_at=now)
    Deputy.objects.filter(stand_in=person, withdrawn_at=None, ends__gte=today).update(withdrawn_at=now)
    PersonalToken.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    return person
