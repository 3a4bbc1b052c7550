"""Rows that break things, as Arrow, and the schemas they belong to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from zampa.connectors.shapes import arrow_schema
from zampa.contracts.schemas import Field, TableRef, TableSchema

TEXTS = (
    "110101199001011234",
    "引号\"'`\\",
    "两行\r\n一格",
    "𠮷野家𪚥",
    "བཀྲ་ཤིས་བདེ་ལེགས།",
    "=1+1",
    "\\N",
    "NULL",
    "  空格  ",
    "a,b;c\td|e",
    "%s %% \\",
    "_x0041_",
    "",
    None,
)
VALUES: dict[str, tuple[Field, tuple[object, ...]]] = {
    "text": (Field(name="姓名 མིང་", type="text", length=60, comment="姓名,不是'编号'"), TEXTS),
    "integer": (Field(name="integer", type="integer"), (123456789012345678, -(2**63), 2**63 - 1, 10**15, 0, -1, None)),
    "decimal": (
        Field(name="decimal", type="decimal", precision=38, scale=10),
        (
            Decimal("0.0000000001"),
            Decimal("-9999999999999999999999999999.9999999999"),
            Decimal("1.5"),
            Decimal("0"),
            Decimal("100"),
            None,
        ),
    ),
    "unbounded": (
        Field(name="unbounded", type="decimal"),
        ("12345678901234567890123456789012345678901234567890.5", "-0.000000000000000000000000001", "7", None),
    ),
    "double": (
        Field(name="double", type="double"),
        (0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1e20, 1 / 3, None),
    ),
    "boolean": (Field(name="boolean", type="boolean"), (True, False, None)),
    "date": (
        Field(name="date", type="date"),
        (date(1, 1, 1), date(9999, 12, 31), date(1900, 2, 28), date(2024, 2, 29), None),
    ),
    "time": (Field(name="time", type="time"), (time(0), time(23, 59, 59, 999999), None)),
    "timestamp": (
        Field(name="timestamp", type="timestamp"),
        (datetime(1000, 1, 1, 1, 2, 3), datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(2024, 2, 29), None),
    ),
    "timestamptz": (
        Field(name="timestamptz", type="timestamptz"),
        (
            datetime(2024, 1, 1, tzinfo=UTC),
            datetime(1960, 6, 1, 1, 1, 1, 1, tzinfo=UTC),
            datetime(2200, 1, 1, tzinfo=UTC),
            None,
        ),
    ),
    "binary": (Field(name="binary", type="binary"), (b"\x00\xff\n\"'\\", bytes(range(256)), b"x", None)),
    "json": (Field(name="json", type="json"), ('{"a": [1, "二"]}', "[]", '"x"', None)),
    "uuid": (Field(name="uuid", type="uuid"), ("9d7a4f9e-3f6f-4b53-9d8e-5d5b1d3f6b0a", None)),
}


def one_column(kind: str, table: TableRef) -> tuple[TableSchema, pa.RecordBatch]:
    """A key column and one column of that kind."""
    field, values = VALUES[kind]
    schema = TableSchema(table=table, fields=(Field(name="no", type="integer"), field))
    return schema, batch(schema, list(range(len(values))), list(values))


def every_column(table: TableRef, repeat: int = 1) -> tuple[TableSchema, pa.RecordBatch]:
    """All kinds side by side, short columns filled with nulls."""
    schema = TableSchema(table=table, fields=tuple(field for field, _ in VALUES.values()))
    longest = max(len(values) for _, values in VALUES.values())
    columns = [(list(values) + [None] * (longest - len(values))) * repeat for _, values in VALUES.values()]
    return schema, batch(schema, *columns)


def people(table: TableRef, count: int = 5) -> tuple[TableSchema, pa.RecordBatch]:
    """A small plain table."""
    fields = (
        Field(name="编号", type="integer"),
        Field(name="姓名", type="text", length=40),
        Field(name="行政区划", type="text", length=12),
        Field(name="出生日期", type="date"),
    )
    schema = TableSchema(table=table, fields=fields)
    names = ["扎西", "བཀྲ་ཤིས་", "张三", "李'四", None]
    return schema, batch(
        schema,
        list(range(count)),
        [names[index % 5] for index in range(count)],
        [["540102000000", "540121000000"][index % 2] for index in range(count)],
        [date(1990 + index % 9, 1, 1) for index in range(count)],
    )


def batch(schema: TableSchema, *columns: list[object]) -> pa.RecordBatch:
    wanted = arrow_schema(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, wanted, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=wanted)


def whole(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches)
