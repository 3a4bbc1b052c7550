"""All or nothing: staging, swap, abort, and never a finger on what Zampa did not make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.conformance.conftest import DATABASES, FILES, POLICY, Place
from tests.conformance.rows import people, whole
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.schemas import Field, TableRef, TableSchema
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid

MARK = Mark(requester="统计局", grant="G-2026-001", delivery="D-1", issued="2026-11-23T00:00:00Z")


def test_nothing_stands_under_the_name_before_commit(place: Place) -> None:
    schema, rows = people(place.ref())
    with place.connector.open_writer(place.endpoint, schema, MARK) as writer:
        writer.write(rows)
        assert schema.table.name not in place.names()
        writer.commit()
    assert schema.table.name in place.names()
    assert place.connector.count(place.endpoint, schema.table) == rows.num_rows
    leftovers = {name for name in place.names() if "zampa_staging" in name or name.startswith(".")}
    assert leftovers == set()


@pytest.mark.parametrize("way", ["abort", "leave", "error"])
def test_abort_leaves_nothing(place: Place, way: str) -> None:
    schema, rows = people(place.ref())
    writer = place.connector.open_writer(place.endpoint, schema, MARK)
    writer.write(rows)
    if way == "abort":
        writer.abort()
        writer.abort()
    elif way == "leave":
        with writer:
            pass
    else:
        with pytest.raises(RuntimeError), writer:
            raise RuntimeError
    assert place.names() == set()


def test_a_second_delivery_replaces_the_first(place: Place) -> None:
    for count in (5, 3):
        schema, rows = people(place.ref(), count)
        with place.connector.open_writer(place.endpoint, schema, MARK) as writer:
            writer.write(rows)
            writer.commit()
        assert place.connector.count(place.endpoint, schema.table) == count


def test_an_aborted_second_delivery_keeps_the_first(place: Place) -> None:
    schema, rows = people(place.ref(), 5)
    with place.connector.open_writer(place.endpoint, schema, MARK) as writer:
        writer.write(rows)
        writer.commit()
    before = place.names()
    with place.connector.open_writer(place.endpoint, schema, MARK) as writer:
        writer.write(rows.slice(0, 1))
    assert place.names() == before
    assert place.connector.count(place.endpoint, schema.table) == 5


def test_a_table_of_somebody_else_is_refused_and_untouched(place: Place) -> None:
    schema, _ = people(place.ref("theirs"))
    if place.engine in DATABASES:
        where = "received.theirs" if place.engine == "postgresql" else "theirs"
        place.run(f"CREATE TABLE {where} (id int)")
        place.run(f"INSERT INTO {where} VALUES (7)")
    else:
        with open(f"{place.endpoint.folder}/{schema.table.name}", "wb") as stream:
            stream.write(b"id\n7\n")
    with pytest.raises(Conflict) as failure:
        place.connector.open_writer(place.endpoint, schema, MARK)
    assert failure.value.code in ("connectors.foreign_table", "connectors.foreign_file")
    assert place.names() == {schema.table.name}
    if place.engine in DATABASES:
        assert [int(str(row[0])) for row in place.run(f"SELECT * FROM {where}")] == [7]


def test_a_table_that_appears_during_the_load_is_not_replaced(place: Place) -> None:
    schema, rows = people(place.ref("late"))
    with pytest.raises(Conflict), place.connector.open_writer(place.endpoint, schema, MARK) as writer:
        writer.write(rows)
        if place.engine in DATABASES:
            place.run(f"CREATE TABLE {'received.' if place.engine == 'postgresql' else ''}late (id int)")
        else:
            with open(f"{place.endpoint.folder}/{schema.table.name}", "wb") as stream:
                stream.write(b"id\n7\n")
        writer.commit()
    assert place.names() == {schema.table.name}


def test_an_empty_delivery_is_a_table_without_rows(place: Place) -> None:
    schema, rows = people(place.ref())
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows.slice(0, 0))
        assert writer.stored() == writer.sent()
        writer.commit()
    assert place.connector.count(place.endpoint, schema.table) == 0
    assert list(place.connector.read(place.endpoint, schema.table)) == []
    assert place.connector.schema(place.endpoint, schema.table).names == schema.names


def test_the_mark_stands_beside_the_cells(files: Place) -> None:
    schema, rows = people(files.ref())
    for mark in (MARK, None):
        with files.connector.open_writer(files.endpoint, schema, mark) as writer:
            writer.write(rows)
            digest = writer.stored()
            writer.commit()
        path = files.connector._path(files.endpoint, schema.table)  # type: ignore[attr-defined]
        found = files.connector.codec.mark(path)  # type: ignore[attr-defined]
        assert found == (mark or Mark(requester="", grant="", delivery="", issued=""))
        assert digest == writer.sent()


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "nul\x00", "x" * 300, "plain.exe", ""])
def test_file_names_stay_in_their_folder(files: Place, name: str) -> None:
    schema, _ = people(files.ref())
    given = name if name in ("", "plain.exe") else f"{name}.{files.engine}"
    ref = msgspec.structs.replace(schema.table, name=given)
    with pytest.raises(NotValid) as failure:
        files.connector.open_writer(files.endpoint, TableSchema(table=ref, fields=schema.fields))
    assert failure.value.code == "connectors.name_not_allowed"


def test_a_second_writer_to_the_same_table_is_told_to_wait(place: Place) -> None:
    schema, rows = people(place.ref())
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        with pytest.raises(Conflict) as failure:
            place.connector.open_writer(place.endpoint, schema)
        assert failure.value.code == "connectors.busy"
        writer.commit()
    assert place.connector.count(place.endpoint, schema.table) == rows.num_rows


KILLED = """
import os, sys
sys.path[:0] = {path!r}
from tests.conformance.rows import people
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import TableRef
schema, rows = people(TableRef(name="k." + {engine!r}), 20_000)
made = connector({engine!r}, AddressPolicy(allow_loopback=True))
writer = made.open_writer(Endpoint(engine={engine!r}, folder={folder!r}), schema)
writer.write(rows)
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_of_a_file_is_cleared(files: Place) -> None:
    root = Path(__file__).resolve().parents[2]
    code = KILLED.format(path=[str(root), str(root / "src")], engine=files.engine, folder=files.endpoint.folder)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == -9
    assert any(name.endswith(".part") for name in files.names())
    schema, rows = people(files.ref("k"))
    with files.connector.open_writer(files.endpoint, schema) as writer:
        writer.write(rows)
        writer.commit()
    assert {name.removesuffix(".json") for name in files.names()} == {schema.table.name}


