"""The same questions to every engine: columns, filters, counts, samples, and what is not there."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import Place
from tests.conformance.rows import people, whole
from zampa.contracts.flowspecs import AllOf, AnyOf, Comparison, Filter
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import NotFound, NotValid


def is_(field: str, op: str, value: str | list[str]) -> Comparison:
    return Comparison(field=field, op=op, value=value)  # type: ignore[arg-type]


FILTERS: dict[str, tuple[Filter, set[int]]] = {
    "equal": (is_("编号", "=", "3"), {3}),
    "not equal": (is_("姓名", "!=", "扎西"), {1, 2, 3, 6, 7, 8}),
    "between": (AllOf((is_("编号", ">=", "2"), is_("编号", "<", "5"))), {2, 3, 4}),
    "in": (is_("姓名", "in", ["张三", "李'四"]), {2, 3, 7, 8}),
    "in nothing": (is_("姓名", "in", []), set()),
    "starts": (is_("行政区划", "starts", "540121"), {1, 3, 5, 7, 9}),
    "starts with signs": (is_("行政区划", "starts", "5401%"), set()),
    "null": (is_("姓名", "is_null", "true"), {4, 9}),
    "not null": (is_("姓名", "is_null", "false"), {0, 1, 2, 3, 5, 6, 7, 8}),
    "date": (is_("出生日期", ">", "1997-06-01"), {8}),
    "or": (AnyOf((is_("编号", "=", "0"), is_("姓名", "=", "བཀྲ་ཤིས་"))), {0, 1, 6}),
    "quote": (is_("姓名", "=", "李'四"), {3, 8}),
    "injection": (is_("姓名", "=", "x' OR '1'='1"), set()),
    "backslash": (is_("姓名", "=", "\\' OR 1=1 -- "), set()),
    "case and padding": (is_("姓名", "=", "扎西 "), set()),
    "nested": (
        AllOf((AnyOf((is_("编号", "=", "0"), is_("编号", "=", "1"))), is_("行政区划", "=", "540102000000"))),
        {0},
    ),
}


@pytest.fixture
def filled(place: Place) -> Place:
    schema, rows = people(place.ref(), 10)
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        writer.commit()
    return place


def test_filters_mean_the_same_everywhere(filled: Place) -> None:
    table = filled.ref()
    for name, (row_filter, expected) in FILTERS.items():
        batches = list(filled.connector.read(filled.endpoint, table, ["编号"], row_filter))
        found = {int(value) for batch in batches for value in batch.column(0).to_pylist()}
        assert found == expected, name
        assert filled.connector.count(filled.endpoint, table, row_filter) == len(expected), name


@pytest.mark.parametrize(
    "row_filter",
    [
        is_("编号", "=", "1; DROP TABLE x"),
        is_("出生日期", ">", "yesterday"),
        is_("编号", "=", ["1"]),
        is_("姓名", "is_null", "maybe"),
        is_("姓名", "=", "a\x00b"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_refused(filled: Place, row_filter: Filter) -> None:
    if filled.engine == "xlsx" and isinstance(row_filter, Comparison) and row_filter.field == "编号":
        assert filled.connector.schema(filled.endpoint, filled.ref()).field("编号").type == "integer"
    with pytest.raises(NotValid) as failure:
        list(filled.connector.read(filled.endpoint, filled.ref(), [], row_filter))
    assert failure.value.code == "connectors.filter_value"


def test_columns_come_in_the_order_asked(filled: Place) -> None:
    read = whole(list(filled.connector.read(filled.endpoint, filled.ref(), ["姓名", "编号"])))
    assert read.column_names == ["姓名", "编号"]
    assert read.num_rows == 10


def test_a_vanished_column_is_named(filled: Place) -> None:
    with pytest.raises(NotValid) as failure:
        list(filled.connector.read(filled.endpoint, filled.ref(), ["编号", "电话", "住址"]))
    assert failure.value.code == "connectors.missing_column"
    assert [fault.where for fault in failure.value.faults] == ["电话", "住址"]


def test_a_table_that_is_not_there(place: Place) -> None:
    ref = place.ref("missing")
    for ask in (place.connector.schema, place.connector.count, place.connector.sample):
        with pytest.raises(NotFound) as failure:
            ask(place.endpoint, ref)
        assert failure.value.code == "connectors.no_such_table"
        assert "missing" in str(failure.value.params["table"])


def test_check_tables_and_sample(filled: Place) -> None:
    health = filled.connector.check(filled.endpoint)
    assert health.version and health.tables >= 1
    assert any(filled.ref().name in (ref.name, ref.schema) for ref in filled.connector.tables(filled.endpoint))
    assert filled.connector.sample(filled.endpoint, filled.ref(), 3).num_rows == 3


def test_small_batches_and_a_broken_off_reading(filled: Place) -> None:
    batches = filled.connector.read(filled.endpoint, filled.ref(), batch_rows=3)
    sizes = [next(batches).num_rows]
    batches.close()  # type: ignore[attr-defined]
    assert sizes == [3]
    assert sum(batch.num_rows for batch in filled.connector.read(filled.endpoint, filled.ref(), batch_rows=3)) == 10


def test_a_schema_as_its_engine_tells_it(database: Place) -> None:
    where = "received.t" if database.engine == "postgresql" else "t"
    database.run(
        f"CREATE TABLE {where} (id bigint PRIMARY KEY, code varchar(18) NOT NULL, fixed char(6), "
        "amount numeric(38,10), born date, small smallint)"
    )
    database.run(f"INSERT INTO {where} VALUES (1, '540102', 'ab', 1.5, '2024-02-29', 3)")
    if database.engine == "postgresql":
        database.run("COMMENT ON TABLE received.t IS '人口'; COMMENT ON COLUMN received.t.code IS '区划代码'")
        database.run("CREATE VIEW received.v AS SELECT id FROM received.t")
    else:
        database.run("ALTER TABLE t COMMENT '人口', MODIFY code varchar(18) NOT NULL COMMENT '区划代码'")
        database.run("CREATE VIEW v AS SELECT id FROM t")
    ref = TableRef(name="t", schema=database.ref().schema)
    schema = database.connector.schema(database.endpoint, ref)
    assert schema.key == ("id",)
    assert schema.table.comment == "人口"
    assert [(field.type, field.length, field.precision, field.scale) for field in schema.fields] == [
        ("integer", None, None, None),
        ("text", 18, None, None),
        ("text", 6, None, None),
        ("decimal", None, 38, 10),
        ("date", None, None, None),
        ("integer", None, None, None),
    ]
    assert (schema.field("code").nullable, schema.field("code").comment) == (False, "区划代码")
    kinds = {table.name: table.kind for table in database.connector.tables(database.endpoint)}
    assert (kinds["t"], kinds["v"]) == ("table", "view")
    assert whole(list(database.connector.read(database.endpoint, ref))).column("fixed").to_pylist() == ["ab"]
    assert database.connector.count(database.endpoint, TableRef(name="v", schema=ref.schema)) == 1
