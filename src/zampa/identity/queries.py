"""Questions about people and powers. Departments and regions are public to whoever is signed in; people's
accounts, keys, tokens and messages are scoped."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TypeVar, cast
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Exists, F, Model, OuterRef, Prefetch, Q, QuerySet

from zampa.contracts.actors import Actor, Post
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import NotFound, NotValid
from zampa.identity import rules
from zampa.identity.models import (
    ConsumerKey,
    Department,
    Deputy,
    Invitation,
    Message,
    Person,
    PersonalToken,
    PostHolding,
    Region,
    SignIn,
)

T = TypeVar("T", bound=Model)


def held_at(now: datetime) -> Q:
    """Holdings in force at `now`."""
    return Q(starts__lte=now) & (Q(ends=None) | Q(ends__gt=now))


def actor_of(person: Person, now: datetime | None = None) -> Actor:
    """The person with the posts held and deputised today; no posts once they have left."""
    now = now or utc_now()
    today = local_date(now)
    standing_in = Q(
        person__deputies__stand_in=person,
        person__deputies__post=F("post"),
        person__deputies__starts__lte=today,
        person__deputies__ends__gte=today,
        person__deputies__withdrawn_at=None,
    )
    rows = PostHolding.objects.filter(held_at(now), Q(person=person) | standing_in, person__is_active=True)
    own: set[Post] = set()
    lent: dict[Post, str] = {}
    for holder, name in rows.values_list("person_id", "post").distinct():
        post = cast(Post, name)
        if holder == person.pk:
            own.add(post)
        else:
            lent[post] = str(holder)
    if not person.is_active:
        own, lent = set(), {}
    lent = {post: holder for post, holder in lent.items() if post not in own}
    department = person.department
    return Actor(
        kind="person",
        id=str(person.pk),
        name=person.name,
        department=str(department.pk) if department else "",
        department_name=department.name if department else "",
        posts=frozenset(own | set(lent)),
        governs=frozenset({department.region_id} if department and department.governs else ()),
        deputy_for=",".join(sorted(set(lent.values()))),
    )


def digest_of(secret: str) -> str:
    """SHA-256 in hex of a random secret; enough because the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_token(text: str, now: datetime | None = None) -> PersonalToken | None:
    """The personal token of this text while it works."""
    return (
        PersonalToken.objects.select_related("person__department")
        .filter(digest=digest_of(text), revoked_at=None, expires_at__gt=now or utc_now(), person__is_active=True)
        .first()
    )


def actor_for_token(text: str, now: datetime | None = None) -> Actor | None:
    """Who a personal token speaks for; None when it is unknown, expired, revoked or its person has left."""
    token = live_token(text, now)
    return actor_of(token.person) if token else None


def regions(actor: Actor) -> QuerySet[Region]:
    return Region.objects.select_related("parent")


def regions_on(actor: Actor, day: date) -> QuerySet[Region]:
    """The divisions in force on `day`."""
    began = Q(valid_from=None) | Q(valid_from__lte=day)
    return regions(actor).filter(began, Q(valid_to=None) | Q(valid_to__gt=day))


def departments(actor: Actor) -> QuerySet[Department]:
    """Every department, closed ones too: who they are is public among those who sign in."""
    return Department.objects.select_related("region", "parent")


def in_own_department(actor: Actor) -> Q:
    """Rows whose `department` is the actor's; none for an actor without one."""
    return Q(department_id=actor.department) if actor.department else Q(pk=None)


def department(actor: Actor, department_id: UUID | str) -> Department:
    return one(departments(actor), department_id, "identity.department.not_found")


def people(actor: Actor) -> QuerySet[Person]:
    """One's own department; the administrators see everybody, an authority the departments it governs."""
    rows = Person.objects.select_related("department__region")
    if actor.kind == "system" or actor.holds("system_admin", "security_admin", "audit_admin"):
        return rows
    mine = Q(pk=actor.id) if actor.kind == "person" else Q(pk=None)
    if actor.department:
        mine |= Q(department_id=actor.department)
    if actor.governs and actor.holds("authority"):
        mine |= Q(department__region_id__in=actor.governs)
    return rows.filter(mine)


def person(actor: Actor, person_id: UUID | str) -> Person:
    return one(people(actor), person_id, "identity.person.not_found")


def holdings_of(person_id: UUID | str, now: datetime | None = None) -> QuerySet[PostHolding]:
    """The posts a person holds now, first granted first."""
    return PostHolding.objects.filter(held_at(now or utc_now()), person_id=person_id).order_by("starts")


def past_holdings_of(person_id: UUID | str, now: datetime | None = None) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(person_id=person_id, ends__lte=now or utc_now()).order_by("-ends")


def holdings_in(department_id: UUID | str, now: datetime | None = None) -> QuerySet[PostHolding]:
    """Every post held in a department now."""
    return PostHolding.objects.filter(held_at(now or utc_now()), department_id=department_id).order_by("starts")


def with_posts(rows: QuerySet[Person], now: datetime | None = None) -> QuerySet[Person]:
    """The people with `open_holdings`, a list of the posts they hold now, fetched in one query for all."""
    held = PostHolding.objects.filter(held_at(now or utc_now())).order_by("starts")
    return rows.prefetch_related(Prefetch("holdings", queryset=held, to_attr="open_holdings"))


