"""What a grant may say: every item decided, never more than asked, nothing the source cannot carry out."""

from dataclasses import replace
from datetime import date

import pytest

from zampa.contracts.flowspecs import Mask
from zampa.exchange.rules import grants as rules
from zampa.exchange.rules.grants import GrantTerms, ItemDecision

TODAY = date(2026, 11, 23)
OFFERED = rules.Offered(
    items=(("1", "公民身份号码", True), ("2", "姓名", False), ("3", "民族", False)),
    ways=("query", "verify"),
    ends_on=date(2027, 12, 14),
    calls_per_day=20000,
    source="table",
    all_items=5,
)
TERMS = GrantTerms(date(2026, 12, 15), date(2027, 12, 14), quota_per_day=20000)
YES = [
    ItemDecision("1", "yes", Mask(kind="drop")),
    ItemDecision("2", "yes"),
    ItemDecision("3", "no", reason="超出必要"),
]


def codes(faults):
    return [(fault.where, fault.code.removeprefix("exchange.grant.")) for fault in faults]


def test_a_whole_decision_has_no_faults():
    assert rules.decision_faults(OFFERED, YES) == []
    assert rules.term_faults(OFFERED, TERMS, TODAY) == []
    assert rules.source_faults(OFFERED, YES, True) == []


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (YES[:2], [("verdict_3", "item_undecided")]),
        ([*YES[:2], ItemDecision("3", "no")], [("reason_3", "item_reason")]),
        ([*YES, ItemDecision("9", "yes")], [("items", "unknown_item")]),
        ([ItemDecision(item, "no", reason="无依据") for item in "123"], [("items", "nothing_granted")]),
        ([*YES[:2], ItemDecision("3", "perhaps")], [("verdict_3", "item_undecided")]),
    ],
)
def test_every_item_has_one_word_and_a_no_its_reason(decisions, expected):
    assert codes(rules.decision_faults(OFFERED, decisions)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ends_on": date(2027, 12, 15)}, ("ends_on", "longer_than_asked")),
        ({"ends_on": date(2026, 12, 14)}, ("ends_on", "ends_before_start")),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 11, 22)}, ("ends_on", "ends_in_past")),
        ({"quota_per_day": 0}, ("quota_per_day", "missing_quota")),
        ({"quota_per_day": 20001}, ("quota_per_day", "more_than_asked")),
    ],
)
def test_a_grant_never_gives_more_than_was_asked(change, expected):
    assert codes(rules.term_faults(OFFERED, replace(TERMS, **change), TODAY)) == [expected]


def test_a_table_delivery_needs_no_quota():
    offered = replace(OFFERED, ways=("table",), calls_per_day=0)
    assert rules.term_faults(offered, replace(TERMS, quota_per_day=0), TODAY) == []


HTTP = replace(OFFERED, ways=("pass",), source="http", all_items=3)
ALL = [ItemDecision(item, "yes") for item in "123"]


@pytest.mark.parametrize(
    ("offered", "decisions", "filtered", "expected"),
    [
        (replace(HTTP, source=""), ALL, False, [("items", "nothing_attached")]),
        (HTTP, ALL, False, []),
        (HTTP, ALL, True, [("row_filter", "filter_not_applicable")]),
        (HTTP, YES, False, [("items", "pass_whole_only")]),
        (HTTP, [*ALL[:2], ItemDecision("3", "yes", Mask(kind="hash"))], False, [("items", "pass_whole_only")]),
        (
            replace(HTTP, response="json", paths=frozenset("1")),
            YES,
            False,
            [("verdict_2", "item_without_path")],
        ),
        (replace(HTTP, response="json", paths=frozenset("12")), YES, False, []),
        (
            replace(HTTP, response="json", paths=frozenset("12")),
            YES,
            True,
            [("row_filter", "filter_not_applicable")],
        ),
        (
            OFFERED,
            [ItemDecision("1", "no", reason="不提供"), ItemDecision("2", "yes"), YES[2]],
            False,
            [("items", "verify_needs_key")],
        ),
    ],
)
def test_what_the_source_cannot_carry_out_is_refused_at_grant_time(offered, decisions, filtered, expected):
    assert codes(rules.source_faults(offered, decisions, filtered)) == expected


@pytest.mark.parametrize(
    ("ways", "kinds"),
    [
        (["query", "verify", "pass"], ["api"]),
        (["verify", "table", "file"], ["api", "table", "file"]),
        (["file"], ["file"]),
    ],
)
def test_first_deliveries(ways, kinds):
    assert rules.delivery_kinds(ways) == kinds
