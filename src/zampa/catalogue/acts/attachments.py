"""挂接: the real table or service behind an entry is applied for by an editor and approved by the office head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import probes, steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Resource
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.actors import Actor
from zampa.contracts.deliveries import Engine
from zampa.contracts.schemas import TableRef
from zampa.desk.deferring import defer
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act

PROBE = "catalogue.probe_attachment"  # the job's spelled name
FILES = ("csv", "xlsx", "parquet")
RESPONSES = ("", "json", "ndjson")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


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
    time_column: str = "",
    now: datetime | None = None,
) -> Attachment:
    """Name the real table, folder, query or service behind an entry; the office head approves before it is read.

    A query is one SELECT of the provider's own editor over its own connection, checked here, and what is kept is what
    the check understood. `time_column`: the column of the item that holds the time a row is of; by it the declared
    update cycle is checked.
    """
    now = now or utc_now()
    resource = queries.resource(by, resource_id)
    rules.may_edit(by, str(resource.provider_id)).require()
    source = census.connection(by, connection_id)
    table, faults = _checked(table, cast(Engine, source.engine))
    faults += _service_faults(source.engine, path, methods, response)
    if table is None and not path:
        faults.append(Fault("table", "catalogue.attachment.missing_source"))
    if time_column and time_column not in {item.column for item in queries.items_of(resource.pk)}:
        faults.append(Fault("time_column", "catalogue.attachment.unknown_item"))
    if str(source.department_id) != str(resource.provider_id):
        faults.append(Fault("connection_id", "catalogue.attachment.foreign"))
    if faults:
        raise NotValid(faults[0].code, faults=faults)
    _refuse_state(resource)
    made = Attachment.objects.create(
        resource=resource,
        connection=source,
        kind=_kind_of(table, path),
        table_ref=msgspec.to_builtins(table) if table else {},
        path=path,
        methods=[method.upper() for method in methods] if path else [],
        response=response,
        time_column=time_column,
        applied_by_name=by.name,
        applied_at=now,
    )
    about = steps.attachment_subject(made)
    steps.ask(steps.ATTACH, resource, resource.provider_id, "sharing_head", now, subject=about)
    facts: dict[str, object] = {"attachment": str(made.pk), "kind": str(made.kind), "connection": str(source.pk)}
    steps.note(Event.ATTACHMENT_APPLIED, by, resource, facts, now)
    return made


@act
def approve_attachment(
    *, by: Actor, attachment_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Attachment:
    """The office head joins the entry to its source, or does not, with the reason. A probe follows as a job."""
    now = now or utc_now()
    seen = queries.attachment(by, attachment_id)
    rules.may_attach(by, str(seen.resource.provider_id)).require()
    made = Attachment.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=seen.pk)
    if made.state != Attachment.State.APPLIED:
        raise Conflict("catalogue.attachment.decided")
    approvals.decide(
        by=by, subject=steps.attachment_subject(made), kind=steps.ATTACH, verdict=verdict, reason=reason, now=now
    )
    made.state = Attachment.State.APPROVED if verdict == "yes" else Attachment.State.REFUSED
    made.decided_by_name, made.decided_at, made.reason = by.name, now, reason.strip()
    made.save(update_fields=["state", "decided_by_name", "decided_at", "reason"])
    event = Event.ATTACHMENT_APPROVED if verdict == "yes" else Event.ATTACHMENT_REFUSED
    steps.note(event, by, made.resource, {"attachment": str(made.pk), "reason": reason.strip()}, now)
    if verdict == "yes":
        defer(PROBE, attachment_id=str(made.pk))
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
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    approvals.close_tasks(subject=steps.attachment_subject(made), now=now)
    probes.close_mending(made, now)
    made.state, made.reason, made.decided_at, made.decided_by_name = "ended", reason.strip(), now, by.name
    made.save(update_fields=["state", "reason", "decided_at", "decided_by_name"])
    steps.note(Event.ATTACHMENT_ENDED, by, made.resource, {"attachment": str(made.pk), "reason": reason.strip()}, now)
    return made


def _refuse_state(resource: Resource) -> None:
    if resource.replaces_id or resource.state == "withdrawn":
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="attach")
    if queries.open_attachment(resource.pk) is not None:
        raise Conflict("catalogue.attachment.already")


def _kind_of(table: TableRef | None, path: str) -> str:
    if path or table is None:
        return Attachment.Kind.HTTP
    named = {"view": Attachment.Kind.VIEW, "folder": Attachment.Kind.FOLDER, "query": Attachment.Kind.QUERY}
    return named.get(table.kind, Attachment.Kind.TABLE)


def _checked(table: TableRef | None, engine: Engine) -> tuple[TableRef | None, list[Fault]]:
    """A folder needs files, a query an engine that takes one and a text that only reads."""
    if table is None or table.kind not in ("folder", "query"):
        return table, []
    able = connector(engine).capabilities
    if table.kind == "folder":
        return table, [] if engine in FILES else [Fault("pattern", "catalogue.attachment.no_folder")]
    if not able.queries:
        return table, [Fault("query", "catalogue.query.engine")]
    text, faults = rules.checked_select(table.query)
    return msgspec.structs.replace(table, query=text), faults


def _service_faults(engine: str, path: str, methods: Sequence[str], response: str) -> list[Fault]:
    """A service is a path below an HTTP connection's address, called by known methods, answering in a declared form."""
    if not path:
        return []
    faults = []
    if engine != "http" or not path.startswith("/") or ".." in path.split("/") or any(c in path for c in "?#\\ "):
        faults.append(Fault("path", "catalogue.attachment.bad_path"))
    if not methods or {method.upper() for method in methods} - METHODS:
        faults.append(Fault("methods", "catalogue.attachment.bad_methods"))
    if response not in RESPONSES:
        faults.append(Fault("response", "catalogue.attachment.bad_response"))
    return faults
