"""Gateways by their provider, books by their age, and who may do what."""

from datetime import UTC, datetime, timedelta

import pytest

from zampa.contracts.actors import SYSTEM, Actor
from zampa.exchange.rules import access, gateways
from zampa.ground.errors import NotValid


@pytest.mark.parametrize(
    ("known", "chosen"),
    [
        ([("g1", ""), ("g2", "police")], "g2"),
        ([("g1", ""), ("g2", "civil")], "g1"),
        ([("g1", ""), ("g3", "")], "g1"),
        ([("g2", "civil")], ""),
        ([], ""),
    ],
)
def test_a_grant_goes_to_its_providers_gateway_else_to_the_centres_oldest(known, chosen):
    assert gateways.choose_gateway(known, "police") == chosen


def test_an_unchanged_book_is_renewed_at_half_its_life():
    issued = datetime(2026, 11, 23, tzinfo=UTC)
    expires = issued + timedelta(hours=12)
    assert not gateways.renewal_due(issued, expires, issued + timedelta(hours=5, minutes=59))
    assert gateways.renewal_due(issued, expires, issued + timedelta(hours=6))


@pytest.mark.parametrize("minutes", [4, 0, -1, 72 * 60 + 1])
def test_a_book_lives_five_minutes_to_three_days(minutes):
    with pytest.raises(NotValid):
        gateways.check_minutes(minutes)


def person(department: str, *posts: str, governs: str = "") -> Actor:
    return Actor(
        kind="person",
        id="p",
        name="n",
        department=department,
        posts=frozenset(posts),
        governs=frozenset({governs} if governs else ()),
    )


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (person("a", "editor"), True),
        (person("b", "editor"), True),
        (person("c", "sharing_head"), False),
        (person("c", "authority", governs="540000"), True),
        (person("c", "authority", governs="540100"), False),
        (person("c", "editor", governs="540000"), False),
        (person("", "audit_admin"), True),
        (person("", "system_admin"), False),
        (SYSTEM, True),
    ],
)
def test_only_the_parties_the_authority_and_the_auditor_see(actor, sees):
    assert access.may_see(actor, requester="a", provider="b", provider_region="540000") is sees


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (access.may_draft(person("a", "editor"), "a"), True),
        (access.may_draft(person("a", "department_head"), "a"), False),
        (access.may_draft(person("", "editor"), ""), False),
        (access.may_sign(person("a", "sharing_head"), "a"), True),
        (access.may_sign(person("a", "editor"), "a"), False),
        (access.may_sign(person("b", "sharing_head"), "a"), False),
        (access.may_decide(person("b", "sharing_head"), "b"), True),
        (access.may_decide(person("a", "sharing_head"), "b"), False),
        (access.may_end_grant(person("a", "sharing_head"), provider="b", provider_region="540000"), False),
        (access.may_end_grant(person("b", "sharing_head"), provider="b", provider_region="540000"), True),
        (
            access.may_end_grant(person("c", "authority", governs="540000"), provider="b", provider_region="540000"),
            True,
        ),
        (access.may_run_gateways(person("", "system_admin")), True),
        (access.may_run_gateways(person("b", "sharing_head")), False),
    ],
)
def test_who_may(answer, allowed):
    assert answer.allowed is allowed
    assert answer.reason.startswith("exchange.")
