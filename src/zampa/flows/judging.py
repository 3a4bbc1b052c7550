"""A set of quality rules carried out on a table: how many rows each judges and fails, with a few that fail.

The table is read once through its connector, batch by batch, in flat memory; every rule of one row is part of one
DuckDB query a batch, written in Ibis. Rules of the whole table compare keyed hashes (flows.hashed); only when one of
them fails is the table read again, to show some of its rows, and no further than that takes. DuckDB never opens the
source itself: its own scanners carry some types wrong.

A rule that cannot be carried out says why in its ruling and stops no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from zampa.connectors.protocols import Connector
from zampa.connectors.shapes import arrow_schema
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.quality import Counts, Fresh, InList, Matches, OneOf, Refers, Rule, Unique
from zampa.contracts.schemas import DataType, TableRef, TableSchema
from zampa.flows import rulings
from zampa.flows.expressions import LONG_LIST, condition
from zampa.flows.hashed import Hashed
from zampa.flows.identifiers import is_calendar_date
from zampa.flows.masks import text_of
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, ZampaError

SAMPLE = 20
BATCH_ROWS = 65_536
Row = dict[str, str | None]


@dataclass(frozen=True)
class Table:
    """A table as it is read: `names` leads from items to columns, `types` from columns to declared types (used where
    the source states none), `key` names the columns that tell one row from another."""

    reader: Connector
    endpoint: Endpoint
    ref: TableRef
    names: Mapping[str, str]
    types: Mapping[str, DataType] = field(default_factory=dict)
    key: tuple[str, ...] = ()


@dataclass
class Ruling:
    """What came of one rule. `sample`: rows that fail, as text by item name: the key and what the rule looks at.

    `problem`: the code of why it could not be carried out. `measured`: figures of a rule of the whole table, counts
    and days, never a value.
    """

    code: str
    checked: int = 0
    failed: int = 0
    problem: str = ""
    measured: dict[str, int] = field(default_factory=dict)
    sample: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Judged:
    rows: int
    rulings: tuple[Ruling, ...]
    seconds: float


@dataclass
class _Case:
    """One rule under way: as it speaks of columns, where it comes out, its own tables of hashes."""

    rule: Rule
    ruling: Ruling
    place: int
    columns: tuple[str, ...]
    shown: tuple[str, ...] = ()
    values: Any = None
    showing: str = ""
    newest: Any = None

    @property
    def here(self) -> str:
        return f"here_{self.place}"

    @property
    def there(self) -> str:
        return f"there_{self.place}"

    @property
    def bad(self) -> str:
        return f"bad_{self.place}"

    @property
    def hashed(self) -> tuple[tuple[str, ...], str]:
        """The columns that make the hash, and the one beside them."""
        test = self.rule.test
        return ((test.key[0],), self.rule.field) if isinstance(test, Matches) else (self.columns, "")


def judge(
    table: Table,
    rules: Sequence[Rule],
    *,
    others: Mapping[str, Table] | None = None,
    today: date | None = None,
    cycle_days: int | None = None,
    sample: int = SAMPLE,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Judged:
    """Carry out `rules`, whose names are those of `table.names`; code lists are resolved already.

    `others`: tables of other resources by id, only those the asker may use: a rule on any other is not carried out.
    `cycle_days`: how old the declared update cycle lets the newest row be. Raises the connectors' errors of `table`
    as they are; Conflict `flows.cancelled`.
    """
    begun = time.monotonic()
    work = _Work(table, others or {}, today or local_date(utc_now()), cycle_days, sample)
    cases = work.cases(rules)
    with Hashed() as hashed:
        work.prepare(cases, hashed)
        for batch in work.batches(cases):
            if cancelled is not None and cancelled():
                raise Conflict("flows.cancelled")
            work.see(cases, batch, hashed)
            if on_progress is not None:
                on_progress(work.rows)
        work.close(cases, hashed)
    return Judged(work.rows, tuple(case.ruling for case in cases), round(time.monotonic() - begun, 3))


class _Work:
    """The table, what is known of its columns, and the steps of one judgement."""

    def __init__(
        self, table: Table, others: Mapping[str, Table], today: date, cycle_days: int | None, sample: int
    ) -> None:
        self.table, self.others, self.today, self.cycle_days, self.sample = table, others, today, cycle_days, sample
        self.schema: TableSchema = table.reader.schema(table.endpoint, table.ref)
        typed = table.reader.capabilities.typed
        known: dict[str, DataType] = {one.name: one.type for one in self.schema.fields}
        self.types = known if typed else {name: table.types.get(name, kind) for name, kind in known.items()}
        arrow = arrow_schema(self.schema)
        self.exact: dict[str, DataType] = {
            name: kind for name, kind in self.types.items()
            if kind == known[name] and (kind == "text" or not pa.types.is_string(arrow.field(name).type))
        }
        self.back = {column: item for item, column in reversed(list(table.names.items()))}
        self.rows = 0
        self.counting: str | None = None

    def cases(self, rules: Sequence[Rule]) -> list[_Case]:
        cases = []
        for place, rule in enumerate(rules):
            ruling = Ruling(rule.code)
            try:
                rule = rulings.bound(rule, self.table.names)
                ruling.problem = self._problem(rule)
            except KeyError:
                ruling.problem = "flows.rule.unknown_field"
            columns = () if ruling.problem else rulings.names_of(rule)
            key = [name for name in self.table.key or self.schema.key if name in self.types]
            cases.append(_Case(rule, ruling, place, columns, tuple(dict.fromkeys([*key, *columns])) if columns else ()))
        return cases

    def _problem(self, rule: Rule) -> str:
        if isinstance(rule.test, InList):
            return "flows.rule.unresolved_list"
        if isinstance(rule.test, Fresh) and rule.test.days is None and self.cycle_days is None:
            return "flows.rule.no_cycle"
        if rule.other_resource and rule.other_resource not in self.others:
            return "flows.rule.other_not_usable"
        if any(name not in self.types for name in rulings.names_of(rule)):
            return "flows.rule.missing_column"
        return rulings.problem_of(rule, self.types)

    def prepare(self, cases: Sequence[_Case], hashed: Hashed) -> None:
        """Other tables as hashes, long lists as tables, every rule of a row as a query."""
        for case in cases:
            if case.ruling.problem:
                continue
            if isinstance(case.rule.test, (Unique, Refers, Matches)):
                hashed.make(case.here)
            if case.rule.other_resource:
                try:
                    self._look_there(case, hashed)
                except ZampaError as error:
                    case.ruling.problem = error.code
            elif isinstance(case.rule.test, OneOf) and len(case.rule.test.values) > LONG_LIST:
                hashed.keep_list(f"list_{case.place}", case.rule.test.values)
                case.values = ibis.table({"v": "string"}, name=f"list_{case.place}")

    def _look_there(self, case: _Case, hashed: Hashed) -> None:
        other, test = self.others[case.rule.other_resource], case.rule.test
        if isinstance(test, Counts):
            case.ruling.measured["there"] = other.reader.count(other.endpoint, other.ref)
            return
        assert isinstance(test, (Refers, Matches))
        named = [test.item] if isinstance(test, Refers) else [test.key[1], test.item]
        missing = [name for name in named if name not in other.names]
        if missing:
            case.ruling.problem = "flows.rule.missing_column"
            return
        hashed.make(case.there)
        columns = [other.names[name] for name in named]
        for batch in other.reader.read(other.endpoint, other.ref, list(dict.fromkeys(columns))):
            hashed.add(case.there, batch, columns[:1], columns[1] if len(columns) > 1 else "")

    def batches(self, cases: Sequence[_Case]) -> Iterator[pa.RecordBatch]:
        wanted = list(dict.fromkeys(name for case in cases if not case.ruling.problem for name in case.shown))
        if not wanted and not any(isinstance(case.rule.test, Counts) for case in cases):
            return iter(())
        return self.table.reader.read(
            self.table.endpoint, self.table.ref, wanted or [self.schema.names[0]], batch_rows=BATCH_ROWS
        )

    def see(self, cases: Sequence[_Case], batch: pa.RecordBatch, hashed: Hashed) -> None:
        self.rows += batch.num_rows
        open_cases = [case for case in cases if not case.ruling.problem]
        told = []
        for case in open_cases:
            if isinstance(case.rule.test, (Unique, Refers, Matches)):
                columns, value = case.hashed
                hashed.add(case.here, batch, columns, value)
            elif isinstance(case.rule.test, Fresh):
                case.newest = _newest(case.newest, batch.column(case.rule.field))
            elif not isinstance(case.rule.test, Counts):
                told.append(case)
        self._rows_judged(told, batch, hashed)

    def _rows_judged(self, cases: Sequence[_Case], batch: pa.RecordBatch, hashed: Hashed) -> None:
        """One query counts for every rule that has an expression; rows to show are asked for only where some fail."""
        if self.counting is None:
            self._write_queries(cases, batch)
        hashed.engine.register("batch", batch)
        counts = iter(hashed.engine.execute(self.counting).fetchone() or ()) if self.counting else iter(())
        for case in cases:
            if not case.showing:
                self._in_python(case, batch)
                continue
            checked, failed = next(counts), next(counts)
            case.ruling.checked += checked
            case.ruling.failed += failed
            left = self.sample - len(case.ruling.sample)
            if failed and left > 0:
                self._keep(case, hashed.engine.execute(case.showing, [left]).fetchall())

    def _write_queries(self, cases: Sequence[_Case], batch: pa.RecordBatch) -> None:
        """The queries of a batch, written once: every batch of a table has the same columns."""
        table, sums = ibis.table(ibis.Schema.from_pyarrow(batch.schema), name="batch"), {}
        for case in cases:
            found = condition(case.rule, table, self.exact, self.today, case.values)
            if found is not None:
                sums[f"c{case.place}"] = table.count(where=found.considered)
                sums[f"f{case.place}"] = table.count(where=found.fails)
                case.showing = f"{_sql(table.filter(found.fails).select(*case.shown))} LIMIT ?"
        self.counting = _sql(table.aggregate(**sums)) if sums else ""

    def _in_python(self, case: _Case, batch: pa.RecordBatch) -> None:
        columns = {name: batch.column(name).to_pylist() for name in case.columns}
        bad = rulings.failing(case.rule, columns, self.types, self.today)
        case.ruling.checked += rulings.considered(case.rule, columns, self.types)
        case.ruling.failed += len(bad)
        left = self.sample - len(case.ruling.sample)
        if bad and left > 0:
            rows = batch.select(list(case.shown)).take(pa.array(bad[:left])).to_pylist()
            self._keep(case, [tuple(row[name] for name in case.shown) for row in rows])

    def _keep(self, case: _Case, rows: Sequence[Sequence[object]]) -> None:
        for row in rows:
            told = zip(case.shown, row, strict=True)
            case.ruling.sample.append(
                {self.back.get(name, name): None if value is None else text_of(value) for name, value in told}
            )

    def close(self, cases: Sequence[_Case], hashed: Hashed) -> None:
        """Everything is read: compare the hashes, and look again for rows to show."""
        again = []
        for case in cases:
            ruling, test = case.ruling, case.rule.test
            if ruling.problem:
                continue
            if isinstance(test, Unique):
                ruling.checked, ruling.failed = hashed.count(case.here), hashed.repeated(case.here, case.bad)
            elif isinstance(test, Refers):
                ruling.checked = hashed.count(case.here)
                ruling.failed = hashed.absent(case.here, case.there, case.bad)
            elif isinstance(test, Matches):
                ruling.checked, ruling.failed = hashed.differing(case.here, case.there, case.bad)
            elif isinstance(test, Counts):
                ruling.measured["here"] = self.rows
                allowed = ruling.measured["there"] * test.within_percent / 100
                ruling.checked, ruling.failed = 1, int(abs(self.rows - ruling.measured["there"]) > allowed)
            elif isinstance(test, Fresh):
                self._aged(case, test)
            if ruling.failed and isinstance(test, (Unique, Refers, Matches)):
                again.append(case)
        self._look_again(again, hashed)

    def _aged(self, case: _Case, test: Fresh) -> None:
        limit = test.days if test.days is not None else self.cycle_days
        case.ruling.measured["limit"] = limit or 0
        if case.newest is None:
            case.ruling.checked, case.ruling.failed = 1, 1
            return
        age = (self.today - case.newest).days
        case.ruling.measured["days"] = age
        case.ruling.checked, case.ruling.failed = 1, int(age > (limit or 0))

    def _look_again(self, cases: Sequence[_Case], hashed: Hashed) -> None:
        wanted = list(dict.fromkeys(name for case in cases for name in case.shown))
        open_cases = list(cases) if self.sample else []
        if not open_cases:
            return
        for batch in self.table.reader.read(self.table.endpoint, self.table.ref, wanted):
            for case in open_cases:
                columns, value = case.hashed
                left = self.sample - len(case.ruling.sample)
                self._keep(case, hashed.rows(case.bad, batch, columns, value, case.shown, left))
            open_cases = [case for case in open_cases if len(case.ruling.sample) < min(self.sample, case.ruling.failed)]
            if not open_cases:
                return


def _sql(expression: Any) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


def _newest(before: date | None, column: pa.Array) -> date | None:
    """The later of a day and the days of a column: dates, moments, or texts that begin with a day."""
    found: date | None = None
    if pa.types.is_string(column.type):
        heads = pc.utf8_slice_codeunits(pc.replace_substring(column, "-", ""), 0, 8)
        days = [text for text in pc.unique(heads).to_pylist() if text is not None and is_calendar_date(text)]
        found = date.fromisoformat(max(days)) if days else None
    else:
        latest = pc.max(column).as_py()
        if isinstance(latest, datetime):
            found = local_date(latest) if latest.tzinfo else latest.date()
        else:
            found = latest
    return max((one for one in (before, found) if one is not None), default=None)
