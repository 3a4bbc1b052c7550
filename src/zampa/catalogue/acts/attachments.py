"""挂接: applied for, approved, probed. Whether data is there is measured; only a change of state is an act."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Probe
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.schemas import TableRef
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid, ZampaError
from zampa.ledger.acts import act

SAMPLE = 20
PROBES_KEPT = 500


@act
def apply_attachment(
    *,
    by: Actor,
    resource_id: UUID | str,
    connection_id: UUID | str,
    table: TableRef | None = None,
    path: str = "",
    methods: Sequence[str] = ("GET",),
    response: str = "",
    now: datetime | None = None,
) -> Attachment:
    """Name the real table (or the path of a service) behind an entry; the office head approves before anything is read."""
    now = now or utc_now()
    resource = queries.resource(by, resource_id)
    rules.may_edit(by, str(resource.provider_id)).require()
    source = census.connection(by, connection_id)
    kind = Attachment.Kind.HTTP if path else Attachment.Kind.TABLE
    if table is None and not path:
        raise NotValid(
            "catalogue.attachment.missing_source", faults=[Fault("table", "catalogue.attachment.missing_source")]
        )
    if path and (source.engine != "http" or not path.startswith("/")):
        raise NotValid("catalogue.attachment.bad_path", faults=[Fault("path", "catalogue.attachment.bad_path")])
    if queries.open_attachment(resource.pk) is not None:
        raise Conflict("catalogue.attachment.already")
    made = Attachment.objects.create(
        resource=resource,
        connection=source,
        kind=kind,
        table_ref=msgspec.to_builtins(table) if table else {},
        path=path,
        methods=[method.upper() for method in methods] if path else [],
        response=response,
        applied_by_name=by.name,
        applied_at=now,
    )
    approvals.open_task(
        kind=steps.ATTACH,
        department_id=resource.provider_id,
        post="sharing_head",
        subject=steps.subject_of(resource),
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        now=now,
    )
    facts: dict[str, object] = {"kind": str(kind), "connection": str(source.pk)}
    steps.note(Event.ATTACHMENT_APPLIED, by, resource, facts, now)
    return made


@act
def approve_attachment(
    *, by: Actor, attachment_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Attachment:
    """The provider's office head lets the entry be joined to its source, or not, with the reason. Probe it next."""
    now = now or utc_now()
    seen = queries.attachment(by, attachment_id)
    made = Attachment.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=seen.pk)
    if made.state != Attachment.State.APPLIED:
        raise Conflict("catalogue.attachment.decided")
    approvals.decide(
        by=by, subject=steps.subject_of(made.resource), kind=steps.ATTACH, verdict=verdict, reason=reason, now=now
    )
    made.state = Attachment.State.APPROVED if verdict == "yes" else Attachment.State.REFUSED
    made.decided_by_name, made.decided_at, made.reason = by.name, now, reason.strip()
    made.save(update_fields=["state", "decided_by_name", "decided_at", "reason"])
    event = Event.ATTACHMENT_APPROVED if verdict == "yes" else Event.ATTACHMENT_REFUSED
    steps.note(event, by, made.resource, {"attachment": str(made.pk), "reason": reason.strip()}, now)
    return made


@act
def end_attachment(*, by: Actor, attachment_id: UUID | str, reason: str, now: datetime | None = None) -> Attachment:
    """Take the entry off its source; refused while anyone depends on the entry."""
    now = now or utc_now()
    made = queries.attachment(by, attachment_id)
    rules.may_edit(by, str(made.resource.provider_id)).require()
    if made.state not in Attachment.OPEN:
        raise Conflict("catalogue.attachment.decided")
    if queries.dependants_of(made.resource_id).exists():
        raise Conflict("catalogue.attachment.in_use")
    approvals.close_tasks(subject=steps.subject_of(made.resource), kind=steps.ATTACH, now=now)
    made.state, made.reason, made.decided_at, made.decided_by_name = "ended", reason.strip(), now, by.name
    made.save(update_fields=["state", "reason", "decided_at", "decided_by_name"])
    facts = {"attachment": str(made.pk), "reason": reason.strip(), "problem": "catalogue.probe.ended"}
    steps.note(Event.ATTACHMENT_BROKEN, by, made.resource, facts, now)
    return made


