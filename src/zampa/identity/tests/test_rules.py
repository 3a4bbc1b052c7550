"""The tables of who may what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zampa.contracts.actors import SYSTEM, Actor, Post
from zampa.identity import rules

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def someone(*posts: Post, department: str = "d1", ident: str = "p1") -> Actor:
    return Actor(kind="person", id=ident, name="x", department=department, posts=frozenset(posts))


@pytest.mark.parametrize(
    ("posts", "allowed"),
    [
        (("system_admin",), True),
        (("security_admin",), False),
        (("audit_admin",), False),
        (("authority",), False),
        ((), False),
    ],
)
def test_who_registers(posts: tuple[Post, ...], allowed: bool) -> None:
    assert rules.may_register(someone(*posts)).allowed is allowed


@pytest.mark.parametrize(
    ("actor", "person", "reason"),
    [
        (someone("security_admin"), "p2", "identity.post.allowed"),
        (someone("security_admin"), "p1", "identity.post.not_to_oneself"),
        (someone("system_admin"), "p2", "identity.post.security_admin_only"),
        (someone("department_head"), "p2", "identity.post.security_admin_only"),
        (SYSTEM, "p2", "identity.post.installation"),
    ],
)
def test_who_grants_posts(actor: Actor, person: str, reason: str) -> None:
    assert rules.may_assign_posts(actor, person).reason == reason


@pytest.mark.parametrize(
    ("held", "new", "governs", "has_department", "reason"),
    [
        ((), "system_admin", False, False, "identity.post.fits"),
        (("system_admin",), "security_admin", False, False, "identity.post.two_admin_posts"),
        (("system_admin",), "audit_admin", False, False, "identity.post.two_admin_posts"),
        (("security_admin",), "system_admin", False, True, "identity.post.two_admin_posts"),
        (("editor",), "system_admin", False, True, "identity.post.admin_stands_alone"),
        (("security_admin",), "sharing_head", False, True, "identity.post.admin_stands_alone"),
        (("audit_admin",), "editor", False, True, "identity.post.admin_stands_alone"),
        ((), "editor", False, False, "identity.post.no_department"),
        ((), "authority", False, True, "identity.post.department_does_not_govern"),
        ((), "authority", True, True, "identity.post.fits"),
        (("editor",), "sharing_head", False, True, "identity.post.fits"),
        (("editor",), "editor", False, True, "identity.post.held_already"),
    ],
)
def test_which_posts_fit(held: tuple[str, ...], new: Post, governs: bool, has_department: bool, reason: str) -> None:
    assert rules.posts_fit(held, new, department_governs=governs, has_department=has_department).reason == reason


def test_granting_posts_and_administering_keys_never_meet() -> None:
    """Whatever two posts one person can hold, they never do both."""
    for first in rules.ADMIN_POSTS | rules.DEPARTMENT_POSTS:
        for second in rules.ADMIN_POSTS | rules.DEPARTMENT_POSTS:
            if not rules.posts_fit({first}, second, department_governs=True, has_department=True).allowed:
                continue
            both = someone(first, second)
            grants = rules.may_assign_posts(both, "p2").allowed
            keys = rules.may_administer_keys(both, "d1").allowed or rules.may_revoke_key(both, "d1").allowed
            assert not (grants and keys)


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        (someone("sharing_head"), "identity.key.allowed"),
        (someone("sharing_head", department="d2"), "identity.key.other_department"),
        (someone("editor"), "identity.key.sharing_head_only"),
        (someone("system_admin"), "identity.key.sharing_head_only"),
        (someone("security_admin"), "identity.key.grants_posts"),
    ],
)
def test_who_administers_keys(actor: Actor, reason: str) -> None:
    assert rules.may_administer_keys(actor, "d1").reason == reason


@pytest.mark.parametrize(
    ("post", "held", "stand_in_held", "same", "reason"),
    [
        ("sharing_head", {"sharing_head"}, set(), True, "identity.deputy.fits"),
        ("editor", {"editor"}, set(), True, "identity.deputy.heads_only"),
        ("sharing_head", {"editor"}, set(), True, "identity.deputy.post_not_held"),
        ("sharing_head", {"sharing_head"}, set(), False, "identity.deputy.other_department"),
        ("sharing_head", {"sharing_head"}, {"audit_admin"}, True, "identity.post.admin_stands_alone"),
    ],
)
def test_which_deputies_fit(post: str, held: set[str], stand_in_held: set[str], same: bool, reason: str) -> None:
    assert rules.deputy_fits(post, held, stand_in_held, same).reason == reason


@pytest.mark.parametrize(
    ("starts", "ends", "codes"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), []),
        (date(2026, 11, 24), date(2026, 11, 23), ["identity.deputy.ends_before_start"]),
        (date(2026, 11, 1), date(2026, 11, 22), ["identity.deputy.past"]),
        (date(2026, 11, 23), date(2027, 11, 23), ["identity.deputy.too_long"]),
    ],
)
def test_dates_of_deputies(starts: date, ends: date, codes: list[str]) -> None:
    assert [fault.code for fault in rules.deputy_dates(starts, ends, date(2026, 11, 23))] == codes


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("91350100M000100Y43", True),
        ("11100000000013338W", True),
        ("1110 0000 0000 13338W", True),
        ("113700000045046442", True),
        ("11100000000013339W", False),
        ("1110000000001333W", False),
        ("I1100000000013338W", False),
        ("", False),
    ],
)
def test_credit_codes(text: str, fine: bool) -> None:
    assert (rules.credit_code(text)[1] == []) is fine


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        (None, []),
        (NOW, ["identity.key.past"]),
        (NOW + timedelta(days=30), []),
        (NOW + timedelta(days=400), ["identity.key.too_long"]),
    ],
)
def test_ends_of_keys(end: datetime | None, codes: list[str]) -> None:
    assert [fault.code for fault in rules.key_end(NOW, end)[1]] == codes


def test_two_live_keys_at_most() -> None:
    assert [rules.another_key(live).allowed for live in range(4)] == [True, True, False, False]


def test_too_few_deciders() -> None:
    holders = [("sharing_head", "a"), ("sharing_head", "b"), ("department_head", "a"), ("department_head", "a")]
    assert rules.too_few_deciders(holders, ["sharing_head", "department_head"]) == {"department_head"}
