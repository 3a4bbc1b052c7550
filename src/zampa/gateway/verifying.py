"""The verify call: yes or no instead of data.

    POST /g/{grant}/verify   {"key": {"身份证号": "..."}, "values": {"姓名": "...", "出生日期": "..."}}
                             {"result": {"姓名": "match", "出生日期": "no_match"}}

A key that is not in the table answers like one whose values differ, so a call never tells who is in it. Five different
value sets a day may be tried on one key value; a run of misses raises an alarm in the trail.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import structlog

from zampa.contracts.flowspecs import AllOf, Comparison, Filter, GrantedField
from zampa.flows import filters
from zampa.gateway.answers import Salts
from zampa.gateway.asked import Asked, Buffered
from zampa.gateway.counters import Counters
from zampa.gateway.metrics import Metrics
from zampa.gateway.refusals import Refusal
from zampa.gateway.rows import conditions, granted_fields, table_of
from zampa.gateway.sources import Cell, Sources
from zampa.ground.clock import local_date, parse_iso

Judgement = Literal["match", "no_match", "not_judged"]
MAX_BODY = 64 << 10
MISS_RUN = "gateway.verify.miss_run"
log = structlog.get_logger("zampa.gateway")


class Questioned(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a verify call; every value is text."""

    key: dict[str, str]
    values: dict[str, str]


class Verifying:
    """Serves `POST /g/{grant}/verify`."""

    def __init__(self, sources: Sources, counters: Counters, salts: Salts, metrics: Metrics) -> None:
        self.sources = sources
        self.counters = counters
        self.salts = salts
        self.metrics = metrics

    async def call(self, asked: Asked) -> Buffered:
        """One judgement per asked field; Refusal for a field that is not granted or the sixth value set."""
        if asked.method != "POST":
            raise Refusal("gateway.request.method", allowed="POST")
        plan = asked.grant_plan()
        schema = table_of(plan)
        granted = {field.name: field for field in granted_fields(plan, schema)}
        question = _read(asked, granted)
        style = self.sources.style(plan)
        asked.probe = self._probe(asked, question)
        self.counters.attempt(plan.grant.id, asked.probe, asked.now)
        wanted = _key_filter(question.key, granted)
        fields = [granted[name] for name in question.values]
        condition, values = conditions(plan, schema, style, wanted)
        for name, value in question.key.items():  # said twice: exactly above, and here so that an index may serve
            column = schema.field(granted[name].column)
            condition += f" AND {style.dialect.quote(column.name)} = {style.casts.get(column.type, '%s')}"
            values = [*values, value]
        columns = ", ".join(style.text(schema.field(field.column)) for field in fields)
        sql = f"SELECT {columns} FROM {style.table(schema.table)} WHERE {condition} LIMIT 2"  # noqa: S608 quoted, bound
        rows = await self.sources.select(plan, sql, values)
        result = judged(fields, question.values, rows)
        matched = "match" in result.values()
        if self.counters.judged(plan.grant.id, matched):
            asked.alarm = MISS_RUN
            self.metrics.alarms.labels(MISS_RUN).inc()
            log.warning("verify_miss_run", grant=plan.grant.number, consumer=plan.grant.consumer)
        return Buffered(200, msgspec.json.encode({"result": result}), [], "application/json", rows=int(matched))

    def _probe(self, asked: Asked, question: Questioned) -> str:
        """Keyed digests of key and values, so that attempts can be counted again after a restart without them."""
        day = f"{local_date(parse_iso(asked.at))}"
        grant = asked.grant_plan().grant.id.encode()
        key = self.salts.keyed(day, grant, msgspec.json.encode(question.key, order="sorted"))
        value_set = self.salts.keyed(day, grant, msgspec.json.encode(question.values, order="sorted"))
        return f"{key}.{value_set}"


def judged(
    fields: Sequence[GrantedField], values: Mapping[str, str], rows: Sequence[Sequence[Cell]]
) -> dict[str, Judgement]:
    """No row: nothing matches. Two rows: the key names nobody alone, so nothing is judged."""
    if len(rows) > 1:
        return {field.name: "not_judged" for field in fields}
    if not rows:
        return {field.name: "no_match" for field in fields}
    return {field.name: _same(field, values[field.name], cell) for field, cell in zip(fields, rows[0], strict=True)}


def _same(field: GrantedField, value: str, cell: Cell) -> Judgement:
    if cell is None or field.type in ("binary", "json"):
        return "not_judged"
    if field.type == "text":
        return "match" if _plain(value) == _plain(cell) else "no_match"
    if field.type == "boolean":
        cell = "true" if cell in ("true", "t", "1") else "false"
    try:
        return "match" if filters.read(value, field.type) == filters.read(cell, field.type) else "no_match"
    except (ValueError, ArithmeticError):
        return "no_match"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _read(asked: Asked, granted: Mapping[str, GrantedField]) -> Questioned:
    if asked.streamed or len(asked.body) > MAX_BODY:
        raise Refusal("gateway.request.too_large", limit=MAX_BODY)
    try:
        question = msgspec.json.decode(asked.body, type=Questioned)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("gateway.request.body") from error
    keys = {name for name, field in granted.items() if field.key}
    if not keys:
        raise Refusal("gateway.verify.no_key")
    for name in (*question.key, *question.values):
        if name not in granted:
            raise Refusal("gateway.field.not_granted", name=name[:64])
    if set(question.key) != keys:
        raise Refusal("gateway.request.parameter", name="key", rule=" ".join(sorted(keys)))
    if not question.values:
        raise Refusal("gateway.request.parameter", name="values", rule="empty")
    return question


def _key_filter(key: Mapping[str, str], granted: Mapping[str, GrantedField]) -> Filter:
    parts = []
    for name, value in key.items():
        field = granted[name]
        try:
            filters.read(value, field.type)
        except (ValueError, ArithmeticError) as error:
            raise Refusal("gateway.field.value", name=name[:64]) from error
        parts.append(Comparison(field=field.column, op="=", value=value))
    return AllOf(tuple(parts))
