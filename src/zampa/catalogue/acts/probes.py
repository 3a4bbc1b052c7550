"""Looking at attached sources: connect, compare columns, sample, newest row, count. Measurements keep counts, never a
value of a row.

Whether data is there is measured; only the change between live, stale and broken is an act with its record. A look
runs in a process of its own with a hard end (flows.probing), and no transaction is open while it waits.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import F, Q, QuerySet

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import lineage, online, steps, troubles
from zampa.catalogue.models import Attachment, Probe, SourceDay
from zampa.census import queries as census
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import TableRef
from zampa.flows.probing.looking import moment_of_text
from zampa.flows.probing.orders import Answer, Order, Reach
from zampa.flows.probing.prober import ask_now
from zampa.flows.probing.rounds import look_at_all
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, ZampaError
from zampa.ledger.acts import act

PROBES_KEPT = 500
AT_ONCE = 500


def order_of(made: Attachment, now: datetime) -> Order:
    """What a look at this attachment is told; secrets in clear go no further than the process that connects."""
    items = [item for item in queries.items_of(made.resource_id) if item.column]
    table = msgspec.convert(made.table_ref, TableRef) if made.table_ref else TableRef(name=made.path, kind="path")
    return Order(
        key=str(made.pk),
        endpoint=census.endpoint_of(made.connection_id),
        reach=Reach.of(census.address_policy(made.connection_id)),
        table=table,
        whole=made.kind == Attachment.Kind.HTTP and made.response != "json",
        types={item.column: item.type for item in items},  # type: ignore[misc]
        checks=tuple(
            msgspec.structs.replace(msgspec.convert(one, Check), field=item.column)
            for item in items
            for one in item.checks
        ),
        time_column=made.time_column,
        today=local_date(now),
    )


def probe_attachment(*, attachment_id: UUID | str, by: Actor = SYSTEM, now: datetime | None = None) -> Probe:
    """Look at the source now and keep what was measured."""
    if by.kind != "system":
        _may_probe(by=by, attachment_id=attachment_id)
    made = _rows().get(pk=attachment_id)
    if made.state not in Attachment.LOOKED_AT:
        raise Conflict("catalogue.attachment.not_approved")
    try:
        answer = ask_now(order_of(made, now or utc_now()))
    except ZampaError as error:
        answer = _unasked(made, error)
    return note_probe(by=SYSTEM, attachment_id=made.pk, answer=answer, now=now)


def probe_all(attachment_ids: Iterable[UUID]) -> Iterator[Probe]:
    """Look at many, bounded and fair between hosts (flows.probing.rounds); what ended meanwhile is left out."""
    now, orders, answers = utc_now(), [], []
    for made in _rows().filter(pk__in=list(attachment_ids), state__in=Attachment.LOOKED_AT):
        try:
            orders.append(order_of(made, now))
        except ZampaError as error:
            answers.append(_unasked(made, error))
    for answer in itertools.chain(answers, look_at_all(orders)):
        try:
            yield note_probe(by=SYSTEM, attachment_id=UUID(answer.key), answer=answer)
        except Conflict:
            continue


def probe_due(*, seconds: float) -> int:
    """Look at everything whose time has come, the longest waiting first, for about so many seconds; how many."""
    end, looked = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        due = Attachment.objects.filter(Q(due_at=None) | Q(due_at__lte=utc_now()), state__in=Attachment.LOOKED_AT)
        keys = list(due.order_by(F("due_at").asc(nulls_first=True)).values_list("pk", flat=True)[:AT_ONCE])
        if not keys:
            break
        looked += sum(1 for _ in probe_all(keys))
    return looked


def _rows() -> QuerySet[Attachment]:
    return Attachment.objects.select_related("resource__provider", "connection")


def _unasked(made: Attachment, error: ZampaError) -> Answer:
    """What could not even be asked: its secret does not open, its connection is gone."""
    params = {name: str(value) for name, value in error.params.items()}
    return Answer(key=str(made.pk), problem=error.code, params=params)


@act
def _may_probe(*, by: Actor, attachment_id: UUID | str) -> None:
    made = queries.attachment(by, attachment_id)
    rules.may_edit(by, str(made.resource.provider_id)).require()


@act
def note_probe(*, by: Actor, attachment_id: UUID | str, answer: Answer, now: datetime | None = None) -> Probe:
    """Keep one look, and let the attachment be live, stale or broken by it; one that ended meanwhile stays ended."""
    now = now or utc_now()
    made = Attachment.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=attachment_id)
    if made.state not in Attachment.LOOKED_AT:
        raise Conflict("catalogue.attachment.not_approved")
    differences, newest = _differences(made, answer), moment_of_text(answer.newest)
    found = rules.verdict(
        problem=answer.problem,
        params=answer.params,
        differences=differences,
        newest=newest,
        cycle=made.resource.update_cycle,
        now=now,
    )
    probe = Probe.objects.create(
        attachment=made,
        at=now,
        well=found.state == "live",
        milliseconds=answer.milliseconds,
        rows=answer.rows,
        sampled=answer.sampled or 0,
        problem=found.problem,
        problem_params=found.params,
        differences=differences,
        failed=answer.failed,
        newest_at=newest,
    )
    before, made.state = made.state, Attachment.State(found.state)
    made.problem, made.problem_params = found.problem, found.params
    _measured(made, answer, differences, newest, now)
    _day(made, probe, now)
    old = made.probes.order_by("-at").values_list("pk", flat=True)[PROBES_KEPT:]
    made.probes.filter(pk__in=list(old)).delete()
    online.note_live(made, by, now)
    lineage.note_look(made, probe)
    if before != made.state:
        troubles.tell_change(made, before, by, now)
    return probe


def _differences(made: Attachment, answer: Answer) -> list[tuple[str, str, str]]:
    """What the items and the columns do not agree on; nothing when the look did not come as far."""
    if not answer.fields:
        return []
    items = [(item.column, item.type, item.length) for item in queries.items_of(made.resource_id) if item.column]
    return rules.drift(items, answer.fields, typed=answer.typed)


def _measured(
    made: Attachment,
    answer: Answer,
    differences: list[tuple[str, str, str]],
    newest: datetime | None,
    now: datetime,
) -> None:
    """The attachment's own figures; what this look did not come to stays as it was."""
    broken = made.state == Attachment.State.BROKEN
    made.probed_at, made.milliseconds = now, answer.milliseconds
    made.failures = made.failures + 1 if broken else 0
    made.due_at = rules.next_look(made.state, made.failures, now)
    made.troubled_since = (made.troubled_since or now) if made.state in Attachment.TROUBLED else None
    if answer.rows is not None:
        made.rows = answer.rows
    if answer.fields:
        made.seen, made.differences, made.newest_at = msgspec.to_builtins(answer.fields), differences, newest
    made.save(
        update_fields=[
            "state", "probed_at", "problem", "problem_params", "rows", "milliseconds", "failures", "due_at",
            "troubled_since", "seen", "differences", "newest_at",
        ]
    )  # fmt: skip


def _day(made: Attachment, probe: Probe, now: datetime) -> None:
    """The day's row: the worst state of the day with its reason, counts, the slowest look."""
    row, fresh = SourceDay.objects.get_or_create(
        attachment=made, day=local_date(now), defaults={"state": made.state, "problem": made.problem}
    )
    if fresh or rules.worse(row.state, made.state) == made.state:
        row.state, row.problem, row.problem_params = made.state, made.problem, made.problem_params
    row.probes, row.well = row.probes + 1, row.well + int(probe.well)
    row.slowest, row.rows, row.newest_at = max(row.slowest, probe.milliseconds), made.rows, made.newest_at
    row.save()


def close_mending(made: Attachment, now: datetime) -> None:
    """Nobody has to mend what is not attached any more."""
    subject = steps.subject_of(made.resource)
    approvals.close_tasks(subject=subject, kind=steps.MEND, now=now)
    approvals.meet_clock(subject=subject, name=troubles.CLOCK, now=now)
