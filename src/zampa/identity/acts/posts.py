"""Posts are granted by the security administrator; a deputy is named by the head whose post it is."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Post, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotFound, NotValid
from zampa.identity import queries, rules
from zampa.identity.acts.messages import send_message
from zampa.identity.acts.people import parties_of, subject_of
from zampa.identity.events import Event
from zampa.identity.models import Deputy, Person, PostHolding
from zampa.ledger.acts import act, enter


@act
def assign_post(*, by: Actor, person_id: UUID | str, post: Post, now: datetime | None = None) -> PostHolding:
    """Gives a person a post in their own department (administrators: in the installation)."""
    now = now or utc_now()
    rules.may_assign_posts(by, str(person_id)).require()
    person = queries.person(by, person_id)
    Person.objects.select_for_update().get(pk=person.pk)
    if post not in PostHolding.Post.values:
        raise NotValid("identity.post.unknown", faults=[Fault("post", "identity.post.unknown")])
    if not person.is_active:
        raise Conflict("identity.person.left", name=person.name)
    department = person.department
    held = set(queries.holdings_of(person.pk, now).values_list("post", flat=True))
    fits = rules.posts_fit(
        held,
        post,
        department_governs=bool(department and department.governs),
        has_department=department is not None,
    )
    if not fits.allowed:
        raise NotValid(fits.reason, faults=[Fault("post", fits.reason, fits.params)])
    holding = PostHolding.objects.create(
        person=person,
        department=None if post in rules.ADMIN_POSTS else department,
        post=post,
        starts=now,
        granted_by=by.name,
    )
    cause = enter(
        event=Event.POST_ASSIGNED, by=by, subject=subject_of(person), parties=parties_of(person), facts={"post": post},
        at=now,
    )  # fmt: skip
    send_message(
        to_person_ids=[person.pk], code=f"identity.message.post.{post}",
        subject=subject_of(person), url_name="identity:account", cause=cause, now=now,
    )  # fmt: skip
    return holding


@act
def end_post(*, by: Actor, person_id: UUID | str, post: Post, reason: str, now: datetime | None = None) -> PostHolding:
    """Takes a post away; the deputies named under it end with it."""
    now = now or utc_now()
    rules.may_assign_posts(by, str(person_id)).require()
    person = queries.person(by, person_id)
    if faults := rules.text_faults("reason", reason, 500):
        raise NotValid("identity.post.not_valid", faults=faults)
    holding = queries.holdings_of(person.pk, now).filter(post=post).first()
    if holding is None:
        raise NotFound("identity.post.not_held")
    holding.ends = now
    holding.save(update_fields=["ends"])
    Deputy.objects.filter(person=person, post=post, withdrawn_at=None).update(withdrawn_at=now)
    enter(
        event=Event.POST_ENDED, by=by, subject=subject_of(person), parties=parties_of(person),
        facts={"post": post, "reason": reason}, at=now,
    )  # fmt: skip
    return holding


@act
def name_deputy(
    *,
    by: Actor,
    person_id: UUID | str,
    stand_in_id: UUID | str,
    post: Post,
    starts: date,
    ends: date,
    now: datetime | None = None,
) -> Deputy:
    """`stand_in_id` may decide under the head's post from `starts` to `ends`, both days counted."""
    now = now or utc_now()
    rules.may_name_deputy(by, str(person_id)).require()
    person, stand_in = queries.person(by, person_id), queries.person(by, stand_in_id)
    faults = rules.deputy_dates(starts, ends, local_date(now))
    if stand_in.pk == person.pk or not stand_in.is_active:
        faults.append(Fault("stand_in", "identity.deputy.not_this_person"))
    fits = rules.deputy_fits(
        post,
        set(queries.holdings_of(person.pk, now).values_list("post", flat=True)),
        set(queries.holdings_of(stand_in.pk, now).values_list("post", flat=True)),
        person.department_id == stand_in.department_id,
    )
    if not fits.allowed:
        faults.append(Fault("post", fits.reason, fits.params))
    if faults:
        raise NotValid("identity.deputy.not_valid", faults=faults)
    deputy = Deputy.objects.create(person=person, stand_in=stand_in, post=post, starts=starts, ends=ends, named_at=now)
    cause = enter(
        event=Event.DEPUTY_NAMED, by=by, subject=subject_of(person), parties=parties_of(person),
        facts={"post": post, "stand_in": str(stand_in.pk), "starts": starts.isoformat(), "ends": ends.isoformat()},
        at=now,
    )  # fmt: skip
    send_message(
        to_person_ids=[stand_in.pk], code="identity.message.deputy_named",
        params={"name": person.name, "starts": starts.isoformat(), "ends": ends.isoformat()},
        subject=subject_of(person), url_name="identity:account", cause=cause, now=now,
    )  # fmt: skip
    return deputy


@act
def withdraw_deputy(*, by: Actor, deputy_id: UUID | str, now: datetime | None = None) -> Deputy:
    """Ends a deputy before the last day."""
    now = now or utc_now()
    rows = Deputy.objects.select_related("person__department", "stand_in").filter(person__in=queries.people(by))
    deputy = queries.one(rows, deputy_id, "identity.deputy.not_found")
    rules.may_name_deputy(by, str(deputy.person_id)).require()
    if deputy.withdrawn_at is not None:
        raise Conflict("identity.deputy.withdrawn_already")
    deputy.withdrawn_at = now
    deputy.save(update_fields=["withdrawn_at"])
    subject = Subject("identity.person", str(deputy.person_id), deputy.person.name)
    enter(
        event=Event.DEPUTY_WITHDRAWN, by=by, subject=subject, parties=parties_of(deputy.person),
        facts={"post": deputy.post, "stand_in": str(deputy.stand_in_id)}, at=now,
    )  # fmt: skip
    return deputy
