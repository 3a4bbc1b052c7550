"""What people change on their own account: the password, the second factors, the language of the interface."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.conf import settings

from zampa.contracts.actors import Actor
from zampa.ground.errors import NotValid
from zampa.identity import queries
from zampa.identity.acts.people import parties_of, subject_of
from zampa.identity.events import Event
from zampa.identity.models import Person
from zampa.ledger.acts import act, enter

FACTOR_EVENTS = {"added": Event.SECOND_FACTOR_ADDED, "removed": Event.SECOND_FACTOR_REMOVED}


@act
def change_own_password(*, by: Actor, password: str, now: datetime | None = None) -> Person:
    """The owner, who proved the old password on the page that checked the new one, changes it; never what it is."""
    person = queries.person(by, by.id)
    person.set_password(password)
    person.save(update_fields=["password"])
    enter(event=Event.PASSWORD_CHANGED, by=by, subject=subject_of(person), parties=parties_of(person), at=now)
    return person


@act
def enter_second_factor(
    *, by: Actor, change: Literal["added", "removed"], kind: str, now: datetime | None = None
) -> None:
    """Enters that the owner added or removed a second factor; `kind`: totp, webauthn or recovery_codes. The factor
    itself is written by allauth, which tells of it when that is done."""
    person = queries.person(by, by.id)
    enter(
        event=FACTOR_EVENTS[change], by=by, subject=subject_of(person), parties=parties_of(person),
        facts={"kind": kind}, at=now,
    )  # fmt: skip


def choose_language(*, by: Actor, language: str) -> None:
    """A setting of one's own account, not an act: no record."""
    if language not in dict(settings.LANGUAGES):
        raise NotValid("identity.language.unknown")
    Person.objects.filter(pk=by.id).update(language=language)
