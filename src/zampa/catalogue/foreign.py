"""Files of other platforms as rows: CSV, XLSX, JSON, JSON lines (also gzipped), and SQL with its inserts or its DDL.

Rows come one by one, however many there are; numbers count from 1 at the first row of data. Nothing is interpreted.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from zampa.desk.sheets import rows_of_book
from zampa.ground.errors import NotValid

LARGEST = 50 << 20
UNPACKED = 1 << 30
LONGEST = 1 << 20  # characters of one cell or line
LOOKED = 1_000  # records of JSON whose names make the heads
MOST_HEADS = 500
DDL = ""  # the "table" of an SQL file without inserts: its tables themselves
DDL_HEADS = ("table", "comment", "columns", "column_comments", "column_types")
_QUOTED = r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`"
_STATEMENT = re.compile(rf"(?:{_QUOTED}|--[^\n]*|/\*.*?\*/|[^;'\"`/-]+|[/'\"`-])*;", re.DOTALL)
Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Look:
    """What a file is: its kind, the tables of an SQL file, and the heads of each with what their comments say."""

    kind: str
    heads: Mapping[str, list[str]]
    labels: Mapping[str, str] = field(default_factory=dict)


def kind_of(name: str, head: bytes) -> str:
    """By the first bytes, then by the name: csv, xlsx, json, jsonl or sql."""
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    low = name.lower().removesuffix(".gz")
    if low.endswith((".sql", ".ddl")):
        return "sql"
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        return "jsonl"
    return "csv"


def opened(path: Path) -> IO[bytes]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def encoding_of(path: Path) -> str:
    """UTF-8, else GB 18030, tried over the whole file; NotValid for bytes that are neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        size = 0
        try:
            with io.TextIOWrapper(opened(path), encoding=encoding) as text:
                while chunk := text.read(LONGEST):
                    size += len(chunk)
                    if size > UNPACKED:
                        raise NotValid("catalogue.import.too_large", limit=UNPACKED >> 20)
                    if "\x00" in chunk:
                        raise NotValid("catalogue.import.not_read")
            return encoding
        except UnicodeDecodeError:
            continue
        except (OSError, EOFError) as failure:
            raise NotValid("catalogue.import.not_read") from failure
    raise NotValid("catalogue.file.encoding")


def look(path: Path, kind: str) -> Look:
    """The heads of a file; NotValid when it cannot be read or has none."""
    if kind == "sql":
        return _look_sql(path)
    heads: list[str] = []
    if kind in ("csv", "xlsx"):
        _number, first = next(_plain(path, kind), (0, {}))
        heads = list(first)
    else:
        seen: dict[str, None] = {}
        for (_number, cells), _turn in zip(_records(path, kind), range(LOOKED), strict=False):
            seen |= dict.fromkeys(cells)
        heads = list(seen)
    if not heads or len(heads) > MOST_HEADS:
        raise NotValid("catalogue.import.no_heads", most=MOST_HEADS)
    return Look(kind, {DDL: heads})


def rows(path: Path, kind: str, table: str = DDL) -> Iterator[Row]:
    """Every row by its number."""
    if kind in ("csv", "xlsx"):
        return _plain(path, kind)
    return _sql(path, table) if kind == "sql" else _records(path, kind)


def _plain(path: Path, kind: str) -> Iterator[Row]:
    if kind == "xlsx":
        lines: Iterator[list[str]] = iter(rows_of_book(path))
        yield from _under_heads(lines)
        return
    csv.field_size_limit(LONGEST)
    with io.TextIOWrapper(opened(path), encoding=encoding_of(path), newline="") as text:
        try:
            yield from _under_heads(csv.reader(text))
        except csv.Error as failure:
            raise NotValid("catalogue.import.not_read") from failure


def _under_heads(lines: Iterator[list[str]]) -> Iterator[Row]:
    heads = [head.strip() or f"#{at}" for at, head in enumerate(next(lines, []), start=1)]
    for number, line in enumerate(lines, start=1):
        if any(line):
            yield number, {head: cell.strip() for head, cell in zip(heads, line, strict=False)}


