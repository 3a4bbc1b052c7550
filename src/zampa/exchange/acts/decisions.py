"""The provider's half: take up, tell what is missing, grant item by item, refuse with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from zampa.approvals import acts as approvals
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Filter
from zampa.exchange.acts import grants, steps
from zampa.exchange.events import Event
from zampa.exchange.models import Grant, Request, RequestItem
from zampa.exchange.rules import access
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.exchange.rules.requests import clock_of
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act


@act
def note_opinions(
    *, by: Actor, request_id: UUID | str, decisions: Sequence[ItemDecision], now: datetime | None = None
) -> Request:
    """The provider's staff prepare the answer item by item; nothing is decided yet. The first note takes it up."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "opine")
    access.may_take_up(by, str(request.provider_id)).require()
    taken_up = request.state != state
    request.state = state
    request.save(update_fields=["state"])
    write_decisions(request, decisions)
    facts = {"items": [{"item": one.item, "verdict": one.verdict} for one in decisions], "first": taken_up}
    steps.note(Event.REQUEST_TAKEN_UP, by, request, facts, now)
    return request


@act
def return_request(
    *, by: Actor, request_id: UUID | str, missing: Sequence[str], now: datetime | None = None
) -> Request:
    """Tell once, and in full, which papers or statements are missing (art. 21). A second telling is refused."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "return")
    access.may_decide(by, str(request.provider_id)).require()
    wanted = [line.strip() for line in missing if line.strip()]
    if not wanted:
        code = "exchange.request.nothing_missing"
        raise NotValid(code, faults=[Fault("missing", code)])
    if request.missing_told_at is not None:
        raise Conflict("exchange.request.told_once")
    subject = steps.request_subject(request)
    approvals.decide(kind=steps.DECIDE, subject=subject, by=by, verdict="return", reason="; ".join(wanted), now=now)
    request.state, request.missing, request.missing_told_at = state, wanted, now
    request.save(update_fields=["state", "missing", "missing_told_at"])
    approvals.open_task(
        kind=steps.MEND,
        department_id=request.requester_id,
        post="editor",
        subject=steps.request_task(request),
        url_name="exchange:request",
        url_arg=str(request.pk),
        now=now,
    )
    steps.note(Event.REQUEST_RETURNED, by, request, {"missing": wanted}, now)
    return request


@act
def grant_request(
    *,
    by: Actor,
    request_id: UUID | str,
    decisions: Sequence[ItemDecision],
    terms: GrantTerms,
    row_filter: Filter | None = None,
    opinion: str = "",
    now: datetime | None = None,
) -> Grant:
    """The provider's office head decides every item and sets the terms; the grant stands at once.

    NotValid with a fault for each item undecided or refused without a reason, for terms beyond what was asked,
    and for a filter or mask that the attached source cannot carry out.
    """
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "grant")
    access.may_decide(by, str(request.provider_id)).require()
    subject = steps.request_subject(request)
    approvals.decide(kind=steps.DECIDE, subject=subject, by=by, verdict="yes", reason=opinion, now=now)
    grant = grants.issue_grant(request, decisions, terms, row_filter, granted_by=by.name, now=now)
    write_decisions(request, decisions)
    close(request, state, by, now, reason=opinion)
    record = steps.note(Event.REQUEST_GRANTED, by, request, grants.grant_facts(grant, opinion), now)
    grants.open_first_deliveries(grant, by=by, cause=record, now=now)
    return grant


@act
def refuse_request(*, by: Actor, request_id: UUID | str, reason: str, now: datetime | None = None) -> Request:
    """No, with reasons (art. 21). What is shared unconditionally is not refused (art. 14)."""
    now = now or utc_now()
    request, state = steps.locked(by, request_id, "refuse")
    access.may_decide(by, str(request.provider_id)).require()
    if len(reason.strip()) < 4:
        raise NotValid("exchange.request.refusal_reason", faults=[Fault("reason", "exchange.request.refusal_reason")])
    if request.sharing == "unconditional":
        raise Conflict("exchange.request.unconditional_not_refused")
    subject = steps.request_subject(request)
    approvals.decide(kind=steps.DECIDE, subject=subject, by=by, verdict="no", reason=reason, now=now)
    request.items.update(decision=RequestItem.Decision.NO)
    close(request, state, by, now, reason=reason)
    steps.note(Event.REQUEST_REFUSED, by, request, {"reason": reason}, now)
    return request


def close(request: Request, state: str, by: Actor, now: datetime, *, reason: str) -> None:
    """The reply is given: the clock is met, nobody waits any more."""
    request.state, request.reason = state, reason
    request.decided_at, request.decided_by_name = now, by.name
    request.save(update_fields=["state", "reason", "decided_at", "decided_by_name"])
    subject = steps.request_subject(request)
    approvals.meet_clock(subject=subject, name=clock_of(request.sharing), now=now)
    approvals.close_tasks(subject=subject, now=now)


def write_decisions(request: Request, decisions: Sequence[ItemDecision]) -> None:
    rows = {str(row.pk): row for row in request.items.all()}
    for one in decisions:
        row = rows.get(one.item)
        if row is not None:
            row.decision, row.reason = one.verdict, one.reason
            row.mask = msgspec.to_builtins(one.mask)
    RequestItem.objects.bulk_update(rows.values(), ["decision", "reason", "mask"])
