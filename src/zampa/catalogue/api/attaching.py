"""The source behind an entry."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Router, Status

from zampa.catalogue import acts, queries
from zampa.catalogue.api.shapes import (
    AttachIn,
    AttachmentOut,
    DayOut,
    DepartmentDaysOut,
    ProbeOut,
    ReasonIn,
    ResourceOut,
    StaffCall,
    VerdictIn,
    table_of,
)
from zampa.catalogue.models import Attachment, Probe, Resource, SourceDay

router = Router()
MOST = 200
MOST_DAYS = 400


@router.get("/resources/{uuid:resource_id}/probes", response=list[ProbeOut])
def probes(request: StaffCall, resource_id: UUID) -> list[Probe]:
    """The latest looks at its source."""
    found = queries.open_attachment(queries.resource(request.actor, resource_id).pk)
    return list(queries.probes_of(found.pk)[:MOST]) if found else []


@router.get("/resources/{uuid:resource_id}/days", response=list[DayOut])
def days(request: StaffCall, resource_id: UUID) -> list[SourceDay]:
    """The days of its source, newest first: the worst state of each day and what was measured."""
    found = queries.open_attachment(queries.resource(request.actor, resource_id).pk)
    return list(queries.days_of(found.pk)[:MOST_DAYS]) if found else []


@router.get("/source-days", response=list[DepartmentDaysOut])
def source_days(request: StaffCall, since: date, until: date) -> list[dict[str, object]]:
    """For the yearly evaluation: attachment days live, stale and broken of each provider, both ends counted."""
    return queries.source_days(request.actor, since, until)


@router.post("/resources/{uuid:resource_id}/attachment", response={201: AttachmentOut})
def attach(request: StaffCall, resource_id: UUID, given: AttachIn) -> Status[Attachment]:
    """Name the real table or service behind an entry."""
    made = acts.apply_attachment(
        by=request.actor,
        resource_id=resource_id,
        connection_id=given.connection_id,
        table=table_of(given.table) if given.table else None,
        path=given.path,
        methods=given.methods,
        response=given.response,
        time_column=given.time_column,
    )
    return Status(201, made)


@router.post("/attachments/{uuid:attachment_id}/decision", response=AttachmentOut)
def decide_attachment(request: StaffCall, attachment_id: UUID, given: VerdictIn) -> Attachment:
    """The office head lets it be joined, or not."""
    return acts.approve_attachment(
        by=request.actor, attachment_id=attachment_id, verdict=given.verdict, reason=given.reason
    )


@router.post("/attachments/{uuid:attachment_id}/end", response=AttachmentOut)
def end_attachment(request: StaffCall, attachment_id: UUID, given: ReasonIn) -> Attachment:
    """Take the entry off its source; refused while anyone depends on it."""
    return acts.end_attachment(by=request.actor, attachment_id=attachment_id, reason=given.reason)


@router.post("/attachments/{uuid:attachment_id}/propose", response={201: ResourceOut})
def propose(request: StaffCall, attachment_id: UUID, given: ReasonIn) -> Status[Resource]:
    """Prepare the next version with the columns the source has now."""
    return Status(201, acts.propose_change(by=request.actor, attachment_id=attachment_id, reason=given.reason))


@router.post("/attachments/{uuid:attachment_id}/probe", response=AttachmentOut)
def probe(request: StaffCall, attachment_id: UUID) -> Attachment:
    """Look at the source now."""
    acts.probe_attachment(by=request.actor, attachment_id=attachment_id)
    return queries.attachment(request.actor, attachment_id)