def deputies_of(person_id: UUID | str) -> QuerySet[Deputy]:
    return Deputy.objects.filter(person_id=person_id).select_related("stand_in", "person").order_by("-starts")


def post_holders(department_id: UUID | str | None, post: Post, now: datetime | None = None) -> QuerySet[Person]:
    """People who can act under `post` in the department now, deputies included."""
    now = now or utc_now()
    today = local_date(now)
    where = Q(department=None) if department_id is None else Q(department_id=department_id)
    holds = PostHolding.objects.filter(held_at(now), where, post=post)
    lends = Deputy.objects.filter(
        stand_in=OuterRef("pk"), post=post, starts__lte=today, ends__gte=today, withdrawn_at=None
    ).filter(person__in=holds.values("person"))
    own = holds.filter(person=OuterRef("pk"))
    return Person.objects.filter(Q(Exists(own)) | Q(Exists(lends)), is_active=True)


def authority_of(department_id: UUID | str) -> Department:
    """The authority whose powers cover the department: marked for the same region, hence the same level.

    NotFound("identity.department.no_authority") when none is marked.
    """
    region = Department.objects.filter(pk=department_id).values("region")
    found = Department.objects.filter(governs=True, closed_at=None, region__in=region).first()
    if found is None:
        raise NotFound("identity.department.no_authority")
    return found


def short_of_deciders(department_id: UUID | str, now: datetime | None = None) -> set[str]:
    """Deciding posts of the department that fewer than two people can decide under: a clock may stand still."""
    holders = [
        (post, str(person))
        for post in rules.DECIDING_POSTS
        for person in post_holders(department_id, post, now).values_list("pk", flat=True)
    ]
    governs = Department.objects.filter(pk=department_id, governs=True).exists()
    return rules.too_few_deciders(holders, [p for p in rules.DECIDING_POSTS if p != "authority" or governs])


def factors_of(person: Person) -> set[str]:
    """The kinds of second factor a person has set up: totp, webauthn, recovery_codes."""
    return set(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def keys(actor: Actor) -> QuerySet[ConsumerKey]:
    """Keys of one's own department; the system and audit administrators see all."""
    rows = ConsumerKey.objects.select_related("department")
    if actor.kind == "system" or actor.holds("system_admin", "audit_admin"):
        return rows
    return rows.filter(department_id=actor.department) if actor.department else rows.none()


def key(actor: Actor, key_id: UUID | str) -> ConsumerKey:
    return one(keys(actor), key_id, "identity.key.not_found")


def live_keys(now: datetime | None = None) -> QuerySet[ConsumerKey]:
    """Every key a grant book may carry now."""
    return ConsumerKey.objects.filter(revoked_at=None, not_after__gt=now or utc_now()).select_related("department")


def keys_of_system(system_id: UUID | str, now: datetime | None = None) -> QuerySet[ConsumerKey]:
    return live_keys(now).filter(system_id=system_id)


def tokens(actor: Actor) -> QuerySet[PersonalToken]:
    """One's own tokens only."""
    return PersonalToken.objects.filter(person_id=actor.id) if actor.kind == "person" else PersonalToken.objects.none()


def sign_ins(actor: Actor) -> QuerySet[SignIn]:
    """One's own; the security and audit administrators see everybody's."""
    rows = SignIn.objects.select_related("person__department")
    if actor.holds("security_admin", "audit_admin"):
        return rows
    return rows.filter(person_id=actor.id) if actor.kind == "person" else rows.none()


def messages(actor: Actor) -> QuerySet[Message]:
    """One's own messages only."""
    return Message.objects.filter(person_id=actor.id) if actor.kind == "person" else Message.objects.none()


def unread(actor: Actor) -> int:
    return messages(actor).filter(read_at=None).count()


def invitation(text: str, now: datetime | None = None) -> Invitation:
    """The open invitation behind a one-time link; NotFound when used, expired or unknown."""
    rows = Invitation.objects.select_related("person").filter(
        digest=digest_of(text), used_at=None, expires_at__gt=now or utc_now(), person__is_active=True
    )
    found = rows.first()
    if found is None:
        raise NotFound("identity.invitation.not_found")
    return found


def one(rows: QuerySet[T], key: UUID | str, code: str) -> T:
    """The row of a scoped queryset; NotFound(code) for a foreign, unknown or malformed id alike."""
    try:
        return rows.get(pk=UUID(str(key)))
    except (ObjectDoesNotExist, ValueError):
        raise NotFound(code) from None


def page(rows: QuerySet[T], after: str, limit: int) -> tuple[list[T], str]:
    """At most `limit` (1 to 200) rows whose key follows `after`, and the key to go on with, empty at the end."""
    size = max(1, min(limit, 200))
    ordered = rows.order_by("pk")
    if after:
        try:
            ordered = ordered.filter(pk__gt=after)
        except (ValueError, ValidationError):
            raise NotValid("identity.bad_page_key") from None
    found = list(ordered[: size + 1])
    more = len(found) > size
    return found[:size], str(found[size - 1].pk) if more else ""
