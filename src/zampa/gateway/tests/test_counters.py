"""Quotas, rates, nonces and verify attempts, and that a restart gives nobody a second chance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zampa.contracts.calls import Call, CallClosed, CallOpened, Outcome, TrailRecord
from zampa.gateway.counters import MISSES_TO_ALARM, Bucket, Counters
from zampa.gateway.refusals import Refusal
from zampa.gateway.tests.standing import grant
from zampa.ground.clock import iso, parse_iso

NOON = parse_iso("2026-11-23T04:00:00.000000Z").timestamp()  # noon in Lhasa and Beijing


def at(seconds: float) -> str:
    return iso(datetime.fromtimestamp(NOON + seconds, UTC))


def call(seconds: float, outcome: Outcome = "answered", *, nonce: str = "", probe: str = "", rows: int = 0) -> Call:
    opened = CallOpened(call="c", at=at(seconds), key="k", grant="id-G-1", nonce=nonce, probe=probe)
    return Call(opened=opened, closed=CallClosed(call="c", at=at(seconds), outcome=outcome, status=200, rows=rows))


def test_the_day_quota_ends_at_midnight_in_shanghai() -> None:
    counters, given = Counters(), grant("G-1", "s", "query", quota_per_day=2)
    counters.admit(given, NOON)
    counters.admit(given, NOON)
    with pytest.raises(Refusal, match=r"quota\.day"):
        counters.admit(given, NOON + 1)
    with pytest.raises(Refusal, match=r"quota\.day"):
        counters.admit(given, NOON + 12 * 3600 - 1)
    counters.admit(given, NOON + 12 * 3600)


def test_the_minute_slides() -> None:
    counters, given = Counters(), grant("G-1", "s", "query", rate_per_minute=2)
    counters.admit(given, NOON)
    counters.admit(given, NOON + 30)
    with pytest.raises(Refusal, match=r"quota\.minute"):
        counters.admit(given, NOON + 59)
    counters.admit(given, NOON + 60)


def test_a_restart_remembers() -> None:
    records: list[TrailRecord] = [
        call(-3600), call(-30, nonce="n0nce-0001"), call(-20, "refused"), call(-10, "provider_failed"), call(-86400),
        CallOpened(call="half", at=at(-5), key="k", grant="id-G-1"),
    ]
    counters = Counters()
    counters.rebuild(records, NOON)
    assert counters.used["id-G-1"] == 4
    assert len(counters.minutes["id-G-1"]) == 3
    with pytest.raises(Refusal, match="replayed"):
        counters.spend("k", "n0nce-0001", NOON)
    counters.spend("other", "n0nce-0001", NOON)


def test_nonces_are_forgotten_only_past_the_window() -> None:
    counters = Counters()
    counters.spend("k", "n1", NOON)
    counters.spend("k", "n2", NOON + 600)
    assert len(counters.nonces) == 2
    counters.spend("k", "n3", NOON + 700)
    assert set(counters.nonces) == {"k n2", "k n3"}


def test_five_value_sets_a_key_and_day() -> None:
    counters = Counters()
    for number in range(5):
        counters.attempt("g", f"key.set{number}", NOON)
    counters.attempt("g", "key.set0", NOON)
    counters.attempt("g", "other.set9", NOON)
    with pytest.raises(Refusal, match="too_many_sets"):
        counters.attempt("g", "key.set5", NOON)
    again = Counters()
    again.rebuild([call(-100 + number, probe=f"key.set{number}") for number in range(5)], NOON)
    with pytest.raises(Refusal, match="too_many_sets"):
        again.attempt("id-G-1", "key.set5", NOON)
    again.attempt("id-G-1", "key.set5", NOON + 13 * 3600)


def test_a_run_of_misses_raises_one_alarm() -> None:
    counters = Counters()
    raised = [counters.judged("g", False) for _ in range(MISSES_TO_ALARM * 2)]
    assert [place for place, one in enumerate(raised, 1) if one] == [MISSES_TO_ALARM, MISSES_TO_ALARM * 2]
    assert not counters.judged("g", True) and counters.misses["g"] == 0


def test_the_bucket_for_unknown_callers() -> None:
    bucket = Bucket(3)
    assert [bucket.take(NOON) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(NOON + 20) and not bucket.take(NOON + 20)
