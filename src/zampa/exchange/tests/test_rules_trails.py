"""A trail segment: whole, signed for the right gateway, in its place; what it says of each call."""

import msgspec
import pytest

from zampa.contracts.calls import TRAIL_FORMAT, Call, CallClosed, CallOpened, Segment
from zampa.exchange.rules import trails as rules
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid

AT = "2026-11-23T01:02:03.000000Z"


def record(value) -> str:
    return msgspec.json.encode(value).decode()


RECORDS = (
    record(CallOpened(call="a", at=AT, grant="g")),
    record(Call(opened=CallOpened(call="b", at=AT), closed=CallClosed(call="b", at=AT, outcome="refused", status=403))),
    record(CallClosed(call="a", at=AT, outcome="answered", status=200, rows=3)),
)


def segment(records=RECORDS, **changes) -> Segment:
    made = {
        "format": TRAIL_FORMAT,
        "gateway": "gw",
        "epoch": "e1",
        "first": 0,
        "count": len(records),
        "root": "sha256:" + b64(rules.root_of(records)),
        "opened": AT,
        "closed": AT,
        "records": tuple(records),
    }
    return Segment(**{**made, **changes})


def test_a_whole_segment_passes_and_tells_its_calls():
    rules.check_segment(segment(), "gw")
    first, second = rules.calls_of(segment())
    assert (first.call, first.opened_at, first.closed_at, first.closed.rows) == ("a", 0, 2, 3)
    assert (second.call, second.opened_at, second.closed_at, second.closed.outcome) == ("b", 1, 1, "refused")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gateway": "other"}, "other_gateway"),
        ({"format": TRAIL_FORMAT + 1}, "format"),
        ({"count": 2}, "count"),
        ({"first": -1}, "count"),
        ({"root": b64(bytes(32))}, "root"),
        ({"records": (RECORDS[1], RECORDS[0], RECORDS[2])}, "root"),
        ({"records": (*RECORDS[:2], RECORDS[2].replace('"rows":3', '"rows":4'))}, "root"),
    ],
)
def test_a_changed_segment_is_refused(changes, code):
    with pytest.raises(NotValid) as caught:
        rules.check_segment(msgspec.structs.replace(segment(), **changes), "gw")
    assert caught.value.code == f"exchange.trail.{code}"


@pytest.mark.parametrize(
    ("first", "through", "answer"),
    [(0, None, "new"), (40, None, "new"), (5, 4, "new"), (0, 2, "known"), (2, 9, "known")],
)
def test_places(first, through, answer):
    assert rules.place(segment(first=first), through) == answer


@pytest.mark.parametrize(("first", "through"), [(6, 4), (1, 2)])
def test_a_gap_or_an_overlap_is_told_with_the_number_that_is_expected(first, through):
    with pytest.raises(Conflict) as caught:
        rules.place(segment(first=first), through)
    assert caught.value.params["expected"] == through + 1


def test_a_record_that_cannot_be_read_is_named_by_its_number():
    bad = (RECORDS[0], '{"type":"opened"}')
    with pytest.raises(NotValid) as caught:
        rules.calls_of(segment(records=bad, first=7))
    assert caught.value.params == {"number": 8}


def test_the_same_call_twice_is_refused():
    with pytest.raises(NotValid) as caught:
        rules.calls_of(segment(records=(RECORDS[0], RECORDS[0])))
    assert caught.value.code == "exchange.trail.call_twice"
