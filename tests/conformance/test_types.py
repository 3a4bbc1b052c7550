"""Every type by value, through every engine that can be written to: what comes back is what went in."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.conformance.conftest import Place
from tests.conformance.rows import VALUES, batch, every_column, one_column
from zampa.connectors.digests import RowDigest
from zampa.contracts.schemas import Field, TableSchema
from zampa.ground.errors import NotValid


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_values_come_back_as_they_went_in(place: Place, kind: str) -> None:
    schema, rows = one_column(kind, place.ref(kind))
    fold = place.connector.capabilities.empty_is_null
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        assert writer.stored() == writer.sent()
        writer.commit()
    read = pa.Table.from_batches(place.connector.read(place.endpoint, schema.table)).sort_by("no")
    got, sent = read.column(1).to_pylist(), rows.column(1).to_pylist()
    if fold:
        sent = [None if value == "" else value for value in sent]
    if place.engine == "xlsx":
        got, sent = [_said(value) for value in got], [_said(value) for value in sent]
    if place.engine == "mysql" and kind in ("boolean", "timestamptz", "unbounded"):
        got, sent = [_plain(value) for value in got], [_plain(value) for value in sent]
    assert got == sent


def test_the_digest_sees_a_changed_value(place: Place) -> None:
    schema, rows = every_column(place.ref())
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        stored = writer.stored()
    for name in schema.names:
        other = RowDigest(schema, fold_empty=place.connector.capabilities.empty_is_null)
        other.update(_changed(rows, name))
        assert other.digest() != stored, name


def test_every_column_at_once_with_many_rows(place: Place) -> None:
    schema, rows = every_column(place.ref(), repeat=40)
    with place.connector.open_writer(place.endpoint, schema, salt=b"s" * 32) as writer:
        for _ in range(3):
            writer.write(rows)
        assert writer.stored() == writer.sent()
        assert writer.sent().rows == 3 * rows.num_rows
        writer.commit()
    assert place.connector.count(place.endpoint, schema.table) == 3 * rows.num_rows


def test_nul_in_a_text_is_carried_or_refused_with_its_place(place: Place) -> None:
    schema = TableSchema(table=place.ref(), fields=(Field(name="no", type="integer"), Field(name="名", type="text")))
    rows = batch(schema, [1, 2], ["好", "坏\x00"])
    writer = place.connector.open_writer(place.endpoint, schema)
    if place.connector.capabilities.nul_in_text:
        with writer:
            writer.write(rows)
            assert writer.stored() == writer.sent()
        return
    with pytest.raises(NotValid) as failure, writer:
        writer.write(rows)
    assert failure.value.code == "connectors.value_not_carried"
    assert (failure.value.params["column"], failure.value.params["row"]) == ("名", 2)
    assert place.names() == set()


def test_a_batch_of_another_type_is_refused(place: Place) -> None:
    schema = TableSchema(table=place.ref(), fields=(Field(name="no", type="integer"),))
    wrong = pa.RecordBatch.from_pydict({"no": ["一"]})
    with pytest.raises(NotValid) as failure, place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(wrong)
    assert failure.value.code == "connectors.type_not_carried"
    assert place.names() == set()


def _said(value: object) -> object:
    """A mixed column of a workbook is read as text; compared by what a reader sees."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    text = str(value).replace("+00:00", "Z").replace("True", "t").replace("False", "f").removesuffix(".000000")
    try:
        return float(text) if len(text) < 16 or "e" in text else text.rstrip("0").rstrip(".") if "." in text else text
    except ValueError:
        return text


def _plain(value: object) -> object:
    """MySQL has no boolean and no zoned moment: 1 and 0, and the moment in UTC."""
    if isinstance(value, bool):
        return int(value)
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def _changed(rows: pa.RecordBatch, name: str) -> pa.RecordBatch:
    index = rows.schema.get_field_index(name)
    column = rows.column(index)
    nulled = pa.concat_arrays([pa.nulls(1, column.type), column.slice(1)])
    return rows.set_column(index, rows.schema.field(index), nulled)


@pytest.mark.parametrize("values", [["x", None, "", "\\.", None], [None], [None, None], ["\\."]])
def test_one_column_with_nothing_in_it(place: Place, values: list[str | None]) -> None:
    schema = TableSchema(table=place.ref(), fields=(Field(name="只", type="text"),))
    with place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(batch(schema, values))
        assert writer.stored() == writer.sent()
        writer.commit()
    assert place.connector.count(place.endpoint, schema.table) == len(values)
    batches = list(place.connector.read(place.endpoint, schema.table))
    read = [value for found in batches for value in found.column(0).to_pylist()]
    fold = place.connector.capabilities.empty_is_null
    assert read == [None if fold and value == "" else value for value in values]
