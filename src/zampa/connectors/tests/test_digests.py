"""The content digest against a plain reading of its definition, and against what must change it."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.connectors.digests import RowDigest, StreamDigest
from zampa.connectors.shapes import arrow_schema
from zampa.contracts.schemas import Field, TableRef, TableSchema

FIELDS = (
    Field(name="编号", type="integer"), Field(name="名", type="text"),
    Field(name="额", type="decimal", precision=12, scale=2), Field(name="日", type="date"),
    Field(name="时", type="timestamptz"), Field(name="真", type="boolean"), Field(name="原", type="binary"),
    Field(name="刻", type="time"), Field(name="无限", type="decimal"),
)
SCHEMA = TableSchema(table=TableRef(name="t"), fields=FIELDS)
ROWS: list[tuple[object, ...]] = [
    (1, "扎西", Decimal("1.50"), date(2024, 2, 29), datetime(2024, 1, 1, tzinfo=UTC), True, b"\x00", time(0, 0, 1),
     "1.500"),
    (2, "", Decimal("-0.10"), date(1, 1, 1), None, False, b"", None, "-0.0"),
    (2, None, Decimal("100.00"), None, None, None, None, None, "100"),
]
CANONICAL = [
    b"1:1,6:" + "扎西".encode() + b",3:1.5,5:19782,16:1704067200000000,1:1,1:\x00,7:1000000,3:1.5,",
    b"1:2,0:,4:-0.1,7:-719162,-,1:0,0:,-,1:0,",
    b"1:2,-,3:100,-,-,-,-,-,3:100,",
]


def batch(rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    wanted = arrow_schema(SCHEMA)
    columns = zip(*rows, strict=True) if rows else [[] for _ in FIELDS]
    arrays = [pa.array(list(values), field.type) for values, field in zip(columns, wanted, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def digest(rows: list[tuple[object, ...]], salt: bytes = b"") -> str:
    made = RowDigest(SCHEMA, salt=salt)
    made.update(batch(rows))
    return made.digest().value


def test_the_definition_by_hand() -> None:
    total = sum(int.from_bytes(hashlib.sha256(b"salt" + row).digest(), "big") for row in CANONICAL) % 2**256
    facts = {"fields": [field.name for field in FIELDS], "rows": 3, "sum": f"{total:064x}"}
    said = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    expected = base64.urlsafe_b64encode(hashlib.sha256(said).digest()).rstrip(b"=").decode()
    assert digest(ROWS, b"salt") == expected


def test_order_and_cut_do_not_matter() -> None:
    many = [(number, f"n{number % 7}", None, None, None, None, None, None, None) for number in range(500)]
    shuffled = many[:]
    random.Random(5).shuffle(shuffled)
    pieces = RowDigest(SCHEMA)
    for start in range(0, 500, 37):
        pieces.update(batch(shuffled[start : start + 37]))
    assert pieces.digest().value == digest(many)


def test_a_doubled_row_a_lost_row_and_another_salt_show() -> None:
    found = {digest(ROWS), digest([*ROWS, ROWS[0]]), digest([*ROWS, ROWS[0], ROWS[0]]), digest(ROWS[:2]), digest([]),
             digest(ROWS, b"other")}
    assert len(found) == 6


def test_folding_makes_empty_and_null_one() -> None:
    field = (Field(name="a", type="text"),)
    schema = TableSchema(table=TableRef(name="t"), fields=field)
    values = []
    for fold in (True, False):
        for text in ("", None):
            made = RowDigest(schema, fold_empty=fold)
            made.update(pa.RecordBatch.from_arrays([pa.array([text], pa.string())], names=["a"]))
            values.append(made.digest().value)
    assert values[0] == values[1] == values[3] != values[2]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text()), max_size=4), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_different_rows_have_different_digests(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    schema = TableSchema(table=TableRef(name="t"), fields=(Field(name="a", type="text"), Field(name="b", type="text")))

    def of(rows: list[tuple[str, str]]) -> str:
        made = RowDigest(schema)
        made.update(pa.RecordBatch.from_arrays([pa.array([row[at] for row in rows], pa.string()) for at in (0, 1)],
                                               names=["a", "b"]))
        return made.digest().value

    assert (of(one) == of(other)) == (sorted(one) == sorted(other))


def test_doubles_by_their_bits() -> None:
    schema = TableSchema(table=TableRef(name="t"), fields=(Field(name="f", type="double"),))

    def of(value: float) -> str:
        made = RowDigest(schema)
        made.update(pa.RecordBatch.from_arrays([pa.array([value])], names=["f"]))
        return made.digest().value

    assert of(0.1 + 0.2) != of(0.3)
    assert of(-0.0) == of(0.0)
    assert of(float("nan")) == of(-float("nan")) != of(float("inf"))


def test_a_stream_is_its_bytes() -> None:
    one, other = StreamDigest(salt=b"s"), StreamDigest(salt=b"s")
    one.update(b"a\tb\n")
    one.update(b"c\td\n")
    other.update(b"a\tb\nc\td\n")
    assert one.digest(2) == other.digest(2)
    assert one.digest(2) != StreamDigest().digest(2)
