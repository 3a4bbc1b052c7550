"""What tables a MySQL or MariaDB holds and how their columns are made."""

from __future__ import annotations

import pymysql

from zampa.connectors.filters import Dialect
from zampa.connectors.mysql.session import quoted
from zampa.connectors.shapes import named
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import NotFound, NotValid

TABLES = """
SELECT TABLE_NAME, TABLE_TYPE, TABLE_COMMENT FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'VIEW') ORDER BY TABLE_NAME"""
ONE = """
SELECT TABLE_TYPE, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s"""
COLUMNS = """
SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE,
       COLUMN_KEY, COLUMN_COMMENT
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION"""
TYPES: dict[str, DataType] = {
    "tinyint": "integer", "smallint": "integer", "mediumint": "integer", "int": "integer", "bigint": "integer",
    "year": "integer", "bit": "decimal", "decimal": "decimal", "float": "double", "double": "double", "date": "date",
    "time": "time", "datetime": "timestamp", "timestamp": "timestamptz", "json": "json", "uuid": "uuid",
    "binary": "binary", "varbinary": "binary", "tinyblob": "binary", "blob": "binary", "mediumblob": "binary",
    "longblob": "binary",
}
TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "inet4", "inet6"}
CASTS: dict[DataType, str] = {
    "integer": "CAST(%s AS SIGNED)", "decimal": "CAST(%s AS DECIMAL(65,30))", "double": "CAST(%s AS DOUBLE)",
    "date": "CAST(%s AS DATE)", "time": "CAST(%s AS TIME(6))", "timestamp": "CAST(%s AS DATETIME(6))",
    "timestamptz": "CAST(%s AS DATETIME(6))",
}
DIALECT = Dialect(
    quote=quoted,
    casts=CASTS,
    text_compare=lambda column, operator: f"CAST({column} AS BINARY) {operator} CAST(%s AS BINARY)",
    as_text=lambda column: f"CONVERT({column} USING utf8mb4)",
)


def tables(connection: pymysql.Connection) -> list[TableRef]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [
            TableRef(name=name, kind="view" if kind == "VIEW" else "table", comment="" if kind == "VIEW" else comment)
            for name, kind, comment in cursor.fetchall()
        ]


def table_sql(ref: TableRef) -> str:
    return f"{quoted(ref.schema)}.{quoted(ref.name)}" if ref.schema else quoted(ref.name)


def schema(connection: pymysql.Connection, ref: TableRef, database: str) -> TableSchema:
    """NotFound when there is none; a table of another database of that server is none."""
    if ref.schema not in ("", database):
        raise NotFound("connectors.no_such_table", table=named(ref))
    with connection.cursor() as cursor:
        cursor.execute(ONE, (ref.name,))
        found = cursor.fetchone()
        cursor.execute(COLUMNS, (ref.name,))
        rows = cursor.fetchall()
    if not found or not rows:
        raise NotFound("connectors.no_such_table", table=named(ref))
    view = found[0] == "VIEW"
    table = TableRef(name=ref.name, kind="view" if view else "table", comment="" if view else found[1])
    return TableSchema(table=table, fields=tuple(_field(row) for row in rows))


def column_sql(field: Field) -> str:
    """The column as it is read: bytes in hex, bits as a number, every text in one character set."""
    name = quoted(field.name)
    if field.type == "binary":
        return f"HEX({name})"
    if field.native.startswith("bit"):
        return f"{name}+0"
    if field.type == "double" and field.native.startswith("float"):
        return f"CAST({name} AS DOUBLE)"
    return name


def select_sql(schema: TableSchema, fields: list[Field]) -> str:
    for field in fields:
        if field.native.split("(")[0] not in TEXTS and field.native.split("(")[0].split(" ")[0] not in TYPES:
            raise NotValid("connectors.type_not_carried", column=field.name, type=field.native)
    columns = ", ".join(column_sql(field) for field in fields)
    return f"SELECT {columns} FROM {table_sql(schema.table)}"  # noqa: S608 quoted


def _field(row: tuple[str | None, ...]) -> Field:
    name, base, native, length, precision, scale, nullable, key, comment = row
    base, native = str(base).lower(), str(native).lower()
    kind = TYPES.get(base, "text")
    digits = places = None
    if base == "decimal":
        digits, places = int(precision or 0), int(scale or 0)
    elif base == "bit" or (base == "bigint" and "unsigned" in native):
        kind, digits, places = "decimal", 20, 0
    return Field(
        name=str(name), type=kind, length=int(length) if length and base in ("char", "varchar") else None,
        precision=digits, scale=places, nullable=nullable == "YES", key=key == "PRI", comment=str(comment or ""),
        native=native,
    )
