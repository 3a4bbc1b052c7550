"""The way every pair of engines can go: Arrow batches, checked and masked here, one batch in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from decimal import InvalidOperation

import pyarrow

from zampa.connectors.protocols import Connector, Writer
from zampa.connectors.shapes import arrow_type
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import Field
from zampa.flows.checks import failures
from zampa.flows.duplicates import Duplicates
from zampa.flows.filters import fields_of, predicate, read
from zampa.flows.masks import Masker, masker, text_of, unreadable
from zampa.flows.plan import Plan, Planned
from zampa.flows.rulings import failing, names_of
from zampa.flows.watching import BadRow, Watch
from zampa.ground.errors import Unavailable

UNREADABLE_TYPE = "flows.value.unreadable"
UNREADABLE_MASK = "flows.mask.unreadable"
Codes = dict[int, list[str]]


def stream(
    plan: Plan, reader: Connector, source: Endpoint, writer: Writer, mask_key: bytes, today: date, watch: Watch
) -> None:
    """Every row that passes goes to `writer`, every other to the watch; Unavailable when the source changed."""
    maskers = [masker(planned.mask, mask_key) for planned in plan.fields]
    with ExitStack() as stack:
        codes = [*(check.code for check in plan.unique), *(rule.code for rule in plan.together)]
        duplicates = {code: stack.enter_context(Duplicates()) for code in codes}
        _find_duplicates(plan, reader, source, duplicates, watch)
        watch.enter("moving")
        for batch in _batches(plan, reader, source, plan.columns):
            values = {name: batch.column(name).to_pylist() for name in _looked_at(plan)}
            bad: Codes = {}
            _check(plan, values, duplicates, today, bad)
            columns = [
                _delivered(planned, batch, values, mask, bad)
                for planned, mask in zip(plan.fields, maskers, strict=True)
            ]
            watch.read += batch.num_rows
            watch.quarantine(bad_rows(plan, batch, bad))
            good = _without(columns, plan, batch.num_rows, bad)
            writer.write(good)
            watch.written += good.num_rows
            watch.tick()
        if not all(found.unchanged for found in duplicates.values()):
            raise Unavailable("flows.source_changed")


def _batches(
    plan: Plan, reader: Connector, source: Endpoint, columns: Sequence[str]
) -> Iterator[pyarrow.RecordBatch]:
    """The filtered rows, by the source where it compares as we do, else by us."""
    if not plan.filters_here or plan.row_filter is None:
        yield from reader.read(source, plan.source.table, columns, plan.row_filter)
        return
    looked = fields_of(plan.row_filter)
    passes = predicate(plan.row_filter, plan.types)
    for batch in reader.read(source, plan.source.table, list(dict.fromkeys([*columns, *looked]))):
        rows = zip(*(batch.column(name).to_pylist() for name in looked), strict=True)
        kept = [passes(dict(zip(looked, row, strict=True))) for row in rows]
        yield batch.filter(pyarrow.array(kept, pyarrow.bool_()))


def _find_duplicates(
    plan: Plan, reader: Connector, source: Endpoint, duplicates: dict[str, Duplicates], watch: Watch
) -> None:
    if not duplicates:
        return
    named = [name for rule in plan.together for name in names_of(rule)]
    wanted = list(dict.fromkeys([*(check.field for check in plan.unique), *named]))
    for batch in _batches(plan, reader, source, wanted):
        for check in plan.unique:
            duplicates[check.code].add(batch.column(check.field).to_pylist())
        for rule in plan.together:
            duplicates[rule.code].add(_combined([batch.column(name).to_pylist() for name in names_of(rule)]))
        watch.tick()
    for found in duplicates.values():
        found.close_count()


def _looked_at(plan: Plan) -> set[str]:
    """Columns whose values are needed as Python values; the others pass as Arrow."""
    handled = {planned.column.name for planned in plan.fields if planned.mask.kind != "none" or planned.converts}
    judged = {name for rule in plan.rules for name in names_of(rule)}
    return handled | judged | {check.field for check in plan.checks}


def _check(
    plan: Plan, values: dict[str, list[object]], duplicates: dict[str, Duplicates], today: date, codes: Codes
) -> None:
    for check in plan.checks:
        column = values[check.field]
        if check.kind == "unique":
            found = duplicates[check.code].places(column)
        else:
            found = failures(check, column, plan.types[check.field], today)
        _mark(found, check.code, codes)
    for rule in plan.of_row:
        _mark(failing(rule, values, plan.types, today), rule.code, codes)
    for rule in plan.together:
        found = duplicates[rule.code].places(_combined([values[name] for name in names_of(rule)]))
        _mark(found, rule.code, codes)


def _mark(places: Sequence[int], code: str, codes: Codes) -> None:
    for place in places:
        codes.setdefault(place, []).append(code)


def _combined(columns: Sequence[Sequence[object]]) -> list[object]:
    """The values of each row as one text that no other combination has; null where one of them is."""
    return [
        None if None in row else json.dumps([text_of(value) for value in row])
        for row in zip(*columns, strict=True)
    ]


def _delivered(
    planned: Planned, batch: pyarrow.RecordBatch, values: dict[str, list[object]], mask: Masker, codes: Codes
) -> pyarrow.Array:
    """The column as it is written. A value that cannot be read becomes null here and a code on its row."""
    name = planned.column.name
    if name not in values or (planned.mask.kind == "none" and not planned.converts):
        return batch.column(name)
    column = values[name]
    if planned.converts:
        column = _converted(column, planned.reads_as, codes)
    shown = [mask(value) for value in column]
    if planned.mask.kind in ("date", "region"):
        for place, (before, after) in enumerate(zip(column, shown, strict=True)):
            if unreadable(before, after, planned.mask):
                codes.setdefault(place, []).append(UNREADABLE_MASK)
    return pyarrow.array(shown, arrow_type(planned.arrives))


def _converted(column: list[object], field: Field, codes: Codes) -> list[object]:
    """Text cells as the type the catalogue declares; an empty cell of a number or a date is null."""
    as_text = pyarrow.types.is_string(arrow_type(field))
    converted: list[object] = []
    for place, value in enumerate(column):
        if value is None or value == "":
            converted.append(None)
            continue
        try:
            found = read(text_of(value), field.type)
            converted.append(text_of(found) if as_text else found)
        except (ValueError, InvalidOperation):
            converted.append(None)
            codes.setdefault(place, []).append(UNREADABLE_TYPE)
    return converted


def _without(columns: list[pyarrow.Array], plan: Plan, rows: int, codes: Codes) -> pyarrow.RecordBatch:
    batch = pyarrow.RecordBatch.from_arrays(columns, names=[field.name for field in plan.destination.fields])
    if not codes:
        return batch
    return batch.filter(pyarrow.array([place not in codes for place in range(rows)], pyarrow.bool_()))


def bad_rows(plan: Plan, batch: pyarrow.RecordBatch, codes: Codes) -> list[BadRow]:
    """The rows of a batch that failed, as text, with the codes in the order of the checks."""
    found = []
    for place in sorted(codes):
        row = {name: batch.column(name)[place].as_py() for name in plan.columns}
        found.append(made_bad(plan, tuple(codes[place]), row))
    return found


def made_bad(plan: Plan, codes: tuple[str, ...], row: dict[str, object]) -> BadRow:
    """A bad row from source values by column; the key is the whole row where the source has no key."""
    texts = {name: None if value is None else text_of(value) for name, value in row.items()}
    key = {name: texts[name] for name in (plan.key or plan.columns)}
    return BadRow(codes, key, {plan.names.get(name, name): text for name, text in texts.items()})
