"""What tables a PostgreSQL holds and how their columns are made, from its own catalogue."""

from __future__ import annotations

import psycopg
from psycopg import sql

from zampa.connectors.filters import Dialect
from zampa.connectors.postgresql.session import quoted
from zampa.connectors.shapes import named
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.ground.errors import NotFound, NotValid

KINDS = {"r": "table", "p": "table", "f": "table", "v": "view", "m": "view"}
TABLES = """
SELECT n.nspname, c.relname, c.relkind::text, coalesce(obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r','p','v','m','f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname NOT LIKE 'pg\\_%%'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname"""
COLUMNS = """
SELECT a.attname, b.typname, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)), format_type(a.atttypid, a.atttypmod),
       coalesce(col_description(c.oid, a.attnum), ''), coalesce(a.attnum = ANY(i.indkey), false),
       obj_description(c.oid, 'pg_class'), c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r','p','v','m','f')
ORDER BY a.attnum"""
KINDS_OF = """
SELECT t.oid::bigint, b.typname FROM pg_type t
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END WHERE t.oid = ANY(%s)"""
TYPES: dict[str, DataType] = {
    "int2": "integer", "int4": "integer", "int8": "integer", "oid": "integer", "numeric": "decimal", "float4": "double",
    "float8": "double", "bool": "boolean", "date": "date", "time": "time", "timestamp": "timestamp",
    "timestamptz": "timestamptz", "bytea": "binary", "json": "json", "jsonb": "json", "uuid": "uuid",
    "text": "text", "varchar": "text", "bpchar": "text", "name": "text",
}
CASTS: dict[DataType, str] = {
    "integer": "%s::numeric::bigint", "decimal": "%s::numeric", "double": "%s::float8", "boolean": "%s::boolean",
    "date": "%s::date", "time": "%s::time", "timestamp": "%s::timestamp", "timestamptz": "%s::timestamptz",
    "uuid": "%s::uuid",
}
DIALECT = Dialect(
    quote=quoted,
    casts=CASTS,
    text_compare=lambda column, operator: f'{column}::text {operator} %s::text COLLATE "C"',
    as_text=lambda column: f"{column}::text",
)


def schema_name(ref: TableRef) -> str:
    return ref.schema or "public"


def table_sql(ref: TableRef) -> str:
    """What stands after FROM; a query is one that was checked, its percent signs doubled as in names."""
    if ref.kind == "query":
        return f"({ref.query.replace('%', '%%')}) AS zampa_query"
    return f"{quoted(schema_name(ref))}.{quoted(ref.name)}"


def tables(connection: psycopg.Connection) -> list[TableRef]:
    rows = connection.execute(TABLES, ()).fetchall()
    return [
        TableRef(schema=schema, name=name, kind=KINDS[kind], comment=comment)  # type: ignore[arg-type]
        for schema, name, kind, comment in rows
    ]


def schema(connection: psycopg.Connection, ref: TableRef) -> TableSchema:
    """NotFound when there is no such table (or the account may not see its schema)."""
    if ref.kind == "query":
        return query_schema(connection, ref)
    rows = connection.execute(COLUMNS, (schema_name(ref), ref.name)).fetchall()
    if not rows:
        raise NotFound("connectors.no_such_table", table=named(ref))
    kind, comment = KINDS[rows[0][8]], rows[0][7] or ""
    table = TableRef(schema=schema_name(ref), name=ref.name, kind=kind, comment=comment)  # type: ignore[arg-type]
    return TableSchema(table=table, fields=tuple(_field(row) for row in rows))


def query_schema(connection: psycopg.Connection, ref: TableRef) -> TableSchema:
    """The columns a query gives, without a row of it."""
    text = f"SELECT * FROM {table_sql(ref)} LIMIT 0"  # noqa: S608 checked
    found = connection.execute(sql.SQL(text), ()).description or []  # type: ignore[arg-type]
    names = [column.name for column in found]
    if doubled := next((name for name in names if names.count(name) > 1), ""):
        raise NotValid("connectors.header", table=named(ref), why="names", seen=doubled)
    codes = [column.type_code for column in found]
    kinds: dict[object, object] = dict(connection.execute(KINDS_OF, (codes,)).fetchall())
    fields = []
    for column in found:
        base = str(kinds.get(column.type_code, ""))
        kind = TYPES.get(base, "text")
        exact = kind == "decimal" and column.precision is not None
        fields.append(
            Field(
                name=column.name, type=kind, length=column.display_size if base in ("varchar", "bpchar") else None,
                precision=column.precision if exact else None, scale=column.scale if exact else None,
                native="character varying" if base == "varchar" else base,
            )
        )  # fmt: skip
    return TableSchema(table=ref, fields=tuple(fields))


def column_sql(field: Field) -> str:
    """The column as it is read: what has no type of ours goes as its text, CHAR(n) without its padding."""
    name = quoted(field.name)
    plain = field.type != "text" or field.native.startswith(("text", "character varying"))
    return name if plain else f"{name}::text AS {name}"


def select_sql(schema: TableSchema, fields: tuple[Field, ...] | list[Field]) -> str:
    columns = ", ".join(column_sql(field) for field in fields)
    return f"SELECT {columns} FROM {table_sql(schema.table)}"  # noqa: S608 quoted


def _field(row: tuple[object, ...]) -> Field:
    name, base, modifier, nullable, native, comment, key = row[:7]
    kind = TYPES.get(str(base), "text")
    packed = int(str(modifier)) - 4
    length = packed if base in ("varchar", "bpchar") and packed > 0 else None
    precision = scale = None
    if base == "numeric" and packed >= 0:
        precision, scale = packed >> 16 & 0xFFFF, (packed & 0x7FF ^ 1024) - 1024
        if scale < 0:
            precision, scale = precision - scale, 0
    return Field(
        name=str(name), type=kind, length=length, precision=precision, scale=scale, nullable=bool(nullable),
        key=bool(key), comment=str(comment), native=str(native),
    )
