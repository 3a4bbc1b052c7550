"""Who may do what with departments, people, posts and keys. Pure decisions, each with its reason.

The three administrators keep each other in check (GB/T 22239 level 3): the system administrator registers departments
and people, the security administrator grants posts and approves networks, the audit administrator reads. Nobody holds
two of these posts, and an administrator's post stands alone, so granting posts (security administrator)
and administering keys (sharing-office head, system administrator) never meet in one person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from zampa.contracts.actors import Actor, Answer, Post, allowed, refused
from zampa.ground.errors import Fault

ADMIN_POSTS: frozenset[Post] = frozenset({"system_admin", "security_admin", "audit_admin"})
DEPARTMENT_POSTS: frozenset[Post] = frozenset({"editor", "sharing_head", "department_head", "authority"})
DECIDING_POSTS: tuple[Post, ...] = ("sharing_head", "department_head", "authority")
LIVE_KEYS = 2
KEY_LIFE = timedelta(days=365)
TOKEN_LIFE_DAYS = 365
LONGEST_DEPUTY = timedelta(days=92)
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


def may_register(actor: Actor) -> Answer:
    """Departments, people and regions: the system administrator, or the installation's own command."""
    if actor.kind == "system" or actor.holds("system_admin"):
        return allowed("identity.register.allowed")
    return refused("identity.register.system_admin_only")


def may_assign_posts(actor: Actor, person_id: str) -> Answer:
    if actor.kind == "system":
        return allowed("identity.post.installation")
    if not actor.holds("security_admin"):
        return refused("identity.post.security_admin_only")
    if actor.id == person_id:
        return refused("identity.post.not_to_oneself")
    return allowed("identity.post.allowed")


def posts_fit(held: Collection[str], new: Post, *, department_governs: bool, has_department: bool) -> Answer:
    """Whether a person who holds `held` may also hold `new`."""
    if new in held:
        return refused("identity.post.held_already")
    if new in ADMIN_POSTS and held:
        code = "identity.post.two_admin_posts" if ADMIN_POSTS & set(held) else "identity.post.admin_stands_alone"
        return refused(code)
    if new not in ADMIN_POSTS and ADMIN_POSTS & set(held):
        return refused("identity.post.admin_stands_alone")
    if new in DEPARTMENT_POSTS and not has_department:
        return refused("identity.post.no_department")
    if new == "authority" and not department_governs:
        return refused("identity.post.department_does_not_govern")
    return allowed("identity.post.fits")


def may_name_deputy(actor: Actor, person_id: str) -> Answer:
    """A head names a deputy for dates; nobody names one for somebody else, an inherited power is not passed on."""
    if actor.kind == "system":
        return allowed("identity.deputy.installation")
    if actor.id != person_id:
        return refused("identity.deputy.own_post_only")
    return allowed("identity.deputy.allowed")


def deputy_fits(post: str, held: Collection[str], stand_in_held: Collection[str], same_department: bool) -> Answer:
    """`held` are the head's own posts, `stand_in_held` the deputy's."""
    if post not in DECIDING_POSTS:
        return refused("identity.deputy.heads_only")
    if post not in held:
        return refused("identity.deputy.post_not_held")
    if not same_department:
        return refused("identity.deputy.other_department")
    if ADMIN_POSTS & set(stand_in_held):
        return refused("identity.post.admin_stands_alone")
    return allowed("identity.deputy.fits")


def deputy_dates(starts: date, ends: date, today: date) -> list[Fault]:
    faults = []
    if ends < starts:
        faults.append(Fault("ends", "identity.deputy.ends_before_start"))
    if ends < today:
        faults.append(Fault("ends", "identity.deputy.past"))
    if ends - starts > LONGEST_DEPUTY:
        faults.append(Fault("ends", "identity.deputy.too_long", {"days": LONGEST_DEPUTY.days}))
    return faults


def may_administer_keys(actor: Actor, department_id: str) -> Answer:
    """Keys of a department's systems: its sharing-office head. The installation itself may, in its own commands."""
    if actor.kind == "system":
        return allowed("identity.key.installation")
    if actor.holds("security_admin"):
        return refused("identity.key.grants_posts")
    if not actor.holds("sharing_head"):
        return refused("identity.key.sharing_head_only")
    if actor.department != department_id:
        return refused("identity.key.other_department")
    return allowed("identity.key.allowed")


def may_revoke_key(actor: Actor, department_id: str) -> Answer:
    """Its sharing-office head, and the system administrator when a key is lost at night."""
    if actor.holds("system_admin") and not actor.holds("security_admin"):
        return allowed("identity.key.system_admin")
    return may_administer_keys(actor, department_id)


def another_key(live: int) -> Answer:
    """A consumer may hold two live keys: the one in use and the next one."""
    if live >= LIVE_KEYS:
        return refused("identity.key.two_live_already", limit=str(LIVE_KEYS))
    return allowed("identity.key.room_left")


def key_end(now: datetime, not_after: datetime | None) -> tuple[datetime, list[Fault]]:
    """The end of a new key: at most a year, never in the past."""
    end = not_after or now + KEY_LIFE
    if end <= now:
        return end, [Fault("not_after", "identity.key.past")]
    if end > now + KEY_LIFE + timedelta(days=1):
        return end, [Fault("not_after", "identity.key.too_long", {"days": KEY_LIFE.days})]
    return end, []


def credit_code(text: str) -> tuple[str, list[Fault]]:
    """GB 32100-2015, 18 characters with both check digits; the compact spelling and what is wrong with it."""
    try:
        return uscc.validate(text), []
    except ValidationError:
        return text, [Fault("code", "identity.department.bad_credit_code")]


def text_faults(where: str, text: str, longest: int) -> list[Fault]:
    if not text.strip():
        return [Fault(where, "identity.missing")]
    if len(text) > longest:
        return [Fault(where, "identity.too_long", {"limit": longest})]
    return []


def username_faults(username: str) -> list[Fault]:
    return [] if USERNAME.fullmatch(username) else [Fault("username", "identity.person.bad_username")]


def too_few_deciders(holders: Iterable[tuple[str, str]], posts: Collection[str]) -> set[str]:
    """Of `posts` those that fewer than two people can decide under; `holders` are (post, person id), deputies too."""
    people: dict[str, set[str]] = {post: set() for post in posts}
    for post, person in holders:
        if post in people:
            people[post].add(person)
    return {post for post, ids in people.items() if len(ids) < 2}