def test_a_file_edited_by_hand_is_theirs(tmp_path: Path) -> None:
    schema, rows = people(TableRef(name="改.csv"))
    made, endpoint = connector("csv", POLICY), Endpoint(engine="csv", folder=str(tmp_path))
    with made.open_writer(endpoint, schema) as writer:
        writer.write(rows)
        writer.commit()
    with open(tmp_path / "改.csv", "ab") as stream:
        stream.write("9,手写,,\n".encode())
    with pytest.raises(Conflict):
        made.open_writer(endpoint, schema)


def test_names_that_need_quoting(place: Place) -> None:
    fields = (
        Field(name='a"b', type="text"),
        Field(name="c`d", type="text"),
        Field(name="50% of", type="integer"),
        Field(name="select", type="text"),
        Field(name="姓 名", type="text"),
    )
    name = "we ird`\"' %s" if place.engine in DATABASES else "we ird %s"
    ref = place.ref(name)
    schema, rows = people(ref)
    rows = rows.from_arrays(
        [rows.column(1), rows.column(1), rows.column(0), rows.column(2), rows.column(2)],
        names=[field.name for field in fields],
    )
    schema = TableSchema(table=ref, fields=fields)
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        assert writer.stored() == writer.sent()
        writer.commit()
    read = whole(list(place.connector.read(place.endpoint, ref, ["50% of", 'a"b'])))
    assert sorted(read.column(0).to_pylist(), key=str) == sorted(rows.column(2).to_pylist(), key=str)


def test_a_name_too_long_is_refused_not_cut(database: Place) -> None:
    schema, _ = people(database.ref("长" * 65))
    with pytest.raises(NotValid) as failure:
        database.connector.open_writer(database.endpoint, schema)
    assert failure.value.code == "connectors.name_not_allowed"


def test_a_schema_nobody_registered(postgresql_place: Place) -> None:
    schema, _ = people(msgspec.structs.replace(postgresql_place.ref(), schema="nowhere"))
    with pytest.raises(NotFound) as failure:
        postgresql_place.connector.open_writer(postgresql_place.endpoint, schema)
    assert failure.value.code == "connectors.no_such_schema"


@pytest.mark.parametrize(("schemas", "wanted"), [("received", "other"), ("a, b", "received"), ("", "pg_catalog")])
def test_only_registered_schemas_are_written(postgresql_place: Place, schemas: str, wanted: str) -> None:
    endpoint = msgspec.structs.replace(postgresql_place.endpoint, options={"schemas": schemas} if schemas else {})
    schema, _ = people(msgspec.structs.replace(postgresql_place.ref(), schema=wanted))
    with pytest.raises(NotAllowed) as failure:
        postgresql_place.connector.open_writer(endpoint, schema)
    assert failure.value.code == "connectors.schema_not_registered"
    registered = msgspec.structs.replace(endpoint, options={"schemas": "other, received"})
    schema, _ = people(postgresql_place.ref())
    postgresql_place.connector.open_writer(registered, schema).abort()


def test_rights_given_on_the_table_outlive_a_new_delivery(postgresql_place: Place) -> None:
    place = postgresql_place
    schema, rows = people(place.ref("granted"))
    for _ in range(2):
        with place.connector.open_writer(place.endpoint, schema) as writer:
            writer.write(rows)
            writer.commit()
        place.run("GRANT SELECT ON received.granted TO pg_monitor")
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        writer.commit()
    assert place.run("SELECT has_table_privilege('pg_monitor', 'received.granted', 'SELECT')") == [(True,)]


def test_a_view_upon_the_table_stops_the_swap(postgresql_place: Place) -> None:
    place = postgresql_place
    schema, rows = people(place.ref("seen"))
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        writer.commit()
    place.run("CREATE VIEW received.upon AS SELECT * FROM received.seen")
    with pytest.raises(Conflict) as failure, place.connector.open_writer(place.endpoint, schema) as writer:
        writer.commit()
    assert failure.value.code == "connectors.table_in_use"
    assert place.connector.count(place.endpoint, schema.table) == 5


def test_what_a_killed_writer_left_is_cleared(mysql_place: Place) -> None:
    schema, rows = people(mysql_place.ref())
    writer = mysql_place.connector.open_writer(mysql_place.endpoint, schema, MARK)
    writer.write(rows)
    writer._connection._force_close()  # type: ignore[attr-defined]
    assert any(name.startswith("zampa_staging_") for name in mysql_place.names())
    with mysql_place.connector.open_writer(mysql_place.endpoint, schema, MARK) as again:
        again.write(rows)
        again.commit()
    assert mysql_place.names() == {schema.table.name}


def test_every_engine_that_writes_is_in_this_suite() -> None:
    assert {*DATABASES, *FILES} == {"postgresql", "mysql", "csv", "xlsx", "parquet"}
