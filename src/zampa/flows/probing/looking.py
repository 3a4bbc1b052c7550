"""One look at one source: connect, its columns, a sample under the checks, the newest row, the count.

The slow part comes last, and each step is told as soon as it is known: a table too large to be counted in the time
given is there all the same.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from zampa.connectors.registry import connector
from zampa.flows.checks import failures
from zampa.flows.probing.orders import Answer, Order
from zampa.ground.errors import ZampaError

HERE = ZoneInfo("Asia/Shanghai")
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")


def look(order: Order) -> Iterator[Answer]:
    """The answers as the look goes on; the last one has `over`."""
    begun = time.monotonic()
    found = Answer(key=order.key, over=False)

    def spent() -> int:
        return int((time.monotonic() - begun) * 1000)

    try:
        for step in _steps(order):
            found = msgspec.structs.replace(found, milliseconds=spent(), **step)
            yield found
    except ZampaError as error:
        params = {name: str(value)[:200] for name, value in error.params.items()}
        found = msgspec.structs.replace(found, problem=error.code, params=params)
    yield msgspec.structs.replace(found, over=True, milliseconds=spent())


def _steps(order: Order) -> Iterator[dict[str, object]]:
    engine = connector(order.endpoint.engine, order.reach.policy())
    if order.whole:
        engine.check(order.endpoint)
        return
    fields = engine.schema(order.endpoint, order.table).fields
    yield {"fields": fields, "typed": engine.capabilities.typed}
    batch = engine.sample(order.endpoint, order.table, order.sample)
    yield {"sampled": int(batch.num_rows), "failed": failed_checks(order, batch)}
    there = order.time_column in {field.name for field in fields}
    newest = moment_of(engine.newest(order.endpoint, order.table, order.time_column if there else ""))
    yield {"newest": newest.isoformat() if newest else ""}
    yield {"rows": engine.count(order.endpoint, order.table)}


def failed_checks(order: Order, batch: pa.RecordBatch) -> dict[str, int]:
    """How many sampled rows fail each check; `unique` needs the whole table: deliveries see to it."""
    found: dict[str, int] = {}
    for check in order.checks:
        if check.kind == "unique" or check.field not in batch.schema.names:
            continue
        kind = order.types.get(check.field, "text")
        values = batch.column(check.field).to_pylist()
        bad = len(failures(check, values, kind, order.today))
        if bad:
            found[f"{check.field} {check.code}"] = bad
    return found


def moment_of(value: object) -> datetime | None:
    """A newest value as a moment; None for what is no date. A day counts to its end, times without a zone are ours."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=HERE)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=HERE) + timedelta(days=1)
    text = str(value).strip() if value is not None else ""
    digits = DIGITS.fullmatch(text)
    try:
        if digits:
            year, month, day = int(digits[1]), int(digits[2]), digits[3]
            if day:
                return moment_of(date(year, month, int(day)))
            return moment_of(date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))
        plain = text.replace("/", "-")
        return moment_of(date.fromisoformat(plain) if len(plain) == 10 else datetime.fromisoformat(plain))
    except (ValueError, OverflowError):
        return None


def moment_of_text(text: str) -> datetime | None:
    """The inverse of what `Answer.newest` holds."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