@dataclass
class Look:
    """What one look at the source found."""

    problem: str = ""
    params: dict[str, object] = field(default_factory=dict)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    rows: int | None = None
    sampled: int = 0
    milliseconds: int = 0


def look_at(made: Attachment) -> Look:
    """Connect, compare the columns with the items, count, sample. No transaction is open while this waits."""
    look, begun = Look(), time.monotonic()
    try:
        endpoint = census.endpoint_of(made.connection_id)
        engine = connector(endpoint.engine, census.address_policy(made.connection_id))
        if made.kind == Attachment.Kind.HTTP and made.response == "":
            engine.check(endpoint)
        else:
            table = (
                msgspec.convert(made.table_ref, TableRef) if made.table_ref else TableRef(name=made.path, kind="path")
            )
            schema = engine.schema(endpoint, table)
            typed = engine.capabilities.typed
            wanted = [(item.column, item.type) for item in queries.items_of(made.resource_id) if item.column]
            found = rules.column_differences(wanted, schema.fields)
            look.differences = [one for one in found if typed or one[1] == "gone"]
            look.rows = engine.count(endpoint, table)
            look.sampled = int(engine.sample(endpoint, table, SAMPLE).num_rows)
            if look.differences:
                look.problem = "catalogue.probe.columns"
                look.params = {"columns": "、".join(column for column, _, _ in look.differences[:5])}
    except ZampaError as error:
        look.problem, look.params = error.code, {name: str(value) for name, value in error.params.items()}
    look.milliseconds = int((time.monotonic() - begun) * 1000)
    return look


def probe_attachment(*, attachment_id: UUID | str, by: Actor = SYSTEM, now: datetime | None = None) -> Probe:
    """Look at the source now and keep what was measured; a change between live and broken is an act of its own."""
    if by.kind != "system":
        made = queries.attachment(by, attachment_id)
        rules.may_edit(by, str(made.resource.provider_id)).require()
    made = Attachment.objects.select_related("resource__provider", "connection").get(pk=attachment_id)
    if made.state not in ("approved", "live", "broken"):
        raise Conflict("catalogue.attachment.not_approved")
    return note_probe(by=SYSTEM, attachment_id=made.pk, look=look_at(made), now=now)


@act
def note_probe(*, by: Actor, attachment_id: UUID | str, look: Look, now: datetime | None = None) -> Probe:
    """Keep one look, and let the attachment be live or broken by it."""
    now = now or utc_now()
    made = Attachment.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=attachment_id)
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
    )
    before, made.state = made.state, Attachment.State.BROKEN if look.problem else Attachment.State.LIVE
    made.probed_at, made.problem, made.problem_params = now, look.problem, look.params
    made.rows = look.rows if look.rows is not None else made.rows
    made.save(update_fields=["state", "probed_at", "problem", "problem_params", "rows"])
    old = made.probes.order_by("-at").values_list("pk", flat=True)[PROBES_KEPT:]
    made.probes.filter(pk__in=list(old)).delete()
    if before != made.state:
        _tell_change(made, by, look, now)
    return probe


def _tell_change(made: Attachment, by: Actor, look: Look, now: datetime) -> None:
    live = made.state == Attachment.State.LIVE
    facts = {"attachment": str(made.pk), "problem": look.problem, "rows": look.rows}
    steps.note(Event.ATTACHMENT_LIVE if live else Event.ATTACHMENT_BROKEN, by, made.resource, facts, now)
    subject = steps.subject_of(made.resource)
    approvals.close_tasks(subject=subject, kind=steps.MEND, now=now)
    if not live:
        approvals.open_task(
            kind=steps.MEND,
            department_id=made.resource.provider_id,
            post="editor",
            subject=subject,
            url_name="catalogue:resource",
            url_arg=str(made.resource_id),
            now=now,
        )
