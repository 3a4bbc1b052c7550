"""Tables of deadlines and decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from zampa.approvals import policy, rules
from zampa.contracts.actors import Actor, Post
from zampa.ground.clock import SHANGHAI
from zampa.ground.errors import NotValid
from zampa.ground.workdays import Calendar

NATIONAL = Calendar()
LHASA_2026 = Calendar(
    ({}, {**{date(2026, 2, day): False for day in range(15, 27)}, date(2026, 2, 14): True, date(2026, 2, 28): True})
)


def shanghai(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("calendar", "received", "days", "due"),
    [
        # Received Monday; the day itself is not counted; ends at 24:00 of the last working day.
        (NATIONAL, shanghai(2026, 11, 23, 9), 1, shanghai(2026, 11, 25)),
        (NATIONAL, shanghai(2026, 11, 23, 23, 59), 1, shanghai(2026, 11, 25)),
        (NATIONAL, shanghai(2026, 11, 23, 9), 10, shanghai(2026, 12, 8)),
        # 16:00 UTC is already the next day in Shanghai.
        (NATIONAL, datetime(2026, 11, 23, 16, 0, tzinfo=UTC), 1, shanghai(2026, 11, 26)),
        # Received on a Saturday: Monday is the first working day.
        (NATIONAL, shanghai(2026, 11, 28, 12), 1, shanghai(2026, 12, 1)),
        # National Day 2025: 1 to 8 October off, 28 September and 11 October worked.
        (NATIONAL, shanghai(2025, 9, 27, 12), 1, shanghai(2025, 9, 29)),
        (NATIONAL, shanghai(2025, 9, 30, 12), 1, shanghai(2025, 10, 10)),
        (NATIONAL, shanghai(2025, 9, 30, 12), 3, shanghai(2025, 10, 12)),
        # Lhasa 2026: off 15 to 26 February for both new years, 14 and 28 February worked.
        (LHASA_2026, shanghai(2026, 2, 13, 12), 1, shanghai(2026, 2, 15)),
        (LHASA_2026, shanghai(2026, 2, 13, 12), 2, shanghai(2026, 2, 28)),
        (LHASA_2026, shanghai(2026, 2, 13, 12), 3, shanghai(2026, 3, 1)),
        # At once: the same day.
        (NATIONAL, shanghai(2026, 11, 23, 9), 0, shanghai(2026, 11, 24)),
    ],
)
def test_due_moments(calendar: Calendar, received: datetime, days: int, due: datetime) -> None:
    assert rules.due(calendar, received, days=days) == due


def test_extension_and_pause_add_working_days() -> None:
    received = shanghai(2026, 11, 23, 9)
    assert rules.due(NATIONAL, received, days=10, extended=10) == shanghai(2026, 12, 22)
    assert rules.due(NATIONAL, received, days=10, paused=2) == shanghai(2026, 12, 10)


@pytest.mark.parametrize(
    ("paused", "resumed", "days"),
    [
        (shanghai(2026, 11, 23, 9), shanghai(2026, 11, 23, 17), 0),
        (shanghai(2026, 11, 23, 9), shanghai(2026, 11, 25, 9), 2),
        (shanghai(2026, 11, 27, 9), shanghai(2026, 11, 30, 9), 1),
    ],
)
def test_days_lost_to_a_pause(paused: datetime, resumed: datetime, days: int) -> None:
    assert rules.paused_days(NATIONAL, paused, resumed) == days


@pytest.mark.parametrize(
    ("code", "name", "days", "extension"),
    [
        ("2025-809", "reply_unconditional", 1, 10),
        ("2025-809", "reply_conditional", 10, 10),
        ("2025-809", "delivery", 20, 0),
        ("2025-809", "catalogue_update", 10, 5),
        ("2025-809", "catalogue_review", 2, 0),
        ("2025-809", "correction", 10, 0),
        ("2016-51", "reply_unconditional", 0, 0),
        ("2016-51", "reply_conditional", 10, 0),
        ("2016-51", "catalogue_update", 15, 0),
    ],
)
def test_packaged_profiles(code: str, name: str, days: int, extension: int) -> None:
    (profile,) = [profile for profile in policy.packaged() if profile.code == code]
    rule = profile.clock(name)
    assert (rule.days, rule.extension) == (days, extension)


def test_missing_papers_pause_nothing_unless_the_profile_says_so() -> None:
    assert not any(rule.missing_papers_pause for profile in policy.packaged() for rule in profile.clocks)


GOOD = '{"format":1,"code":"x","title":"t","in_force":"2026-01-01","clocks":[{"name":"a","days":1}]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        GOOD.replace('"format":1', '"format":2'),
        GOOD.replace('"days":1', '"days":-1'),
        GOOD.replace('"days":1', '"days":"1"'),
        GOOD.replace('"days":1', '"day":1'),
        GOOD.replace('"name":"a"', '"name":"A b"'),
        GOOD.replace('[{"name":"a","days":1}]', '[{"name":"a","days":1},{"name":"a","days":2}]'),
        GOOD.replace("2026-01-01", "2026-13-01"),
    ],
)
def test_bad_profile_files_are_refused(text: str) -> None:
    with pytest.raises(NotValid, match="bad_file"):
        policy.read(text)


def test_a_profile_survives_its_file() -> None:
    profile = policy.read(GOOD)
    assert policy.read(policy.text(profile)) == profile
    assert policy.stored(policy.plain(profile)) == profile


def head(*posts: Post, ident: str = "p1", department: str = "d1") -> Actor:
    return Actor(kind="person", id=ident, name="x", department=department, posts=frozenset(posts))


TASK = {"kind": "exchange.sign", "department": "d1", "post": "sharing_head", "person": ""}


@pytest.mark.parametrize(
    ("actor", "task", "before", "reason"),
    [
        (head("sharing_head"), TASK, [], "approvals.task.yours"),
        (head("editor"), TASK, [], "approvals.task.other_post"),
        (head("sharing_head", department="d2"), TASK, [], "approvals.task.other_post"),
        (head("sharing_head"), TASK, [("exchange.review", "p1")], "approvals.review.second_step"),
        (head("sharing_head"), TASK, [("exchange.review", "p2")], "approvals.task.yours"),
        (head("sharing_head"), TASK, [("exchange.sign", "p1")], "approvals.task.yours"),
        (head(), {**TASK, "person": "p1"}, [], "approvals.task.yours"),
        (head("sharing_head"), {**TASK, "person": "p9"}, [], "approvals.task.somebody_else"),
        (Actor(kind="system", id="zampa", name="Zampa"), TASK, [], "approvals.task.people_only"),
    ],
)
def test_who_decides(actor: Actor, task: dict[str, str], before: list[tuple[str, str]], reason: str) -> None:
    assert rules.may_decide(actor, **task, decided_before=before).reason == reason


@pytest.mark.parametrize(
    ("verdict", "reason", "codes"),
    [
        ("yes", "", []),
        ("no", "依据不足", []),
        ("no", "  ", ["approvals.review.reason_missing"]),
        ("return", "", ["approvals.review.reason_missing"]),
        ("maybe", "x", ["approvals.review.unknown_verdict"]),
    ],
)
def test_reasons_are_asked_when_refusing(verdict: str, reason: str, codes: list[str]) -> None:
    assert [fault.code for fault in rules.verdict_faults(verdict, reason)] == codes


@pytest.mark.parametrize(
    ("extension", "already", "days", "codes"),
    [
        (10, 0, 10, []),
        (10, 0, 11, ["approvals.extension.too_many"]),
        (10, 0, 0, ["approvals.extension.too_many"]),
        (10, 3, 2, ["approvals.extension.once_only"]),
        (0, 0, 1, ["approvals.extension.none_in_profile"]),
    ],
)
def test_extensions(extension: int, already: int, days: int, codes: list[str]) -> None:
    rule = policy.ClockRule(name="a", days=10, extension=extension)
    assert [fault.code for fault in rules.extension_faults(rule, already, days)] == codes


@pytest.mark.parametrize(
    ("governs", "region", "allowed"),
    [
        ({"540000"}, "540000", True),
        ({"540000"}, "540100", True),
        ({"540100"}, "540100", True),
        ({"540100"}, "540000", False),
        ({"540100"}, "540200", False),
        (set(), "540100", False),
    ],
)
def test_who_edits_the_calendar(governs: set[str], region: str, allowed: bool) -> None:
    officer = Actor(kind="person", id="p", name="x", posts=frozenset({"authority"}), governs=frozenset(governs))
    assert rules.may_edit_calendar(officer, region).allowed is allowed
    clerk = Actor(kind="person", id="p", name="x", posts=frozenset({"editor"}), governs=frozenset(governs))
    assert not rules.may_edit_calendar(clerk, region).allowed


def test_days_as_people_write_them() -> None:
    assert rules.read_days("2026-02-15..2026-02-17\n2026-03-01") == [
        date(2026, 2, 15), date(2026, 2, 16), date(2026, 2, 17), date(2026, 3, 1)
    ]  # fmt: skip
    for text in ("2026-02-30", "2026-02-17..2026-02-15", "yesterday", "2026-01-01..2027-01-01"):
        with pytest.raises(ValueError):
            rules.read_days(text)
    _, faults = rules.merge_days([date(2026, 2, 15)], [date(2026, 2, 15)], [])
    assert [fault.where for fault in faults] == ["works"]
