"""A readable picture of a table from one reading in flat memory: types, nulls, distinct values, range, lengths, shapes
of values, frequent values, a histogram, candidate keys.

Of a column that is personal, or looks it, no value is kept: no frequent values, no range, no histogram; the shape of
its values (9 a digit, A a letter, 汉 a sign) and their lengths stay, as they name nobody. Of every other column a value
or a shape that fewer than FEWEST rows hold is left out: a rare value may single somebody out.

Distinct values are counted by the 4,096 smallest hashes (k minimum values, Bar-Yossef et al. 2002): exact below that
many, within about 3 % above. Histograms are drawn from 10,000 rows taken at random.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zampa.contracts.quality import Rule, Unique
from zampa.contracts.schemas import Field
from zampa.flows.dialects import DUCKDB
from zampa.flows.hashed import engine
from zampa.flows.judging import BATCH_ROWS, Table, judge
from zampa.flows.masks import text_of
from zampa.ground.errors import Conflict

FEWEST = 5  # rows that must hold a value before it is shown
SMALLEST = 4096
SAMPLED = 10_000
FREQUENT = 10
COUNTED = 10_000  # different values of a column that are counted one by one
BINS = 12
LONGEST_SHAPE = 24
LOOKED_AT = 200  # values whose shape is looked at for traces of persons, and not kept
KEYS_TRIED = 5
_SHAPES = ((r"[0-9]", "9"), (r"[A-Za-z]", "A"), (r"\p{Han}", "汉"), (r"\p{Tibetan}", "བ"))
Suspect = Callable[[Field, Sequence[str]], str]


class Share(msgspec.Struct, frozen=True):
    """A value, shape, length or range, and how many rows hold it."""

    label: str
    rows: int


class ColumnPicture(msgspec.Struct, kw_only=True):
    """`hidden`: personal, so that no value is kept; `suspected`: the code of why it looks personal. `sampled`: the
    histogram is drawn from so many rows."""

    name: str
    type: str
    comment: str = ""
    nulls: int = 0
    distinct: int = 0
    exact: bool = True
    low: str = ""
    high: str = ""
    lengths: list[Share] = []
    shapes: list[Share] = []
    frequent: list[Share] = []
    bins: list[Share] = []
    sampled: int = 0
    hidden: bool = False
    suspected: str = ""
    key: bool = False


class Picture(msgspec.Struct, kw_only=True):
    rows: int
    columns: list[ColumnPicture]
    seconds: float


class _Column:
    """One column under way."""

    def __init__(self, field: Field, hidden: bool) -> None:
        self.field = field
        self.picture = ColumnPicture(name=field.name, type=field.type, comment=field.comment, hidden=hidden)
        self.smallest = np.empty(0, np.uint64)
        self.values: Counter[Any] | None = Counter()
        self.lengths: Counter[int] = Counter()
        self.shapes: Counter[str] = Counter()
        self.sample: list[Any] = []
        self.seen = 0
        self.low: Any = None
        self.high: Any = None

    def see(self, column: pa.Array, hashes: Any) -> None:
        self.picture.nulls += column.null_count
        self.smallest = np.unique(np.concatenate([self.smallest, hashes]))[:SMALLEST]
        if pa.types.is_string(column.type):
            _count(self.lengths, pc.utf8_length(column))
            shaped = pc.utf8_slice_codeunits(column, 0, LONGEST_SHAPE)
            for pattern, sign in _SHAPES:
                shaped = pc.replace_substring_regex(shaped, pattern, sign)
            _count(self.shapes, shaped)
            if len(self.shapes) > COUNTED:
                self.shapes = Counter(dict(self.shapes.most_common(COUNTED // 2)))
        if self.picture.hidden or pa.types.is_binary(column.type):
            return
        if self.values is not None:
            _count(self.values, column)
            if len(self.values) > COUNTED:
                self.values = None  # too many different ones for any to be frequent
        if self.field.type in ("integer", "decimal", "double", "date", "timestamp", "timestamptz"):
            self._measure(column)

    def _measure(self, column: pa.Array) -> None:
        ends = pc.min_max(column)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        if low is not None:
            self.low = low if self.low is None else min(self.low, low)
            self.high = high if self.high is None else max(self.high, high)
        for value in column.drop_null().to_pylist():
            self.seen += 1
            if len(self.sample) < SAMPLED:
                self.sample.append(value)
            elif (place := random.randrange(self.seen)) < SAMPLED:  # noqa: S311 a picture, no secret
                self.sample[place] = value

    def finish(self) -> ColumnPicture:
        made = self.picture
        made.exact = len(self.smallest) < SMALLEST
        last = int(self.smallest[-1]) if len(self.smallest) else 0
        made.distinct = len(self.smallest) if made.exact else int((SMALLEST - 1) * 2**64 / max(last, 1))
        made.lengths = [Share(str(length), n) for length, n in sorted(self.lengths.items()) if n >= FEWEST][:40]
        made.shapes = _most(self.shapes)
        if not made.hidden:
            made.frequent = _most(self.values or {})
            made.low, made.high = ("" if one is None else text_of(one) for one in (self.low, self.high))
            made.bins, made.sampled = _bins(self.sample, self.low, self.high), len(self.sample)
        return made


def picture(
    table: Table, *, personal: Sequence[str] = (), suspect: Suspect | None = None,
    on_progress: Callable[[int], None] | None = None, cancelled: Callable[[], bool] | None = None,
) -> Picture:
    """Look at every row of `table` once. `personal`: columns known to be personal; `suspect` says why a column looks it
    ("" when it does not) by its definition and a few of its values. Raises the connectors' errors; Conflict when
    `cancelled`."""
    begun, rows = time.monotonic(), 0
    schema = table.reader.schema(table.endpoint, table.ref)
    columns = {field.name: _Column(field, field.name in personal) for field in schema.fields}
    with ExitStack() as stack:
        hashing = engine(stack)
        for batch in table.reader.read(table.endpoint, table.ref, [], batch_rows=BATCH_ROWS):
            if cancelled is not None and cancelled():
                raise Conflict("flows.cancelled")
            if rows == 0 and suspect is not None:
                _suspect(columns, batch, suspect)
            _see(columns, batch, hashing)
            rows += batch.num_rows
            if on_progress is not None:
                on_progress(rows)
    made = [column.finish() for column in columns.values()]
    _find_keys(table, made, rows)
    return Picture(rows=rows, columns=made, seconds=round(time.monotonic() - begun, 3))


def _suspect(columns: Mapping[str, _Column], batch: pa.RecordBatch, suspect: Suspect) -> None:
    for name, column in columns.items():
        values = [text_of(value) for value in batch.column(name).slice(0, LOOKED_AT).to_pylist() if value is not None]
        column.picture.suspected = suspect(column.field, values)
        column.picture.hidden = column.picture.hidden or bool(column.picture.suspected)


def _see(columns: Mapping[str, _Column], batch: pa.RecordBatch, hashing: duckdb.DuckDBPyConnection) -> None:
    hashing.register("batch", batch)
    for name, column in columns.items():
        quoted = DUCKDB.quote(name)
        query = f"SELECT DISTINCT hash({quoted}) AS h FROM batch WHERE {quoted} IS NOT NULL"  # noqa: S608 (quoted)
        column.see(batch.column(name), hashing.execute(query).fetchnumpy()["h"].astype(np.uint64))


def _find_keys(table: Table, made: Sequence[ColumnPicture], rows: int) -> None:
    """Columns that seem to tell every row from every other are tried exactly, in one more reading."""
    tried = [one for one in made if rows > 1 and not one.nulls and one.distinct >= 0.9 * rows][:KEYS_TRIED]
    if not tried:
        return
    plain = Table(table.reader, table.endpoint, table.ref, {one.name: one.name for one in tried}, table.types)
    judged = judge(plain, [Rule(code=one.name, field=one.name, test=Unique()) for one in tried], sample=0)
    for one, ruling in zip(tried, judged.rulings, strict=True):
        one.key = not ruling.problem and not ruling.failed and ruling.checked == rows


def _count(counter: Counter[Any], column: pa.Array) -> None:
    for pair in pc.value_counts(column).to_pylist():
        if pair["values"] is not None:
            counter[pair["values"]] += pair["counts"]


def _most(counter: Mapping[Any, int]) -> list[Share]:
    found = [Share(text_of(value), n) for value, n in counter.items() if n >= FEWEST]
    return sorted(found, key=lambda one: (-one.rows, one.label))[:FREQUENT]


def _bins(sample: Sequence[Any], low: Any, high: Any) -> list[Share]:
    """The range in equal parts and how many of the sampled rows lie in each."""
    if len(sample) < FEWEST or low is None or low == high:
        return []
    numbers = [_number(value) for value in sample]
    first, last = _number(low), _number(high)
    if not all(np.isfinite([first, last])):
        return []
    counts, edges = np.histogram(numbers, bins=BINS, range=(first, last))
    return [
        Share(f"{_back(edges[n], low)} – {_back(edges[n + 1], low)}", int(count))
        for n, count in enumerate(counts)
    ]


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 only compared
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _back(edge: float, like: Any) -> str:
    if isinstance(like, datetime):
        return (datetime(1970, 1, 1) + timedelta(seconds=float(edge))).date().isoformat()  # noqa: DTZ001 only shown
    if isinstance(like, date):
        return date.fromordinal(int(edge)).isoformat()
    return f"{edge:,.0f}" if isinstance(like, int) or abs(edge) >= 1000 else f"{Decimal(repr(float(edge))):.4g}"
