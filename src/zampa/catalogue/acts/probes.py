"""Looking at an attached source: connect, compare columns, count, sample. Measurements keep counts, never a value.

Whether data is there is measured; only the change between live and broken is an act with its record.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
import pyarrow as pa

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Item, Probe
from zampa.census import queries as census
from zampa.connectors.protocols import Connector
from zampa.connectors.registry import connector
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import DataType, TableRef
from zampa.flows.checks import failures
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, ZampaError
from zampa.ledger.acts import act

SAMPLE = 100
PROBES_KEPT = 500


@dataclass
class Look:
    """What one look at the source found. `failed`: check code -> how many sampled rows failed it."""

    problem: str = ""
    params: dict[str, object] = field(default_factory=dict)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    rows: int | None = None
    sampled: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0


def look_at(made: Attachment) -> Look:
    """Connect, compare the columns with the items, count, sample. No transaction is open while this waits."""
    look, begun = Look(), time.monotonic()
    try:
        endpoint = census.endpoint_of(made.connection_id)
        engine = connector(endpoint.engine, census.address_policy(made.connection_id))
        if made.kind == Attachment.Kind.HTTP and made.response != "json":
            engine.check(endpoint)  # passed through whole: there are no columns to compare
        else:
            _look_at_table(look, made, engine, endpoint)
    except ZampaError as error:
        look.problem, look.params = error.code, {name: str(value) for name, value in error.params.items()}
    look.milliseconds = int((time.monotonic() - begun) * 1000)
    return look


def _look_at_table(look: Look, made: Attachment, engine: Connector, endpoint: Endpoint) -> None:
    table = msgspec.convert(made.table_ref, TableRef) if made.table_ref else TableRef(name=made.path, kind="path")
    items = [item for item in queries.items_of(made.resource_id) if item.column]
    there = engine.schema(endpoint, table).fields
    found = rules.column_differences([(item.column, item.type) for item in items], there)
    look.differences = [one for one in found if engine.capabilities.typed or one[1] == "gone"]
    look.rows = engine.count(endpoint, table)
    batch = engine.sample(endpoint, table, SAMPLE)
    look.sampled = int(batch.num_rows)
    look.failed = failed_checks(items, batch, utc_now())
    if look.differences:
        look.problem = "catalogue.probe.columns"
        look.params = {"columns": "、".join(column for column, _, _ in look.differences[:5])}


def failed_checks(items: Sequence[Item], batch: pa.RecordBatch, now: datetime) -> dict[str, int]:
    """How many sampled rows fail each check, as "column code"; `unique` needs the whole table: deliveries see to it."""
    found: dict[str, int] = {}
    for item in items:
        if item.column not in batch.schema.names:
            continue
        values = batch.column(item.column).to_pylist()
        for check in (msgspec.convert(one, Check) for one in item.checks):
            if check.kind == "unique":
                continue
            bad = len(failures(check, values, cast(DataType, item.type), local_date(now)))
            if bad:
                found[f"{item.column} {check.code}"] = bad
    return found


def probe_attachment(*, attachment_id: UUID | str, by: Actor = SYSTEM, now: datetime | None = None) -> Probe:
    """Look at the source now and keep what was measured."""
    if by.kind != "system":
        _may_probe(by=by, attachment_id=attachment_id)
    made = Attachment.objects.select_related("resource__provider", "connection").get(pk=attachment_id)
    if made.state not in ("approved", "live", "broken"):
        raise Conflict("catalogue.attachment.not_approved")
    return note_probe(by=SYSTEM, attachment_id=made.pk, look=look_at(made), now=now)


@act
def _may_probe(*, by: Actor, attachment_id: UUID | str) -> None:
    made = queries.attachment(by, attachment_id)
    rules.may_edit(by, str(made.resource.provider_id)).require()


@act
def note_probe(*, by: Actor, attachment_id: UUID | str, look: Look, now: datetime | None = None) -> Probe:
    """Keep one look, and let the attachment be live or broken by it; one that ended meanwhile stays ended."""
    now = now or utc_now()
    made = Attachment.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=attachment_id)
    if made.state not in ("approved", "live", "broken"):
        raise Conflict("catalogue.attachment.not_approved")
    probe = Probe.objects.create(
        attachment=made,
        at=now,
        well=not look.problem,
        milliseconds=look.milliseconds,
        rows=look.rows,
        sampled=look.sampled,
        problem=look.problem,
        problem_params=look.params,
        differences=look.differences,
        failed=look.failed,
    )
    before, made.state = made.state, Attachment.State.BROKEN if look.problem else Attachment.State.LIVE
    made.probed_at, made.problem, made.problem_params = now, look.problem, look.params
    made.rows = look.rows if look.rows is not None else made.rows
    made.milliseconds = look.milliseconds
    made.save(update_fields=["state", "probed_at", "problem", "problem_params", "rows", "milliseconds"])
    old = made.probes.order_by("-at").values_list("pk", flat=True)[PROBES_KEPT:]
    made.probes.filter(pk__in=list(old)).delete()
    if before != made.state:
        _tell_change(made, by, look, now)
    return probe


def _tell_change(made: Attachment, by: Actor, look: Look, now: datetime) -> None:
    live = made.state == Attachment.State.LIVE
    facts = {"attachment": str(made.pk), "problem": look.problem, "rows": look.rows}
    steps.note(Event.ATTACHMENT_LIVE if live else Event.ATTACHMENT_BROKEN, by, made.resource, facts, now)
    approvals.close_tasks(subject=steps.subject_of(made.resource), kind=steps.MEND, now=now)
    if not live:
        steps.ask(steps.MEND, made.resource, made.resource.provider_id, "editor", now)
