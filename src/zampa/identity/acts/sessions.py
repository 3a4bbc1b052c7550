"""The journal of sign-ins, and the few of them that are acts in the ledger (docs/decisions/0007-sign-ins.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from zampa.contracts.actors import SYSTEM, Post, Subject
from zampa.ground.clock import utc_now
from zampa.identity import queries
from zampa.identity.events import Event
from zampa.identity.models import Person, SignIn
from zampa.ledger.acts import act, enter

ADMINISTRATORS: tuple[Post, ...] = ("system_admin", "security_admin", "audit_admin")
LOCKED_FOR = timedelta(minutes=30)
LONGEST_ADDRESS = 45
_EVENTS = {SignIn.Outcome.SIGNED_IN: Event.SESSION_BEGUN, SignIn.Outcome.SIGNED_OUT: Event.SESSION_ENDED}


@act
def note_sign_in(
    *, outcome: SignIn.Outcome, person: Person | None, address: str, now: datetime | None = None
) -> SignIn:
    """Write one line of the journal. An administrator's session and the lockout of an account enter the ledger too;
    while an account stays locked, further tries are lines only, so that nobody floods the ledger from outside."""
    now = now or utc_now()
    address = address[:LONGEST_ADDRESS]
    fresh = outcome == SignIn.Outcome.LOCKED and not _locked_already(person, address, now)
    line = SignIn.objects.create(at=now, person=person, outcome=outcome, address=address)
    if fresh:
        _enter(Event.SESSION_LOCKED, person, address, now)
    elif outcome in _EVENTS and person is not None and queries.actor_of(person, now).holds(*ADMINISTRATORS):
        _enter(_EVENTS[outcome], person, address, now)
    return line


def _locked_already(person: Person | None, address: str, now: datetime) -> bool:
    rows = SignIn.objects.filter(outcome=SignIn.Outcome.LOCKED, at__gt=now - LOCKED_FOR)
    return rows.filter(person=person, address=address).exists()


def _enter(event: Event, person: Person | None, address: str, now: datetime) -> None:
    """A lockout is the machinery's act; a session is its person's. An unknown account has no name to give."""
    subject = Subject("identity.person", str(person.pk) if person else "", person.name if person else "")
    own = person is not None and event != Event.SESSION_LOCKED
    by = queries.actor_of(person, now) if person is not None and own else SYSTEM
    parties = [str(person.department_id)] if person is not None and person.department_id else []
    enter(event=event, by=by, subject=subject, parties=parties, facts={"address": address}, at=now)


def note_old_sign_ins(*, before: datetime) -> int:
    """End the lines older than `before`; how many. The caller's act makes the record."""
    return SignIn.objects.filter(at__lt=before).delete()[0]
