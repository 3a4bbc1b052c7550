"""The requester's office head signs; the provider has received the request from that moment (Order 809 art. 20, 21)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.catalogue import queries as catalogue
from zampa.contracts.actors import Actor
from zampa.exchange.acts import grants, steps
from zampa.exchange.events import Event
from zampa.exchange.models import Request
from zampa.exchange.rules import access
from zampa.exchange.rules.requests import clock_of
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.ledger.acts import act, enter

PROFILE = "2025-809"


@act
def sign_request(*, by: Actor, request_id: UUID | str, opinion: str = "", now: datetime | None = None) -> Request:
    """Sign and send to the provider; its clock starts. What is shared unconditionally is granted in the same act,
    from the standing decision the provider's head signed when the entry was published (design section 7)."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "sign")
    access.may_sign(by, str(request.requester_id)).require()
    if not catalogue.published(by).filter(pk=request.resource_id).exists():
        raise Conflict("exchange.request.resource_gone")
    subject, first = steps.request_subject(request), request.signed_at is None
    approvals.decide(kind=steps.SIGN, subject=subject, by=by, verdict="yes", reason=opinion, now=now)
    request.state, request.signed_by_name = state, by.name
    request.signed_at = request.signed_at or now
    request.save(update_fields=["state", "signed_at", "signed_by_name"])
    clock = clock_of(request.sharing)
    if first:  # papers asked for later pause nothing: the clock of the first signature runs on
        approvals.start_clock(
            subject=subject,
            name=clock,
            profile=PROFILE,
            department_id=request.provider_id,
            received=now,
            tell_department_id=request.requester_id,
        )
    facts: dict[str, object] = {"opinion": opinion, "clock": clock, "sharing": request.sharing}
    record = steps.note(Event.REQUEST_SIGNED, by, request, facts, now)
    standing = catalogue.standing_decision(request.resource_id) if request.sharing == "unconditional" else None
    if standing is not None and catalogue.live_attachment(request.resource_id) is not None:
        grants.grant_by_standing_decision(request=request, standing=standing, cause=record, now=now)
    else:
        approvals.open_task(
            kind=steps.DECIDE,
            department_id=request.provider_id,
            post="sharing_head",
            subject=steps.request_task(request),
            url_name="exchange:request",
            url_arg=str(request.pk),
            clock=steps.reply_clock(request),
            now=now,
        )
    return request


@act
def send_back_request(*, by: Actor, request_id: UUID | str, reason: str, now: datetime | None = None) -> Request:
    """The requester's head gives it back to its writer before anything leaves the department."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "send_back")
    access.may_sign(by, str(request.requester_id)).require()
    subject = steps.request_subject(request)
    approvals.decide(kind=steps.SIGN, subject=subject, by=by, verdict="return", reason=reason, now=now)
    request.state, request.reason = state, reason
    request.save(update_fields=["state", "reason"])
    enter(
        event=Event.REQUEST_SENT_BACK,
        by=by,
        subject=subject,
        parties=[str(request.requester_id)],
        facts={"reason": reason},
        at=now,
    )
    return request
