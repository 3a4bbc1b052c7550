"""Somebody leaves: the account closes and what waited for them alone waits for their department from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import rules
from zampa.approvals.events import Event
from zampa.approvals.models import Task
from zampa.contracts.actors import Actor, Post, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.identity.acts import note_leaver
from zampa.ledger.acts import act, enter


@act
def let_go(
    *, by: Actor, person_id: UUID | str, reason: str, to_post: Post = "sharing_head", now: datetime | None = None
) -> int:
    """Closes a leaver's account; their own open tasks go to `to_post` of their department. How many moved.

    Tasks of a post need no move: its other holders see them already.
    """
    now = now or utc_now()
    rules.may_let_go(by, str(person_id)).require()
    if not reason.strip():
        raise NotValid("approvals.leaver.not_valid", faults=[Fault("reason", "approvals.review.reason_missing")])
    person = people.person(by, person_id)
    waiting = Task.objects.filter(person=person, closed=None)
    if person.department_id is None and waiting.exists():
        raise Conflict("approvals.leaver.no_department", name=person.name)
    note_leaver(by=by, person_id=person.pk, now=now)
    moved = waiting.update(person=None, department_id=person.department_id, post=to_post)
    enter(
        event=Event.PERSON_LET_GO, by=by, subject=Subject("identity.person", str(person.pk), person.name),
        parties=[str(person.department_id)] if person.department_id else [],
        facts={"reason": reason, "tasks_moved": moved, "to_post": to_post}, at=now,
    )  # fmt: skip
    return moved
