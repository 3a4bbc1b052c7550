"""Movements between engines that are not both PostgreSQL: files in, files out, types declared where none are stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import DeliverySpec, Endpoint, Mark
from zampa.contracts.flowspecs import Check, Comparison, GrantedField, Mask
from zampa.contracts.schemas import DataType, TableRef
from zampa.flows.pipeline import MoveResult, move
from zampa.flows.tests.test_pipeline import endpoint
from zampa.flows.watching import BadRow

HERE = AddressPolicy(allow_loopback=True)
MARK = Mark(requester="人社厅", grant="SQ-1", delivery="JF-1", issued="2026-11-23T02:00:00Z")
STATIONS = "区站号,站名,海拔,建站日期,类型\n55591,拉萨,3650.1,1951-01-01,A\n55228,狮泉河,4280.3,1961-05-01,A\n"
TYPES: dict[str, DataType] = {
    "区站号": "integer", "站名": "text", "海拔": "decimal", "建站日期": "date", "类型": "text",
}


def fields(**masks: Mask) -> tuple[GrantedField, ...]:
    return tuple(GrantedField(name=n, column=n, type=t, mask=masks.get(n, Mask())) for n, t in TYPES.items())


def spec(source: TableRef, target: TableRef, **more: Any) -> DeliverySpec:
    plain = {"fields": fields(), "mark": MARK, **more}
    return DeliverySpec(
        grant="g", resource="r", resource_name="气象站", provider="p", requester="q", source_connection="s",
        source_table=source, destination_table=target, **plain,
    )


@pytest.fixture
def csv_source(tmp_path: Path) -> Endpoint:
    (tmp_path / "in").mkdir()
    return Endpoint(engine="csv", folder=str(tmp_path / "in"))


def put(source: Endpoint, text: str) -> TableRef:
    (Path(source.folder) / "stations.csv").write_text(text, encoding="utf-8")
    (found,) = connector("csv", HERE).tables(source)
    return found


@pytest.fixture
def database(requester_database: str) -> str:
    with psycopg.connect(requester_database, autocommit=True) as there:
        there.execute("DROP SCHEMA IF EXISTS landing CASCADE")
        there.execute("CREATE SCHEMA landing")
    return requester_database


def arrived(database: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as there:
        return there.execute("SELECT * FROM landing.stations ORDER BY 1").fetchall()


def carried(source: Endpoint, database: str, told: DeliverySpec) -> tuple[MoveResult, list[BadRow]]:
    bad: list[BadRow] = []
    result = move(told, source, endpoint(database), mask_key=bytes(32), on_bad_rows=bad.extend, policy=HERE)
    return result, bad


TARGET = TableRef(schema="landing", name="stations")


def test_text_of_a_file_becomes_the_types_the_catalogue_declares(csv_source: Endpoint, database: str) -> None:
    result, _ = carried(csv_source, database, spec(put(csv_source, STATIONS), TARGET))
    assert result.rows_written == 2 and result.digest_sent == result.digest_stored
    rows = arrived(database)
    assert rows[1][0] == 55591 and rows[1][3] == date(1951, 1, 1) and str(rows[1][2]) == "3650.1"


def test_a_cell_of_another_type_is_kept_back_and_an_empty_one_is_null(csv_source: Endpoint, database: str) -> None:
    table = put(csv_source, STATIONS + "x,改则,4415.9,1972-02-30,B\n55472,申扎,,,B\n")
    result, bad = carried(csv_source, database, spec(table, TARGET))
    assert (result.rows_written, result.rows_bad) == (3, 1)
    assert bad[0].codes == ("flows.value.unreadable", "flows.value.unreadable") and bad[0].values["站名"] == "改则"
    assert arrived(database)[1][2:4] == (None, None)


def test_numbers_in_a_file_are_filtered_and_checked_as_numbers(csv_source: Endpoint, database: str) -> None:
    table = put(csv_source, STATIONS + "9999,低站,900,1990-01-01,B\n")
    told = spec(
        table, TARGET, row_filter=Comparison(field="海拔", op=">", value="1000"),
        checks=(Check(code="high", field="海拔", kind="between", params={"high": "4000"}),),
    )
    result, bad = carried(csv_source, database, told)
    assert (result.rows_read, result.rows_written) == (2, 1)
    assert [row.values["站名"] for row in bad] == ["狮泉河"]


def test_duplicates_in_a_file(csv_source: Endpoint, database: str) -> None:
    table = put(csv_source, STATIONS + "55591,又一个拉萨,1,2000-01-01,B\n")
    checks = tuple(Check(code="unique", field=name, kind="unique") for name in ("区站号", "站名"))
    result, bad = carried(csv_source, database, spec(table, TARGET, checks=checks))
    assert (result.rows_written, result.rows_bad) == (1, 2)
    assert {row.codes for row in bad} == {("unique:区站号",)} and result.bad_by_code == {"unique:区站号": 2}


@pytest.mark.parametrize("engine", ["csv", "xlsx", "parquet"])
def test_out_into_every_file_and_in_again(csv_source: Endpoint, tmp_path: Path, engine: Any) -> None:
    folder = tmp_path / engine
    folder.mkdir()
    out = Endpoint(engine=engine, folder=str(folder))
    target = TableRef(name=f"stations.{engine}", kind="file")
    table = put(csv_source, STATIONS)
    told = spec(table, target, fields=fields(站名=Mask(kind="keep", first=1), 建站日期=Mask(kind="date", to="year")))
    result = move(told, csv_source, out, policy=HERE)
    assert result.rows_written == 2 and result.digest_sent == result.digest_stored
    reader = connector(engine, HERE)
    (found,) = [ref for ref in reader.tables(out) if ref.name.startswith("stations")]
    rows = [row for batch in reader.read(out, found) for row in batch.to_pylist()]
    assert [row["站名"] for row in rows] == ["拉*", "狮**"]
    assert str(rows[0]["建站日期"]).startswith("1951-01-01") and int(rows[0]["区站号"]) == 55591


def test_a_refused_file_leaves_no_file(csv_source: Endpoint, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    told = spec(
        put(csv_source, STATIONS), TableRef(name="stations.csv", kind="file"), max_bad_rows=0,
        checks=(Check(code="c", field="类型", kind="one_of", params={"values": ["B"]}),),
    )
    with pytest.raises(Exception, match="too_many_bad_rows"):
        move(told, csv_source, Endpoint(engine="csv", folder=str(folder)), policy=HERE)
    assert list(folder.iterdir()) == []
