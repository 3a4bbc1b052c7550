"""The steps of an entry, each by the act that decides who may."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Status

from zampa.catalogue import acts
from zampa.catalogue.api.shapes import (
    ChangeIn,
    ReasonIn,
    ResourceOut,
    StaffCall,
    StandingOut,
    VerdictIn,
)
from zampa.catalogue.models import Resource, StandingDecision

router = Router()


@router.post("/resources/{uuid:resource_id}/standing", response={200: StandingOut, 204: None})
def stand(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Status[StandingDecision | None]:
    """The office head's yes to every request for an unconditional entry, or the no with its reason."""
    made = acts.sign_standing_decision(
        by=request.actor, resource_id=resource_id, verdict=given.verdict, reason=given.reason
    )
    return Status(200, made) if made else Status(204, None)


@router.post("/resources/{uuid:resource_id}/standing/end", response={204: None})
def unstand(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Status[None]:
    """Take the standing decision back."""
    acts.end_standing_decision(by=request.actor, resource_id=resource_id, reason=given.reason)
    return Status(204, None)


@router.post("/resources/{uuid:resource_id}/submit", response=ResourceOut)
def submit(request: StaffCall, resource_id: UUID) -> Resource:
    """Hand it to the department's head."""
    return acts.submit_resource(by=request.actor, resource_id=resource_id)


@router.post("/resources/{uuid:resource_id}/sign", response=ResourceOut)
def sign(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Resource:
    """The head signs (yes) or returns (return) with a reason."""
    return acts.sign_resource(by=request.actor, resource_id=resource_id, **given.dict())


@router.post("/resources/{uuid:resource_id}/review", response=ResourceOut)
def review(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Resource:
    """The authority publishes (yes) or returns (return) with a reason."""
    return acts.review_resource(by=request.actor, resource_id=resource_id, **given.dict())


@router.post("/resources/{uuid:resource_id}/change", response={201: ResourceOut})
def change(request: StaffCall, resource_id: UUID, given: ChangeIn) -> Status[Resource]:
    """Begin the next version: a draft of its own to edit and submit; the entry stays in use as it is."""
    return Status(201, acts.change_resource(by=request.actor, resource_id=resource_id, **given.dict()))


@router.post("/resources/{uuid:resource_id}/drop", response=ResourceOut)
def drop(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Give up a change; returns the entry, which stays as it was."""
    return acts.drop_change(by=request.actor, resource_id=resource_id, reason=given.reason)


@router.post("/resources/{uuid:resource_id}/restore", response=ResourceOut)
def restore(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Take a withdrawn entry up again, as the draft of its next version."""
    return acts.restore_resource(by=request.actor, resource_id=resource_id, reason=given.reason)


@router.post("/resources/{uuid:resource_id}/offline", response=ResourceOut)
def offline(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Ask the authority to let the data be taken off line; every user is told."""
    return acts.ask_offline(by=request.actor, resource_id=resource_id, reason=given.reason)


@router.post("/resources/{uuid:resource_id}/online", response=ResourceOut)
def online(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Ask for the data to come online again."""
    return acts.ask_online(by=request.actor, resource_id=resource_id, reason=given.reason)


@router.post("/resources/{uuid:resource_id}/online-decision", response=ResourceOut)
def decide_online(request: StaffCall, resource_id: UUID, given: VerdictIn) -> Resource:
    """The authority's word on what was asked."""
    return acts.decide_online(
        by=request.actor, resource_id=resource_id, verdict=given.verdict, reason=given.reason
    )


@router.post("/resources/{uuid:resource_id}/withdraw", response=ResourceOut)
def withdraw(request: StaffCall, resource_id: UUID, given: ReasonIn) -> Resource:
    """Take an entry out; refused while anyone depends on it."""
    return acts.withdraw_resource(by=request.actor, resource_id=resource_id, reason=given.reason)
