"""Whole movements between two real PostgreSQL databases, the pushed way and the streamed way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from stdnum.cn import ric

from zampa.connectors.postgresql.writing import PostgresqlWriter
from zampa.contracts.deliveries import DeliverySpec, Endpoint
from zampa.contracts.flowspecs import AllOf, Check, Comparison, GrantedField, Mask
from zampa.contracts.quality import Compare, Implies, Rule, Unique
from zampa.contracts.schemas import TableRef
from zampa.flows.pipeline import MoveResult, move
from zampa.flows.watching import BadRow, Progress
from zampa.ground.errors import Conflict, NotValid, Unavailable

KEY = bytes(32)
TODAY = date(2026, 6, 1)
ROWS = 500
ID_CHECK = Check(code="person.id_number", field="id_number", kind="id_number")
UNIQUE = Check(code="person.unique", field="id_number", kind="unique")
SHORT = Check(code="person.name", field="name", kind="max_length", params={"length": 6})
MASKED = Mask(kind="keep", first=1)


def endpoint(address: str) -> Endpoint:
    parts = urlsplit(address)
    return Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 0, database=parts.path[1:],
        user=parts.username or "", secret=parts.password or "",
    )


def number(index: int) -> str:
    body = f"540102{1950 + index % 60}0{index % 9 + 1}{index % 27 + 1:02}{index % 1000:03}"
    return body + ric.calc_check_digit(body + "0")


class Bridge:
    """Two ends and what was told on the way."""

    def __init__(self, source: str, destination: str) -> None:
        self.source_url, self.destination_url = source, destination
        self.bad: list[BadRow] = []
        self.told: list[Progress] = []

    def move(self, spec: DeliverySpec, **more: Any) -> MoveResult:
        return move(
            spec, endpoint(self.source_url), endpoint(self.destination_url), mask_key=KEY, salt=b"salt", today=TODAY,
            on_progress=self.told.append, on_bad_rows=self.bad.extend, **more,
        )

    def arrived(self, columns: str = "*") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.destination_url) as there:
            return there.execute(f'SELECT {columns} FROM landing.person ORDER BY 1').fetchall()

    def tables(self) -> list[str]:
        with psycopg.connect(self.destination_url) as there:
            rows = there.execute("SELECT relname FROM pg_class WHERE relnamespace = 'landing'::regnamespace").fetchall()
            return sorted(name for (name,) in rows)

    def at_source(self, statement: str, values: Any = None) -> None:
        with psycopg.connect(self.source_url, autocommit=True) as there:
            there.execute(statement, values)


@pytest.fixture
def bridge(provider_database: str, requester_database: str) -> Iterator[Bridge]:
    made = Bridge(provider_database, requester_database)
    made.at_source("DROP TABLE IF EXISTS person")
    made.at_source(
        "CREATE TABLE person (id bigint PRIMARY KEY, id_number varchar(18), name text, sex char(2), birth date,"
        " \"odd % name\" numeric(9,2), seen timestamptz, photo bytea, note jsonb)"
    )
    with psycopg.connect(provider_database, autocommit=True) as there, there.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO person VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (i, number(i), None if i == 7 else f"扎西\t{i}\\", "男", date(1950 + i % 60, 1, 9), i / 4,
                 "2026-01-01T00:00:00.5+08", bytes([i % 256, 0, 10]), '{"a": [1, "\\n"]}')
                for i in range(ROWS)
            ],
        )
    with psycopg.connect(requester_database, autocommit=True) as there:
        there.execute("DROP SCHEMA IF EXISTS landing CASCADE")
        there.execute("CREATE SCHEMA landing")
    yield made


COLUMNS = ("id", "id_number", "name", "sex", "birth", "odd % name", "seen", "photo", "note")


def spec(*, masks: dict[str, Mask] | None = None, **more: Any) -> DeliverySpec:
    fields = tuple(
        GrantedField(name=name, column=name, mask=(masks or {"name": MASKED}).get(name, Mask()), key=name == "id")
        for name in COLUMNS
    )
    return DeliverySpec(
        grant="g", resource="r", resource_name="人口", provider="p", requester="q", source_connection="s",
        fields=fields, source_table=TableRef(schema="public", name="person"), destination_connection="d",
        destination_table=TableRef(schema="landing", name="person"), **more,
    )


def test_the_pushed_way_moves_everything_exactly(bridge: Bridge) -> None:
    result = bridge.move(spec(checks=(ID_CHECK, UNIQUE)))
    assert (result.way, result.rows_read, result.rows_written, result.rows_bad) == ("pushed", ROWS, ROWS, 0)
    assert result.digest_sent == result.digest_stored and result.algorithm == "zampa-stream-1"
    with psycopg.connect(bridge.source_url) as there:
        expected = there.execute('SELECT id, id_number, sex::text, birth, "odd % name", seen, photo, note FROM person'
                                 " ORDER BY id").fetchall()
    assert bridge.arrived('id, id_number, sex, birth, "odd % name", seen, photo, note') == expected
    names = [name for (_, name) in bridge.arrived("id, name")]
    assert names[7] is None and names[12] == "扎" + "*" * 5
    assert [progress.phase for progress in bridge.told][-2:] == ["comparing", "swapping"]


def test_both_ways_give_the_same_rows_and_the_same_bad_rows(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge.at_source("UPDATE person SET id_number = '54010219500101001X' WHERE id IN (3, 4)")
    bridge.at_source("UPDATE person SET id_number = NULL WHERE id = 5")
    bridge.at_source("UPDATE person SET id_number = (SELECT id_number FROM person WHERE id = 8) WHERE id = 9")
    bridge.at_source("UPDATE person SET name = '一二三四五六七' WHERE id IN (4, 20)")
    wanted = spec(
        masks={"name": MASKED, "birth": Mask(kind="date", to="year"), "id_number": Mask(kind="keep", first=6)},
        checks=(ID_CHECK, SHORT, UNIQUE),
        row_filter=AllOf((Comparison(field="id", op="<", value="100"), Comparison(field="name", op="!=", value="x"))),
    )
    pushed = bridge.move(wanted)
    pushed_rows, pushed_bad = bridge.arrived(), bridge.bad
    bridge.bad = []
    monkeypatch.setattr("zampa.flows.pipeline.push", lambda plan, today: None)
    streamed = bridge.move(wanted)
    assert (pushed.way, streamed.way) == ("pushed", "streamed")
    assert bridge.arrived() == pushed_rows and len(pushed_rows) == 99 - 5  # 3, 4, 8, 9, 20; and 7 has no name
    assert (pushed.rows_read, pushed.rows_bad) == (streamed.rows_read, streamed.rows_bad) == (99, 5)
    assert {row.key["id"]: row.codes for row in pushed_bad} == {row.key["id"]: row.codes for row in bridge.bad} == {
        "3": ("person.id_number", "person.unique"), "4": ("person.id_number", "person.name", "person.unique"),
        "8": ("person.unique",), "9": ("person.unique",), "20": ("person.name",),
    }
    unmasked = {row.key["id"]: row.values["name"] for row in bridge.bad}
    assert unmasked["20"] == "一二三四五六七"
    assert {row.key["id"]: row.values for row in pushed_bad} == {
        row.key["id"]: {**row.values, "seen": "2025-12-31T16:00:00.5+00"} for row in bridge.bad
    }


SPAN = Rule(code="person.span", field="since", test=Compare("<=", "until"))
FEMALE = Rule(code="person.sex", test=Implies(Comparison(field="sex", op="=", value="女"),
                                              Comparison(field="name", op="starts", value="央")))


def test_rules_of_a_row_hold_rows_back_both_ways(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge.at_source("ALTER TABLE person ADD COLUMN since date, ADD COLUMN until date")
    bridge.at_source("UPDATE person SET since = '2026-01-02', until = '2026-01-02'")
    bridge.at_source("UPDATE person SET until = '2026-01-01' WHERE id IN (3, 4)")
    bridge.at_source("UPDATE person SET until = NULL WHERE id = 5")  # nothing to compare with: passes
    bridge.at_source("UPDATE person SET sex = '女' WHERE id IN (4, 6, 7)")
    bridge.at_source("UPDATE person SET name = '央金' WHERE id = 6")  # 7 has no name
    wanted = spec(rules=(SPAN, FEMALE))
    wanted = msgspec.structs.replace(wanted, fields=(
        *wanted.fields, GrantedField(name="起", column="since"), GrantedField(name="until", column="until")))
    pushed, found = bridge.move(wanted), bridge.bad
    arrived, bridge.bad = bridge.arrived(), []
    monkeypatch.setattr("zampa.flows.pipeline.push", lambda plan, today: None)
    streamed = bridge.move(wanted)
    assert (pushed.way, streamed.way) == ("pushed", "streamed") and bridge.arrived() == arrived
    expected = {"3": ("person.span",), "4": ("person.span", "person.sex"), "7": ("person.sex",)}
    assert {row.key["id"]: row.codes for row in found} == {row.key["id"]: row.codes for row in bridge.bad} == expected
    assert pushed.bad_by_code == streamed.bad_by_code == {"person.span": 2, "person.sex": 2}
    assert found[0].values["起"] == "2026-01-02" and len(arrived) == ROWS - 3


def test_values_that_may_not_occur_together_twice_are_held_back(bridge: Bridge) -> None:
    bridge.at_source("UPDATE person SET name = 'a', sex = '女' WHERE id IN (3, 4)")
    bridge.at_source("UPDATE person SET name = 'a', sex = '男' WHERE id = 5")
    bridge.at_source("UPDATE person SET name = NULL, sex = '女' WHERE id IN (8, 9)")
    once = Rule(code="person.once", field="name", test=Unique(("sex",)))
    result = bridge.move(spec(rules=(once,)))
    assert (result.way, result.rows_bad, result.rows_written) == ("streamed", 2, ROWS - 2)
    assert {row.key["id"] for row in bridge.bad} == {"3", "4"}


def test_a_rule_that_does_not_fit_the_source_stops_before_anything_moves(bridge: Bridge) -> None:
    with pytest.raises(NotValid, match=r"flows\.rule\.not_valid"):
        bridge.move(spec(rules=(Rule(code="c", field="birth", test=Compare("<", "name")),)))
    assert bridge.tables() == []


def test_a_keyed_hash_is_made_here_and_never_sent_to_the_source(bridge: Bridge) -> None:
    result = bridge.move(spec(masks={"id_number": Mask(kind="hash")}, checks=(ID_CHECK,)))
    assert result.way == "streamed" and result.rows_written == ROWS
    assert {len(value) for (value,) in bridge.arrived("id_number")} == {43}


def test_a_dropped_field_never_arrives(bridge: Bridge) -> None:
    bridge.move(spec(masks={"id_number": Mask(kind="drop")}, checks=(ID_CHECK,)))
    with pytest.raises(psycopg.errors.UndefinedColumn):
        bridge.arrived("id_number")


@pytest.mark.parametrize("mask", [Mask(kind="keep"), Mask(kind="hash")])
def test_limits_stop_before_anything_is_swapped_in(bridge: Bridge, mask: Mask) -> None:
    bridge.move(spec())
    before = bridge.arrived()
    bridge.at_source("UPDATE person SET id_number = 'x' || id WHERE id < 50")
    with pytest.raises(NotValid, match="too_many_bad_rows"):
        bridge.move(spec(masks={"name": mask}, checks=(ID_CHECK,), max_bad_rows=49))
    with pytest.raises(NotValid, match="too_great_a_bad_share"):
        bridge.move(spec(masks={"name": mask}, checks=(ID_CHECK,), max_bad_share_percent=9))
    assert bridge.arrived() == before and bridge.tables() == ["person"]
    allowed = spec(masks={"name": mask}, checks=(ID_CHECK,), max_bad_rows=50, max_bad_share_percent=10)
    assert bridge.move(allowed).rows_bad == 50


@pytest.mark.parametrize("mask", [Mask(kind="keep"), Mask(kind="hash")])
def test_cancelling_leaves_nothing(bridge: Bridge, mask: Mask) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(Conflict, match=r"flows\.cancelled"):
        bridge.move(spec(masks={"name": mask}), cancelled=cancelled)
    assert bridge.tables() == []


def test_digests_that_differ_stop_the_swap(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is lost in the staging table after it was written."""
    assert bridge.move(spec()).rows_written == ROWS
    stored = PostgresqlWriter.stored_stream

    def lossy(self: Any, digest: Any) -> Any:
        self._run(f'DELETE FROM landing."{self._staging.name}" WHERE id = 77')
        return stored(self, digest)

    monkeypatch.setattr(PostgresqlWriter, "stored_stream", lossy)
    with pytest.raises(Unavailable, match="digests_differ"):
        bridge.move(spec())
    assert len(bridge.arrived()) == ROWS


