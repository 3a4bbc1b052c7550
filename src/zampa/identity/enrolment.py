"""The first people. An installation begins without any account: `zampa enrol`, run on the machine itself, prints a
one-time link for each of the three administrators, and each sets an own password and second factor behind it."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from zampa.contracts.actors import SYSTEM, Post
from zampa.identity import acts, queries
from zampa.identity.models import Person

FIRST: tuple[tuple[Post, str, str], ...] = (
    ("system_admin", "system-admin", "系统管理员"),
    ("security_admin", "security-admin", "安全管理员"),
    ("audit_admin", "audit-admin", "审计管理员"),
)
AGAIN = "a new link for the holder of this post, whose password and second factor are reset"


def links(again: str | None = None) -> list[tuple[Post, Person, str]]:
    """A link for each administrator who has not set a password yet, made when missing; (post, person, address).

    `again`: only this post, and its holder starts anew even with a password set.
    """
    acts.load_packaged_regions(by=SYSTEM)
    made = []
    for post, username, name in FIRST:
        holder = queries.post_holders(None, post).first() or _first(post, username, name)
        if again == post:
            secret = acts.reset_second_factor(by=SYSTEM, person_id=holder.pk, reason="zampa enrol --again")
        elif again or holder.has_usable_password():
            continue
        else:
            secret = acts.invite_person(by=SYSTEM, person_id=holder.pk)
        made.append((post, holder, address(secret)))
    return made


def lines(again: str | None = None) -> Iterator[str]:
    """What `zampa enrol` prints."""
    made = links(again)
    for post, person, url in made:
        yield f"{post:15} {person.username:15} {url}"
    if made:
        yield f"Each link works once, for {acts.INVITATION_LIFE.days} days. Give each to another person."
    else:
        yield "All three administrators have their accounts; --again POST makes a new link for one of them."


def address(secret: str) -> str:
    """The link of an invitation as a person opens it."""
    return settings.ZAMPA_PUBLIC_URL.rstrip("/") + reverse("identity:invitation", args=[secret])


def _first(post: Post, username: str, name: str) -> Person:
    person = acts.register_person(by=SYSTEM, username=username, name=name)
    acts.assign_post(by=SYSTEM, person_id=person.pk, post=post)
    return person
