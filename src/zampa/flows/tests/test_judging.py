"""Sets of rules on real tables: a PostgreSQL table, another beside it, and a CSV file that states no types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from stdnum.cn import ric

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Comparison
from zampa.contracts.quality import (
    Between,
    Compare,
    Counts,
    Credit,
    Fresh,
    Implies,
    InList,
    Matches,
    MaxLength,
    NotNull,
    OneOf,
    Refers,
    Resident,
    Rule,
    Unique,
)
from zampa.contracts.schemas import TableRef
from zampa.flows.judging import Judged, Ruling, Table, judge
from zampa.ground.errors import Conflict

TODAY = date(2026, 6, 1)
HERE = AddressPolicy(allow_loopback=True)
ROWS = 400
NAMES = {"编号": "id", "公民身份号码": "id_number", "姓名": "name", "性别": "sex", "起始": "since", "终止": "until",
         "状态": "state", "更新": "seen"}


def number(index: int) -> str:
    body = f"542300{1950 + index % 60}0{index % 9 + 1}{index % 27 + 1:02}{index % 1000:03}"
    return body + ric.calc_check_digit(body + "0")


@pytest.fixture
def tables(provider_database: str) -> Iterator[tuple[Table, Table]]:
    """400 people, some of them wrong on purpose, and a register that knows the first 350 of them."""
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE IF EXISTS judged, known")
        there.execute(
            "CREATE TABLE judged (id bigint PRIMARY KEY, id_number varchar(18), name text, sex char(1), since date,"
            " until date, state text, seen timestamptz)"
        )
        there.execute("CREATE TABLE known (number text, state varchar(9))")
        with there.cursor() as cursor, cursor.copy("COPY judged FROM STDIN") as copy:
            for index in range(ROWS):
                copy.write_row((
                    index, None if index == 7 else number(0 if index == 399 else index),
                    "扎西" if index % 100 else None, "3" if index == 5 else "12"[index % 2], "2020-01-01",
                    "2019-12-31" if index in (8, 9) else None if index == 10 else "2021-01-01",
                    "注销" if index in (10, 11) else "正常", f"2026-05-2{index % 9}T22:00:00Z",
                ))
        with there.cursor() as cursor, cursor.copy("COPY known FROM STDIN") as copy:
            for index in range(350):
                copy.write_row((number(index), "注销" if index in (11, 12) else "正常"))
    parts = urlsplit(provider_database)
    endpoint = Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 0, database=parts.path[1:],
        user=parts.username or "", secret=parts.password or "",
    )
    reader = connector("postgresql", HERE)
    yield (
        Table(reader, endpoint, TableRef(name="judged", schema="public"), NAMES),
        Table(reader, endpoint, TableRef(name="known", schema="public"), {"号码": "number", "状态": "state"}),
    )
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE judged, known")


def by_code(judged: Judged) -> dict[str, Ruling]:
    return {ruling.code: ruling for ruling in judged.rulings}


def test_rules_of_a_row_count_what_they_judge_and_what_fails(tables: tuple[Table, Table]) -> None:
    gone = Comparison(field="终止", op="is_null", value="false")
    judged = judge(tables[0], [
        Rule(code="name", field="姓名", test=NotNull()), Rule(code="number", field="公民身份号码", test=Resident()),
        Rule(code="credit", field="公民身份号码", test=Credit()),
        Rule(code="sex", field="性别", test=OneOf(("1", "2"))),
        Rule(code="list", field="性别", test=OneOf(tuple(str(one) for one in range(3, 90)))),
        Rule(code="order", field="起始", test=Compare("<=", "终止")),
        Rule(code="closed", test=Implies(Comparison(field="状态", op="=", value="注销"), gone)),
        Rule(code="length", field="编号", test=MaxLength(2)), Rule(code="range", field="编号", test=Between("", "390")),
    ], today=TODAY)
    found = {code: (one.checked, one.failed, one.problem) for code, one in by_code(judged).items()}
    assert judged.rows == ROWS
    assert found == {
        "name": (400, 4, ""), "number": (399, 0, ""), "credit": (399, 386, ""), "sex": (400, 1, ""),
        "list": (400, 399, ""), "order": (399, 2, ""), "closed": (2, 1, ""), "length": (400, 300, ""),
        "range": (400, 9, ""),
    }
    assert by_code(judged)["sex"].sample == [{"编号": "5", "性别": "3"}]
    assert sorted(row["编号"] or "" for row in by_code(judged)["order"].sample) == ["8", "9"]
    assert len(by_code(judged)["credit"].sample) == 20 and len(by_code(judged)["length"].sample) == 20


def test_rules_of_the_whole_table_and_of_two(tables: tuple[Table, Table]) -> None:
    people, known = tables
    judged = judge(people, [
        Rule(code="unique", field="公民身份号码", test=Unique()),
        Rule(code="pair", field="公民身份号码", test=Unique(("编号",))),
        Rule(code="refers", field="公民身份号码", test=Refers("register", "号码")),
        Rule(code="matches", field="状态", test=Matches("register", ("公民身份号码", "号码"), "状态")),
        Rule(code="counts", test=Counts("register")), Rule(code="about", test=Counts("register", 20)),
        Rule(code="fresh", field="更新", test=Fresh(2)), Rule(code="cycle", field="更新", test=Fresh()),
    ], others={"register": known}, today=TODAY, cycle_days=10)
    found = by_code(judged)
    counts = {code: (one.checked, one.failed) for code, one in found.items()}
    assert counts == {
        "unique": (399, 2), "pair": (399, 0), "refers": (399, 49), "matches": (350, 2), "counts": (1, 1),
        "about": (1, 0), "fresh": (1, 1), "cycle": (1, 0),
    }
    assert {row["编号"] for row in found["unique"].sample} == {"0", "399"}
    assert {row["编号"] for row in found["matches"].sample} == {"10", "12"}
    assert all(int(row["编号"] or 0) >= 350 for row in found["refers"].sample) and len(found["refers"].sample) == 20
    assert found["counts"].measured == {"there": 350, "here": 400}
    assert found["fresh"].measured == {"limit": 2, "days": 3}  # 22:00 UTC on the 28th is the 29th here
    assert not any(one.problem for one in judged.rulings)


def test_a_rule_that_cannot_be_carried_out_says_why_and_stops_no_other(tables: tuple[Table, Table]) -> None:
    people = replace(tables[0], names={**NAMES, "丢失": "gone"})
    far = replace(tables[1], ref=TableRef(name="nowhere", schema="public"))
    judged = judge(people, [
        Rule(code="gone", field="丢失", test=NotNull()), Rule(code="unknown", field="没有", test=NotNull()),
        Rule(code="list", field="性别", test=InList("sex")), Rule(code="other", field="性别", test=Refers("x", "号码")),
        Rule(code="far", field="性别", test=Refers("far", "号码")), Rule(code="cycle", field="更新", test=Fresh()),
        Rule(code="unlike", field="编号", test=Compare("=", "姓名")), Rule(code="name", field="姓名", test=NotNull()),
    ], others={"far": far}, today=TODAY)
    assert {one.code: one.problem for one in judged.rulings} == {
        "gone": "flows.rule.missing_column", "unknown": "flows.rule.unknown_field",
        "list": "flows.rule.unresolved_list", "other": "flows.rule.other_not_usable",
        "far": "connectors.no_such_table", "cycle": "flows.rule.no_cycle", "unlike": "flows.rule.not_comparable",
        "name": "",
    }
    assert by_code(judged)["name"].failed == 4


def test_it_stops_when_asked(tables: tuple[Table, Table]) -> None:
    with pytest.raises(Conflict) as caught:
        judge(tables[0], [Rule(code="name", field="姓名", test=NotNull())], cancelled=lambda: True)
    assert caught.value.code == "flows.cancelled"


def test_an_untyped_file_is_judged_by_its_declared_types(tmp_path: Path) -> None:
    lines = ["no,from,to,amount,seen", "1,2020-01-01,2020-02-01,10,20260530", "2,2020-01-09,2020-01-08,9,20260101",
             "3,2020-01-01,,x,", "4,not a day,2020-01-01,10.5,"]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    reader = connector("csv", HERE)
    table = Table(
        reader, Endpoint(engine="csv", folder=str(tmp_path)), TableRef(name="a.csv", kind="file"),
        {name: name for name in ("no", "from", "to", "amount", "seen")}, {"from": "date", "to": "date",
                                                                         "amount": "decimal"}, ("no",),
    )
    found = by_code(judge(table, [
        Rule(code="order", field="from", test=Compare("<=", "to")),
        Rule(code="range", field="amount", test=Between("9.5")), Rule(code="fresh", field="seen", test=Fresh(5)),
    ], today=TODAY))
    assert {row["no"] for row in found["order"].sample} == {"2", "4"}
    assert {row["no"] for row in found["range"].sample} == {"2", "3"}
    assert found["fresh"].measured == {"limit": 5, "days": 2} and not found["fresh"].failed