def test_a_column_that_vanished_is_named_and_nothing_is_touched(bridge: Bridge) -> None:
    bridge.at_source("ALTER TABLE person DROP COLUMN birth")
    with pytest.raises(NotValid) as refused:
        bridge.move(spec())
    assert refused.value.code == "connectors.missing_column"
    assert [fault.where for fault in refused.value.faults] == ["birth"] and bridge.tables() == []


def test_a_source_that_changes_between_the_passes_is_found_out(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zampa.flows.pipeline.push", lambda plan, today: None)
    changed: list[str] = []

    def tell(progress: Progress) -> None:
        if progress.phase == "moving" and not changed:
            changed.append("yes")
            bridge.at_source("UPDATE person SET id_number = 'new' WHERE id = 1")

    bridge.told = type("Teller", (), {"append": staticmethod(tell)})()  # type: ignore[assignment]
    with pytest.raises(Unavailable, match="source_changed"):
        bridge.move(spec(checks=(UNIQUE,)))
    assert bridge.tables() == []


def test_a_region_that_cannot_be_cut_goes_to_quarantine(bridge: Bridge) -> None:
    bridge.at_source("UPDATE person SET name = '540102' || id")
    bridge.at_source("UPDATE person SET name = '拉萨' WHERE id = 11")
    result = bridge.move(spec(masks={"name": Mask(kind="region", to="county")}))
    assert result.way == "pushed" and result.bad_by_code == {"flows.mask.unreadable": 1}
    assert bridge.arrived("id, name")[3] == (3, "5401020")