def _records(path: Path, kind: str) -> Iterator[Row]:
    with io.TextIOWrapper(opened(path), encoding=encoding_of(path)) as text:
        try:
            if kind == "json":
                found: Any = iter(json.loads(text.read(LARGEST)))
            else:
                found = (json.loads(line) for line in text if line.strip())
            for number, record in enumerate(found, start=1):
                if not isinstance(record, dict):
                    raise NotValid("catalogue.import.not_read")
                yield number, {str(name): _text(value) for name, value in record.items()}
        except (ValueError, RecursionError) as failure:
            raise NotValid("catalogue.import.not_read") from failure


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(value)
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _statements(path: Path) -> Iterator[exp.Expression]:
    """CREATE TABLE, COMMENT and INSERT of a dump; anything else in it is passed over."""
    with io.TextIOWrapper(opened(path), encoding=encoding_of(path)) as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise NotValid("catalogue.import.too_large", limit=LARGEST >> 20)
    dialect = "mysql" if "`" in text else "postgres"
    for found in _STATEMENT.finditer(text.rstrip() + ";"):
        said = re.sub(r"^(?:\s|--[^\n]*\n|/\*.*?\*/)+", "", found[0], flags=re.DOTALL)
        if re.match(r"(?i)create\s+table|insert\s+into|comment\s+on", said):
            try:
                one = sqlglot.parse_one(said.rstrip(";"), dialect=dialect)
            except (SqlglotError, RecursionError) as failure:
                raise NotValid("catalogue.import.not_sql", near=said[:40]) from failure
            if isinstance(one, exp.Expression):
                yield one


def _tables(path: Path) -> tuple[dict[str, dict[str, tuple[str, str]]], dict[str, str], list[str]]:
    """Table -> column -> (type, comment); table -> its comment; tables with inserts."""
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    comments: dict[str, str] = {}
    filled: dict[str, None] = {}
    for one in _statements(path):
        if isinstance(one, exp.Create) and isinstance(one.this, exp.Schema):
            name = one.this.this.name
            tables[name] = {}
            for column in one.this.find_all(exp.ColumnDef):
                said = column.find(exp.CommentColumnConstraint)
                kind = column.args.get("kind")
                tables[name][column.name] = (kind.sql() if kind else "", said.this.name if said else "")
            said_of = one.find(exp.SchemaCommentProperty)
            comments[name] = said_of.this.name if said_of else ""
        elif isinstance(one, exp.Comment):
            _commented(one, tables, comments)
        elif isinstance(one, exp.Insert):
            name = one.find(exp.Table).name  # type: ignore[union-attr]
            filled[name] = None
            if isinstance(one.this, exp.Schema) and name not in tables:
                tables[name] = {column.name: ("", "") for column in one.this.expressions}
    return tables, comments, list(filled)


def _commented(one: exp.Comment, tables: dict[str, dict[str, tuple[str, str]]], comments: dict[str, str]) -> None:
    text = one.expression.name if one.expression is not None else ""
    if one.args.get("kind") == "TABLE":
        comments[one.this.name] = text
    elif one.args.get("kind") == "COLUMN" and isinstance(one.this, exp.Column):
        held = tables.get(one.this.table, {})
        if one.this.name in held:
            held[one.this.name] = (held[one.this.name][0], text)


def _look_sql(path: Path) -> Look:
    tables, _comments, filled = _tables(path)
    if not tables:
        raise NotValid("catalogue.import.no_heads", most=MOST_HEADS)
    heads = {name: list(tables[name]) for name in filled if tables.get(name)}
    labels = {column: said for name in heads for column, (_kind, said) in tables[name].items() if said}
    return Look("sql", {**heads, DDL: list(DDL_HEADS)}, labels)


def _sql(path: Path, table: str) -> Iterator[Row]:
    tables, comments, _filled = _tables(path)
    if table == DDL:
        for number, (name, columns) in enumerate(tables.items(), start=1):
            said = [comment or column for column, (_kind, comment) in columns.items()]
            kinds = [kind for kind, _comment in columns.values()]
            parts = (name, comments.get(name, ""), "|".join(columns), "|".join(said), "|".join(kinds))
            yield number, dict(zip(DDL_HEADS, parts, strict=True))
        return
    number = 0
    for one in _statements(path):
        if not isinstance(one, exp.Insert) or one.find(exp.Table).name != table:  # type: ignore[union-attr]
            continue
        given = [column.name for column in one.this.expressions] if isinstance(one.this, exp.Schema) else []
        values = one.expression
        for line in values.expressions if isinstance(values, exp.Values) else ():
            number += 1
            cells = [_literal(cell) for cell in line.expressions]
            yield number, dict(zip(given or list(tables[table]), cells, strict=False))


def _literal(cell: exp.Expression) -> str:
    if isinstance(cell, exp.Null):
        return ""
    return str(cell.this).strip() if isinstance(cell, exp.Literal) else str(cell.sql())
