"""Types an engine has and others do not: read exactly, as text, or refused by column; by value, from real servers."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from tests.conformance.conftest import POLICY, Place
from tests.conformance.rows import every_column
from zampa.connectors.digests import StreamDigest
from zampa.connectors.postgresql.copying import Query, source
from zampa.contracts.flowspecs import Comparison
from zampa.contracts.schemas import TableRef, TableSchema
from zampa.ground.errors import NotValid

# column definition, literal, our type, value read (dates and moments as text)
POSTGRESQL = [
    ("smallint", "32767", "integer", 32767),
    ("bigint", "-9223372036854775808", "integer", -(2**63)),
    ("numeric(18,0)", "540102199001011234", "decimal", Decimal(540102199001011234)),
    ("numeric(38,10)", "0.0000000001", "decimal", Decimal("1E-10")),
    (
        "numeric(60,20)",
        "1234567890123456789012345678901234567890.12345678901234567890",
        "decimal",
        Decimal("1234567890123456789012345678901234567890.12345678901234567890"),
    ),
    ("numeric(3,-2)", "12345", "decimal", Decimal(12300)),
    ("numeric", "'NaN'", "decimal", "NaN"),
    ("real", "0.1", "double", 0.1),
    ("double precision", "'NaN'", "double", None),
    ("char(8)", "'ab'", "text", "ab"),
    ("varchar(4)", "'𠮷བོད'", "text", "𠮷བོད"),
    ("text", "'a\\b\"c,''d'", "text", "a\\b\"c,'d"),
    ("name", "'n'", "text", "n"),
    ("bytea", "'\\x00ff0a22'", "binary", b'\x00\xff\n"'),
    ("boolean", "true", "boolean", True),
    ("uuid", "'9D7A4F9E-3F6F-4B53-9D8E-5D5B1D3F6B0A'", "uuid", "9d7a4f9e-3f6f-4b53-9d8e-5d5b1d3f6b0a"),
    ("json", '\'{"b": 1,  "a":2}\'', "json", '{"b": 1,  "a":2}'),
    ("jsonb", "'{\"b\":1}'", "json", '{"b": 1}'),
    ("date", "'0044-03-15 BC'", "date", "0044-03-15 BC"),
    ("date", "'12024-12-31'", "date", "12024-12-31"),
    ("timestamp", "'4713-01-01 00:00:00 BC'", "timestamp", "4713-01-01 00:00:00.000000 BC"),
    ("timestamp(0)", "'2024-02-29 23:59:59.6'", "timestamp", "2024-03-01 00:00:00.000000"),
    ("timestamptz", "'2024-01-01 08:00:00+08'", "timestamptz", "2024-01-01 00:00:00.000000Z"),
    ("timestamptz", "'1900-01-01 00:00:00 Asia/Shanghai'", "timestamptz", "1899-12-31 15:54:17.000000Z"),
    ("interval", "'1 year 2 days'", "text", "P1Y2D"),
    ("timetz", "'10:00:00+08'", "text", "10:00:00+08"),
    ("int[]", "'{1,NULL,3}'", "text", "{1,NULL,3}"),
    ("inet", "'10.0.0.1/8'", "text", "10.0.0.1/8"),
    ("bit(4)", "B'1010'", "text", "1010"),
    ("received.colour", "'红'", "text", "红"),
    ("received.code12", "'540102000000'", "text", "540102000000"),
]
MARIADB = [
    ("tinyint(1)", "5", "integer", 5),
    ("bigint unsigned", "18446744073709551615", "decimal", Decimal(18446744073709551615)),
    (
        "decimal(65,30)",
        "12345678901234567890123456789012345.123456789012345678901234567891",
        "decimal",
        Decimal("12345678901234567890123456789012345.123456789012345678901234567891"),
    ),
    ("float", "0.1", "double", None),
    ("double", "1e-300", "double", 1e-300),
    ("bit(20)", "b'10000000000000000001'", "decimal", Decimal(524289)),
    ("year", "2026", "integer", 2026),
    ("char(8)", "'ab  '", "text", "ab"),
    ("varchar(8) CHARACTER SET latin1", "'é'", "text", "é"),
    ("varchar(8) CHARACTER SET gbk", "'西藏'", "text", "西藏"),
    ("text", "'𠮷བོད'", "text", "𠮷བོད"),
    ("enum('甲','乙')", "'乙'", "text", "乙"),
    ("set('甲','乙')", "'甲,乙'", "text", "甲,乙"),
    ("binary(4)", "x'00ff'", "binary", b"\x00\xff\x00\x00"),
    ("blob", "x'00ff0a'", "binary", b"\x00\xff\n"),
    ("date", "'9999-12-31'", "date", "9999-12-31"),
    ("datetime(3)", "'2024-02-29 23:59:59.123'", "timestamp", "2024-02-29 23:59:59.123000"),
    ("timestamp", "'2024-01-01 00:00:00'", "timestamptz", "2024-01-01 00:00:00.000000Z"),
    ("time(6)", "'23:59:59.999999'", "time", "23:59:59.999999"),
    ("json", "'{\"a\": 1}'", "text", '{"a": 1}'),
]


def read_one(place: Place, definition: str, literal: str) -> tuple[str, pa.Array]:
    where = "received.one" if place.engine == "postgresql" else "one"
    zone = "" if place.engine == "postgresql" else "SET time_zone='+00:00'; "
    place.run(f"CREATE TABLE {where} (v {definition})")
    if zone:
        place.mariadb.root(
            "SET time_zone='+00:00'",
            f"INSERT INTO {where} VALUES ({literal})",  # type: ignore[union-attr]
            database=place.endpoint.database,
        )
    else:
        place.run(f"INSERT INTO {where} VALUES ({literal})")
    ref = TableRef(name="one", schema=place.ref().schema)
    kind = place.connector.schema(place.endpoint, ref).fields[0].type
    batches = list(place.connector.read(place.endpoint, ref))
    return kind, batches[0].column(0)


def shown(column: pa.Array) -> object:
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        return column.cast(pa.string())[0].as_py()
    return column[0].as_py()


@pytest.mark.parametrize(("definition", "literal", "kind", "value"), POSTGRESQL)
def test_postgresql_by_value(postgresql_place: Place, definition: str, literal: str, kind: str, value: object) -> None:
    postgresql_place.run("CREATE TYPE received.colour AS ENUM ('红', '绿')")
    postgresql_place.run("CREATE DOMAIN received.code12 AS varchar(12) NOT NULL")
    found, column = read_one(postgresql_place, definition, literal)
    assert found == kind
    if "BC" in str(value) or definition == "date":
        stored = postgresql_place.run(
            "SELECT v - date '1970-01-01' FROM received.one"
            if definition == "date"
            else "SELECT (extract(epoch from v) * 1000000)::bigint FROM received.one"
        )[0][0]
        assert column.cast(pa.int32() if definition == "date" else pa.int64())[0].as_py() == stored
    elif value is not None:
        assert shown(column) == value
    else:
        assert str(column[0].as_py()) == "nan"


@pytest.mark.parametrize(("definition", "literal", "kind", "value"), MARIADB)
def test_mariadb_by_value(mysql_place: Place, definition: str, literal: str, kind: str, value: object) -> None:
    found, column = read_one(mysql_place, definition, literal)
    assert found == kind or (definition == "json" and found == "json")
    if value is None:
        assert abs(column[0].as_py() - 0.1) < 1e-7
    else:
        assert shown(column) == value


@pytest.mark.parametrize(
    ("definition", "literal"),
    [("date", "'infinity'"), ("timestamp", "'-infinity'"), ("numeric(10,2)", "'NaN'"), ("time", "'24:00:00'")],
)
def test_postgresql_values_without_an_equal_are_named(postgresql_place: Place, definition: str, literal: str) -> None:
    with pytest.raises(NotValid) as failure:
        read_one(postgresql_place, definition, literal)
    assert (failure.value.code, failure.value.params["column"]) == ("connectors.value_not_carried", "v")


@pytest.mark.parametrize(
    ("definition", "literal"),
    [("date", "'0000-00-00'"), ("datetime", "'0000-00-00 00:00:00'"), ("time", "'100:00:00'"), ("point", "POINT(1,2)")],
)
def test_mariadb_values_without_an_equal_are_named(mysql_place: Place, definition: str, literal: str) -> None:
    mysql_place.mariadb.root("SET GLOBAL sql_mode=''")  # type: ignore[union-attr]
    with pytest.raises(NotValid) as failure:
        read_one(mysql_place, definition, literal)
    assert failure.value.code in ("connectors.value_not_carried", "connectors.type_not_carried")
    assert failure.value.params["column"] == "v"


def test_text_compares_by_code_point_whatever_the_collation(mysql_place: Place) -> None:
    mysql_place.run("CREATE TABLE c (v varchar(10) COLLATE utf8mb4_general_ci)")
    mysql_place.run("INSERT INTO c VALUES ('a'), ('A'), ('a '), ('á')")
    only = Comparison(field="v", op="=", value="a")
    assert mysql_place.connector.count(mysql_place.endpoint, TableRef(name="c"), only) == 1


def test_padding_is_not_part_of_a_fixed_text(postgresql_place: Place) -> None:
    postgresql_place.run("CREATE TABLE received.p (v char(8))")
    postgresql_place.run("INSERT INTO received.p VALUES ('ab'), ('')")
    ref = TableRef(schema="received", name="p")
    only = Comparison(field="v", op="=", value="ab")
    assert postgresql_place.connector.count(postgresql_place.endpoint, ref, only) == 1


def test_raw_copy_between_two_tables(postgresql_place: Place) -> None:
    """What COPY relays is what reading gives, and the stream's digest is the stored stream's."""
    place = postgresql_place
    schema, rows = every_column(place.ref("来"), repeat=20)
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        expected = writer.stored()
        writer.commit()
    target = TableSchema(table=place.ref("去"), fields=schema.fields)
    with source(place.endpoint, POLICY) as src, place.connector.open_writer(place.endpoint, target) as writer:
        sent = StreamDigest(salt=b"x")
        count = writer.copy_in(src.copy_out(src.select(src.schema(schema.table))), sent)  # type: ignore[attr-defined]
        assert writer.stored_stream(StreamDigest(salt=b"x")) == sent.digest(count)  # type: ignore[attr-defined]
        assert writer.stored() == expected
        assert src.rows(Query("SELECT 1 WHERE 'a%%b' LIKE %s", ("a%b",))) == [(1,)]
        writer.commit()


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_memory_stays_flat(engine: str, request: pytest.FixtureRequest) -> None:
    place: Place = request.getfixturevalue(f"{engine}_place")
    if engine == "postgresql":
        place.run(
            "CREATE VIEW received.long AS SELECT g AS no, repeat('藏', 60) AS t FROM generate_series(1, 600000) g"
        )
    else:
        place.run("CREATE TABLE digits (d int)")
        place.run("INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)")
        tens = " ".join(f"JOIN digits t{number}" for number in range(4))
        place.run(f"CREATE VIEW `long` AS SELECT d.d AS no, repeat('藏', 60) AS t FROM digits d {tens}")
    before = pa.total_allocated_bytes()
    rows = highest = 0
    for batch in place.connector.read(place.endpoint, TableRef(name="long", schema=place.ref().schema)):
        rows += batch.num_rows
        highest = max(highest, pa.total_allocated_bytes() - before)
    assert rows >= 100_000
    assert highest < 60 << 20
