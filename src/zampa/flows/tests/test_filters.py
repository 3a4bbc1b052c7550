from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zampa.contracts.flowspecs import AllOf, AnyOf, Comparison, Filter, GrantedField, Mask
from zampa.flows import filters
from zampa.flows.dialects import DUCKDB, MYSQL, POSTGRESQL
from zampa.ground.errors import NotValid

TYPES = {"t": "text", "i": "integer", "d": "decimal", "f": "double", "b": "boolean", "day": "date", "at": "timestamptz"}
NATIVE = {"t": "text", "i": "bigint", "d": "numeric", "f": "double precision", "b": "boolean", "day": "date",
          "at": "timestamptz"}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6) | st.sampled_from(
    ["a", "A", "ä", "扎", "བོད", "540102", "%", "_", "'", "\\", "a "]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "t": TEXT,
    "i": st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
    "d": st.decimals(-10_000, 10_000, places=2),
    "f": st.floats(allow_infinity=False, allow_nan=False),
    "b": st.booleans(),
    "day": st.dates(date(1, 1, 1)),
    "at": st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
}


def spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    field = draw(st.sampled_from(sorted(TYPES)))
    ops = ["=", "!=", "in", "is_null"]
    ops += [] if field == "b" else ["<", "<=", ">", ">="]
    ops += ["starts"] if field == "t" else []
    op = draw(st.sampled_from(ops))
    if op == "is_null":
        return Comparison(field=field, op="is_null", value=draw(st.sampled_from(["true", "false"])))
    if op == "in":
        return Comparison(field=field, op="in", value=[spelled(v) for v in draw(st.lists(VALUES[field], max_size=3))])
    return Comparison(field=field, op=op, value=spelled(draw(VALUES[field])))  # type: ignore[arg-type]


TREES: st.SearchStrategy[Filter] = st.recursive(
    comparisons(),
    lambda inner: st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, max_size=3))
    | st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, max_size=3)),
    max_leaves=6,
)
ROW = st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()})
ROWS = st.lists(ROW, min_size=1, max_size=5)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row_filter=TREES, rows=ROWS)
def test_predicate_and_sql_agree_on_a_real_postgresql(
    provider: psycopg.Connection[Any], row_filter: Filter, rows: list[dict[str, object]]
) -> None:
    condition, values = filters.to_sql(row_filter, POSTGRESQL, TYPES)
    columns = ", ".join(TYPES)
    lists = ", ".join(f"%s::{NATIVE[name]}[]" for name in TYPES)
    given_rows = [[row[name] for row in rows] for name in TYPES]
    found = provider.execute(
        f"SELECT place FROM unnest({lists}) WITH ORDINALITY AS r({columns}, place) WHERE {condition} ORDER BY 1",
        [*given_rows, *values],
    ).fetchall()
    assert [place - 1 for (place,) in found] == [
        place for place, row in enumerate(rows) if filters.matches(row, row_filter, TYPES)
    ]


@given(row_filter=TREES, rows=ROWS)
def test_types_are_told_from_python_values_alike(row_filter: Filter, rows: list[dict[str, object]]) -> None:
    for row in rows:
        assert filters.matches(row, row_filter) == filters.matches(row, row_filter, TYPES)


def test_nan_stands_above_all_numbers_as_in_postgresql(provider: psycopg.Connection[Any]) -> None:
    for op in ("=", "!=", "<", "<=", ">", ">="):
        one = Comparison(field="d", op=op, value="1")  # type: ignore[arg-type]
        condition, values = filters.to_sql(one, POSTGRESQL, TYPES, lambda _: "'NaN'::numeric")
        (real,) = provider.execute(f"SELECT {condition}", values).fetchone() or (None,)
        assert filters.matches({"d": Decimal("NaN")}, one, TYPES) is real
        assert filters.matches({"f": float("nan")}, Comparison(field="f", op=op, value="1"), TYPES) is real


def test_a_value_is_bound_and_a_name_is_quoted() -> None:
    evil = Comparison(field='t"; DROP TABLE x; --', op="=", value="'; DROP TABLE x; --")
    for dialect in (POSTGRESQL, MYSQL, DUCKDB):
        condition, values = filters.to_sql(evil, dialect, {evil.field: "text"})
        assert values == [evil.value] and str(evil.value) not in condition
    assert '"t""; DROP' in filters.to_sql(evil, POSTGRESQL, {evil.field: "text"})[0]


GRANTED = [
    GrantedField(name="region", column="region"),
    GrantedField(name="id_number", column="id", mask=Mask(kind="keep", first=3)),
    GrantedField(name="born", column="born", type="date"),
    GrantedField(name="photo", column="photo", type="binary"),
]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (Comparison(field="income", op="=", value="1"), "ungranted_field"),
        (Comparison(field="shoe", op="=", value="1"), "unknown_field"),
        (Comparison(field="id_number", op="starts", value="540"), "masked_field"),
        (Comparison(field="born", op="=", value="yesterday"), "bad_value"),
        (Comparison(field="born", op="starts", value="2020"), "bad_operator"),
        (Comparison(field="photo", op="=", value="x"), "bad_operator"),
        (Comparison(field="region", op="=", value=["5401"]), "bad_value"),
        (Comparison(field="region", op="in", value="5401"), "bad_value"),
        (Comparison(field="region", op="is_null", value="perhaps"), "bad_value"),
        (Comparison(field="region", op="in", value=["1"] * 501), "long_list"),
        (Comparison(field="region", op="=", value="a\0b"), "bad_value"),
    ],
)
def test_each_refusal_has_its_own_code_and_place(one: Comparison, code: str) -> None:
    fine = Comparison(field="region", op="=", value="540100")
    with pytest.raises(NotValid) as refused:
        filters.validate_filter(AllOf((fine, AnyOf((one,)))), GRANTED, known=["region", "income"])
    fault = refused.value.faults[0]
    assert fault.code == f"flows.filter.{code}" and fault.where == "filter.all[1].any[0]"
    assert "yesterday" not in str(fault.params) and "540" not in str(fault.params)


def test_depth_and_size_have_limits() -> None:
    deep: Filter = Comparison(field="region", op="=", value="1")
    for _ in range(9):
        deep = AllOf((deep,))
    with pytest.raises(NotValid, match="too_deep"):
        filters.validate_filter(deep, GRANTED)
    wide = AllOf((Comparison(field="region", op="=", value="1"),) * 65)
    with pytest.raises(NotValid) as refused:
        filters.validate_filter(wide, GRANTED)
    assert refused.value.faults[0].code == "flows.filter.too_many"


def test_renamed_speaks_of_columns() -> None:
    tree = AllOf((Comparison(field="region", op="=", value="1"), Comparison(field="born", op="is_null", value="true")))
    assert filters.fields_of(filters.renamed(tree, {"region": "xzqh", "born": "csrq"})) == {"xzqh", "csrq"}
