import time
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zampa.ground.clock import iso, parse_iso
from zampa.ground.digests import b64, canonical, unb64
from zampa.ground.errors import Fault, NotAllowed, NotValid, Unavailable
from zampa.ground.ids import new_id


def test_ids_are_version_7_distinct_and_in_order():
    first = new_id()
    time.sleep(0.002)
    many = [new_id() for _ in range(1000)]
    assert first.version == 7 and first.variant == uuid.RFC_4122
    assert len({*many, first}) == 1001 and first < min(many)


@given(st.binary(max_size=80))
def test_base64url_there_and_back(data):
    assert unb64(b64(data)) == data and "=" not in b64(data)


@given(st.dictionaries(st.text(max_size=5), st.integers(-(2**53), 2**53) | st.text() | st.none() | st.booleans()))
def test_canonical_does_not_depend_on_order(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_floats_are_never_hashed():
    with pytest.raises(TypeError):
        canonical({"share": [1, {"x": 0.1}]})


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)))
def test_moments_there_and_back(moment):
    aware = moment.replace(tzinfo=timezone(timedelta(hours=8)))
    assert parse_iso(iso(aware)) == aware
    assert iso(aware).endswith("Z")


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        parse_iso("2026-11-23T10:00:00")


def test_errors_carry_code_and_faults_not_sentences():
    error = NotValid("x.y", faults=[Fault("B7", "x.cell", {"limit": 3})], limit=3)
    assert (error.code, error.params, error.faults[0].where) == ("x.y", {"limit": 3}, "B7")
    assert str(error) == "x.y(limit=3)"
    assert (NotAllowed("a").status, Unavailable("b").status, datetime.now(UTC).tzinfo) == (403, 503, UTC)
