"""The five elements, the moves of a request, its clock and its number."""

from dataclasses import replace
from datetime import date

import pytest

from zampa.exchange.rules import requests as rules
from zampa.ground.errors import Conflict

TODAY = date(2026, 11, 23)
WHOLE = rules.Asked(
    basis="《社会保险法》第七十四条",
    scenario="养老待遇领取资格认证",
    scope="全区在领人员",
    ways=("query", "verify"),
    starts_on=date(2026, 12, 1),
    ends_on=date(2027, 11, 30),
    items=(rules.AskedItem("p1", "公民身份号码", "匹配", True), rules.AskedItem("p2", "姓名", "比对")),
    calls_per_day=20000,
    has_system=True,
)


def codes(asked: rules.Asked) -> list[tuple[str, str]]:
    return [(fault.where, fault.code.removeprefix("exchange.request.")) for fault in rules.faults_of(asked, TODAY)]


def test_a_whole_request_has_no_faults():
    assert codes(WHOLE) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"basis": "  "}, ("basis", "missing_basis")),
        ({"scenario": "查"}, ("scenario", "missing_scenario")),
        ({"scope": ""}, ("scope", "missing_scope")),
        ({"ways": ()}, ("ways", "missing_ways")),
        ({"starts_on": None}, ("starts_on", "missing_starts_on")),
        ({"ends_on": date(2026, 11, 30)}, ("ends_on", "ends_before_start")),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 11, 22)}, ("ends_on", "ends_in_past")),
        ({"ends_on": date(2036, 1, 1)}, ("ends_on", "too_long")),
        ({"items": ()}, ("items", "missing_items")),
        ({"has_system": False}, ("system", "missing_system")),
        ({"calls_per_day": 0}, ("calls_per_day", "missing_calls")),
        ({"ways": ("pass",)}, ("ways", "pass_needs_service")),
        ({"source": "http"}, ("ways", "service_passes_only")),
        ({"items": (rules.AskedItem("p2", "姓名", "比对"),)}, ("items", "verify_needs_key")),
        ({"items": (rules.AskedItem("p1", "号码", "匹配", True),)}, ("items", "verify_needs_field")),
        ({"ways": ("table",), "destination_table": "t"}, ("destination", "missing_destination")),
        ({"ways": ("table",), "has_destination": True}, ("destination_table", "missing_destination_table")),
        ({"ways": ("file",)}, ("file_format", "missing_file_format")),
        ({"ways": ("file",), "file_format": "exe"}, ("file_format", "missing_file_format")),
    ],
)
def test_one_thing_missing_is_one_fault_at_its_field(change, expected):
    assert codes(replace(WHOLE, **change)) == [expected]


def test_an_item_without_purpose_or_not_shared_is_named():
    items = (rules.AskedItem("p1", "号码", "", True), rules.AskedItem("p2", "民族", "统计", sharing="none"))
    assert codes(replace(WHOLE, items=items)) == [("p1", "missing_purpose"), ("p2", "item_not_shared")]


def test_everything_missing_is_told_at_once():
    empty = rules.Asked("", "", "", (), None, None, ())
    assert {where for where, _ in codes(empty)} == {
        "basis",
        "scenario",
        "scope",
        "ways",
        "starts_on",
        "ends_on",
        "items",
    }


@pytest.mark.parametrize(
    ("act", "state", "after"),
    [
        ("submit", "draft", "submitted"),
        ("submit", "returned", "submitted"),
        ("send_back", "submitted", "draft"),
        ("sign", "submitted", "signed"),
        ("opine", "signed", "under_review"),
        ("return", "under_review", "returned"),
        ("grant", "signed", "granted"),
        ("refuse", "under_review", "refused"),
        ("withdraw", "returned", "withdrawn"),
        ("edit", "draft", "draft"),
    ],
)
def test_moves(act, state, after):
    assert rules.next_state(act, state) == after


@pytest.mark.parametrize("act", sorted(rules.MOVES))
@pytest.mark.parametrize("state", ["granted", "refused", "withdrawn"])
def test_an_ended_request_moves_no_more(act, state):
    with pytest.raises(Conflict) as caught:
        rules.next_state(act, state)
    assert caught.value.params == {"act": act, "state": state}


def test_nothing_is_decided_before_the_requesters_head_signed():
    for act in ("grant", "refuse", "return", "opine"):
        for state in ("draft", "submitted", "returned"):
            with pytest.raises(Conflict):
                rules.next_state(act, state)


@pytest.mark.parametrize(
    ("resource", "items", "sharing", "clock"),
    [
        ("unconditional", ["unconditional"], "unconditional", "reply_unconditional"),
        ("unconditional", ["unconditional", "conditional"], "conditional", "reply_conditional"),
        ("conditional", ["unconditional"], "conditional", "reply_conditional"),
    ],
)
def test_a_request_is_as_strict_as_its_strictest_item(resource, items, sharing, clock):
    assert rules.sharing_of(resource, items) == sharing
    assert rules.clock_of(sharing) == clock


def test_numbers():
    assert rules.spell_number("R", 2026, 1) == "R-2026-0001"
    assert rules.spell_number("G", 2026, 12345) == "G-2026-12345"
