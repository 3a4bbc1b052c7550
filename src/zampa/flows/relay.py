"""The fast way between two PostgreSQL databases: checks, masks and filter are SQL at the source, and the text of
COPY is relayed as bytes into the staging table. No row becomes a Python object.

Good rows, their count, and the bad rows are read in one REPEATABLE READ snapshot: a row that changes meanwhile is in
exactly one of the two. Bad rows are looked for only when the counts say that there are some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from zampa.connectors.digests import StreamDigest
from zampa.connectors.postgresql import looking
from zampa.connectors.postgresql.copying import Query, Source
from zampa.connectors.postgresql.session import quoted, told
from zampa.connectors.postgresql.writing import PostgresqlWriter
from zampa.connectors.protocols import Digest
from zampa.contracts.schemas import Field
from zampa.flows import twins
from zampa.flows.ahead import ahead
from zampa.flows.dialects import POSTGRESQL
from zampa.flows.filters import to_sql
from zampa.flows.plan import Plan
from zampa.flows.streaming import UNREADABLE_MASK, made_bad
from zampa.flows.watching import BadRow, Watch

Sql = tuple[str, list[Any]]
FETCHED = 1000


@dataclass(frozen=True)
class Pushed:
    """The plan as SQL: tables of repeated values before it, what each row must pass (code, condition), what is
    selected, and the rows: the filtered table with what is computed once a row, joined to the repeated values."""

    repeated: Sql
    conditions: tuple[tuple[str, Sql], ...]
    selected: str
    rows: Sql
    filtered: Sql

    def query(self, selected: Sql, condition: Sql) -> Query:
        """SELECT of these columns where the condition holds; values in the order of their places."""
        text = f"{self.repeated[0]}SELECT {selected[0]} FROM {self.rows[0]} WHERE {condition[0]}"  # noqa: S608 (twins)
        return Query(text, (*self.repeated[1], *selected[1], *self.rows[1], *condition[1]))

    @property
    def good(self) -> Query:
        return self.query((self.selected, []), self._passing(""))

    def bad(self, shown: str) -> Query:
        flags = ", ".join(text for _, (text, _) in self.conditions)
        return self.query((f"{flags}, {shown}", self._passing("")[1]), self._passing("NOT "))

    def _passing(self, word: str) -> Sql:
        texts = " AND ".join(text for _, (text, _) in self.conditions) or "1 = 1"
        return f"{word}({texts})", [value for _, (_, values) in self.conditions for value in values]


def push(plan: Plan, today: date) -> Pushed | None:
    """The plan as the source's own SQL; None when a part of it has no exact twin there."""
    table = looking.table_sql(plan.source.table)
    filtered = to_sql(plan.row_filter, POSTGRESQL, plan.types, quoted)
    conditions: list[tuple[str, Sql]] = []
    computed = []
    for number, check in enumerate(plan.per_row):
        alias = f"zampa_once_{number}"
        made = twins.check_sql(check, plan.source.field(check.field), quoted(check.field), today, alias)
        if made is None:
            return None
        conditions.append((check.code, (made.condition, made.values)))
        computed += [f"{made.once} AS {alias}"] if made.once else []
    for rule in plan.rules:
        judged = twins.rule_sql(rule, plan.source)
        if judged is None:
            return None
        conditions.append((rule.code, judged))
    selected = []
    for planned in plan.fields:
        column = quoted(planned.column.name)
        shown = _plain(planned.column) if planned.mask.kind == "none" else \
            twins.mask_sql(planned.mask, planned.column, column)
        if shown is None:
            return None
        selected.append(shown)
        readable = twins.readable_sql(planned.mask, planned.column, column)
        if readable is not None:
            conditions.append((UNREADABLE_MASK, (readable, [])))
    repeated = _repeated(plan, table, filtered)
    if repeated is None:
        return None
    head, joined, alone = repeated
    inner = ", ".join([*(quoted(name) for name in plan.columns), *computed])
    fence = " OFFSET 0" if computed else ""  # without it the planner would put the expression back in every place
    rows = f"(SELECT {inner} FROM {table} WHERE {filtered[0]}{fence}) AS zampa_rows{joined}"  # noqa: S608 (twins)
    return Pushed(head, (*conditions, *alone), ", ".join(selected), (rows, filtered[1]), filtered)


def _repeated(plan: Plan, table: str, filtered: Sql) -> tuple[Sql, str, list[tuple[str, Sql]]] | None:
    """For the `unique` checks: the tables of repeated values, their joins, and what a row must pass."""
    heads: list[str] = []
    values: list[Any] = []
    alone: list[tuple[str, Sql]] = []
    joined = ""
    for number, check in enumerate(plan.unique):
        field, alias = plan.source.field(check.field), f"zampa_repeated_{number}"
        if field.type not in twins.UNIQUE:
            return None
        repeated, on = twins.repeated_sql(field, quoted(field.name), table, filtered[0], alias)
        heads.append(f"{alias} AS MATERIALIZED ({repeated})")
        values += filtered[1]
        joined += f" LEFT JOIN {alias} ON {on}"
        alone.append((check.code, (f"({alias}.{alias} IS NULL)", [])))
    return (f"WITH {', '.join(heads)} " if heads else "", values), joined, alone


def _plain(field: Field) -> str:
    """The column as the connector reads it: fixed-length text without its padding, foreign types as their text."""
    name = quoted(field.name)
    plain = field.type != "text" or field.native.startswith(("text", "character varying"))
    return name if plain else f"CAST({name} AS text)"


def relay(plan: Plan, pushed: Pushed, source: Source, writer: PostgresqlWriter, salt: bytes, watch: Watch) -> Digest:
    """Move the good rows, hand the bad ones to the watch; the digest of the bytes as they were sent."""
    watch.enter("moving")
    digest = StreamDigest(salt=salt)
    with ahead(source.copy_out(pushed.good)) as blocks:
        written = writer.copy_in(_counted(blocks, watch), digest)
    watch.written = written
    where, bound = pushed.filtered
    table = looking.table_sql(plan.source.table)
    everything = Query(f"SELECT count(*) FROM {table} WHERE {where}", tuple(bound))  # noqa: S608 (see twins)
    watch.read = int(str(source.rows(everything)[0][0])) if pushed.conditions else written
    if watch.read > written:
        watch.enter("quarantining")
        watch.quarantine(_bad_rows(plan, pushed, source, watch))
    return digest.digest(written)


def _counted(blocks: Iterator[bytes], watch: Watch) -> Iterator[bytes]:
    """The blocks as they pass; in COPY text each row ends in the only newline it holds."""
    for block in blocks:
        rows = block.count(b"\n")
        watch.read += rows
        watch.written += rows
        watch.tick()
        yield block


def _bad_rows(plan: Plan, pushed: Pushed, source: Source, watch: Watch) -> Iterator[BadRow]:
    """Rows that fail, with each condition's own answer. A server-side cursor: there may be many."""
    query = pushed.bad(", ".join(_as_text(plan.source.field(name)) for name in plan.columns))
    codes = [code for code, _ in pushed.conditions]
    with told(source.endpoint), source.connection.cursor(name="zampa_bad_rows") as cursor:
        cursor.itersize = FETCHED
        cursor.execute(sql.SQL(query.text), query.values)  # type: ignore[arg-type]
        for row in cursor:
            failed = tuple(code for code, passed in zip(codes, row, strict=False) if not passed)
            watch.tick()
            yield made_bad(plan, failed, dict(zip(plan.columns, row[len(codes) :], strict=True)))


def _as_text(field: Field) -> str:
    """The value in the spelling of masks.text_of, so that a row has one key whichever way it went."""
    column = quoted(field.name)
    if field.type in ("timestamp", "timestamptz"):
        return f"replace(CAST({column} AS text), ' ', 'T')"
    if field.type == "binary":
        return f"encode({column}, 'hex')"
    return f"CAST({column} AS text)"

