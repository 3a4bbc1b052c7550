"""The JSON API of the exchange: requests, grants, deliveries, calls and their evidence. The acts decide who may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Filter, Mask
from zampa.desk import keyset
from zampa.exchange.acts import decisions, deliveries, endings, holding, moving, requests, signing
from zampa.exchange.models import CallRow, Delivery, Grant, Request
from zampa.exchange.queries import evidence, scope
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.ground.errors import NotValid

router = Router(tags=["exchange"])
MOST = 200


class Paging(Schema):
    after: str = ""
    limit: int = 50
    state: str = ""


class AskIn(Schema):
    """The five elements of Order 809 art. 20; `items`: item id -> purpose."""

    items: dict[str, str] = {}
    basis: str = ""
    scenario: str = ""
    scope: str = ""
    ways: list[str] = []
    starts_on: date | None = None
    ends_on: date | None = None
    calls_per_day: int = 0
    calls_per_minute: int = 0
    system_id: UUID | None = None
    row_filter: dict[str, Any] | None = None
    destination_id: UUID | None = None
    destination_schema: str = ""
    destination_table: str = ""
    file_format: str = ""


class DraftIn(AskIn):
    resource_id: UUID


class DecisionIn(Schema):
    item: str
    verdict: str
    mask: dict[str, Any] = {}
    reason: str = ""


class GrantIn(Schema):
    decisions: list[DecisionIn]
    starts_on: date
    ends_on: date
    quota_per_day: int = 0
    rate_per_minute: int = 0
    row_filter: dict[str, Any] | None = None
    opinion: str = ""


class ReasonIn(Schema):
    reason: str = ""


class MoveIn(Schema):
    gateway_id: UUID
    reason: str = ""


class MissingIn(Schema):
    missing: list[str]


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def row_filter_of(tree: dict[str, Any] | None) -> Filter | None:
    """A filter from JSON; NotValid when it is not one."""
    if tree is None:
        return None
    try:
        found: Filter = msgspec.convert(tree, Filter)
    except msgspec.ValidationError as error:
        raise NotValid("exchange.filter.unreadable") from error
    return found


def listed(rows: QuerySet[Any], paging: Paging, shape: Any) -> dict[str, Any]:
    """One page by key, newest first: `next` is the `after` of the page that follows, empty at the end."""
    if paging.state and hasattr(rows.model, "state"):
        rows = rows.filter(state=paging.state)
    page = keyset.page(rows, "-pk", max(1, min(paging.limit, MOST)), paging.after)
    return {"items": [shape(row) for row in page.rows], "next": page.after}


def party(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "name": row.name}


def request_out(row: Request) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "number": row.number,
        "state": row.state,
        "requester": party(row.requester),
        "provider": party(row.provider),
        "resource": {"id": str(row.resource_id), "code": row.resource.code, "name": row.resource.name},
        "sharing": row.sharing,
        "ways": row.ways,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "signed_at": row.signed_at,
        "decided_at": row.decided_at,
    }


def request_whole(row: Request) -> dict[str, Any]:
    whole = {name: getattr(row, name) for name in ("basis", "scenario", "scope", "calls_per_day", "missing", "reason")}
    whole |= {"held_at": row.held_at, "held_by": row.held_by_name, "held_reason": row.held_reason}
    columns = ("id", "name", "type", "purpose", "sharing", "decision", "mask", "reason")
    items = [{name: getattr(item, name) for name in columns} for item in row.items.all()]
    papers = list(row.papers.values("id", "name", "media_type", "digest", "size"))
    return {**request_out(row), **whole, "items": items, "papers": papers}


def grant_out(row: Grant) -> dict[str, Any]:
    columns = ("number", "state", "actions", "quota_per_day", "rate_per_minute", "starts_at", "ends_at", "row_filter")
    return {
        "id": str(row.pk),
        **{name: getattr(row, name) for name in columns},
        "requester": party(row.requester),
        "provider": party(row.provider),
        "resource": {"id": str(row.resource_id), "code": row.resource.code, "name": row.resource.name},
        "request": str(row.request_id),
        "gateway": row.gateway.address if row.gateway else "",
        "end_reason": row.end_reason,
    }


def delivery_out(row: Delivery) -> dict[str, Any]:
    columns = ("number", "kind", "state", "due", "started_at", "finished_at", "rows_read", "rows_written", "rows_bad")
    return {
        "id": str(row.pk),
        **{name: getattr(row, name) for name in columns},
        "grant": row.grant.number,
        "digest_sent": row.digest_sent,
        "digest_stored": row.digest_stored,
        "error": row.error_code,
    }


def call_out(row: CallRow) -> dict[str, Any]:
    columns = ("call", "at", "grant_number", "action", "outcome", "status", "reason", "rows", "bytes", "milliseconds")
    return {"id": str(row.pk), **{name: getattr(row, name) for name in columns}, "gateway": row.gateway.name}


@router.get("/requests")
def list_requests(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return listed(scope.requests(actor_of(request)), paging, request_out)


@router.get("/requests/{uuid:request_id}")
def one_request(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    return request_whole(scope.request(actor_of(request), request_id))


def _ask(body: AskIn) -> requests.Ask:
    given = body.dict(exclude={"resource_id", "row_filter"})
    return requests.Ask(**given, row_filter=row_filter_of(body.row_filter))


@router.post("/requests", response={201: dict[str, Any]})
def draft(request: HttpRequest, body: DraftIn) -> Status[dict[str, Any]]:
    made = requests.draft_request(by=actor_of(request), resource_id=body.resource_id, ask=_ask(body))
    return Status(201, request_whole(made))


@router.put("/requests/{uuid:request_id}")
def edit(request: HttpRequest, request_id: UUID, body: AskIn) -> dict[str, Any]:
    return request_whole(requests.edit_request(by=actor_of(request), request_id=request_id, ask=_ask(body)))


@router.post("/requests/{uuid:request_id}/submit")
def submit(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    return request_whole(requests.submit_request(by=actor_of(request), request_id=request_id))


@router.post("/requests/{uuid:request_id}/sign")
def sign(request: HttpRequest, request_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return request_whole(signing.sign_request(by=actor_of(request), request_id=request_id, opinion=body.reason))


@router.post("/requests/{uuid:request_id}/return")
def send_back(request: HttpRequest, request_id: UUID, body: MissingIn) -> dict[str, Any]:
    row = decisions.return_request(by=actor_of(request), request_id=request_id, missing=body.missing)
    return request_whole(row)


@router.post("/requests/{uuid:request_id}/grant", response={201: dict[str, Any]})
def grant(request: HttpRequest, request_id: UUID, body: GrantIn) -> Status[dict[str, Any]]:
    try:
        said = [
            ItemDecision(one.item, one.verdict, msgspec.convert(one.mask, Mask), one.reason) for one in body.decisions
        ]
    except msgspec.ValidationError as error:
        raise NotValid("exchange.grant.mask_unreadable") from error
    made = decisions.grant_request(
        by=actor_of(request),
        request_id=request_id,
        decisions=said,
        terms=GrantTerms(body.starts_on, body.ends_on, body.quota_per_day, body.rate_per_minute),
        row_filter=row_filter_of(body.row_filter),
        opinion=body.opinion,
    )
    return Status(201, grant_out(made))


@router.post("/requests/{uuid:request_id}/refuse")
def refuse(request: HttpRequest, request_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return request_whole(decisions.refuse_request(by=actor_of(request), request_id=request_id, reason=body.reason))


@router.post("/requests/{uuid:request_id}/withdraw")
def withdraw(request: HttpRequest, request_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return request_whole(requests.withdraw_request(by=actor_of(request), request_id=request_id, reason=body.reason))


@router.post("/requests/{uuid:request_id}/hold")
def hold(request: HttpRequest, request_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return request_whole(holding.hold_request(by=actor_of(request), request_id=request_id, reason=body.reason))


@router.post("/requests/{uuid:request_id}/release")
def release(request: HttpRequest, request_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return request_whole(holding.release_request(by=actor_of(request), request_id=request_id, reason=body.reason))


@router.get("/grants")
def list_grants(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return listed(scope.grants(actor_of(request)), paging, grant_out)


@router.get("/grants/{uuid:grant_id}")
def one_grant(request: HttpRequest, grant_id: UUID) -> dict[str, Any]:
    row = scope.grant(actor_of(request), grant_id)
    columns = ("name", "type", "key", "mask")
    return {**grant_out(row), "fields": [{n: getattr(f, n) for n in columns} for f in row.fields.all()]}


@router.post("/grants/{uuid:grant_id}/revoke")
def revoke(request: HttpRequest, grant_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return grant_out(endings.revoke_grant(by=actor_of(request), grant_id=grant_id, reason=body.reason))


@router.post("/grants/{uuid:grant_id}/suspend")
def suspend(request: HttpRequest, grant_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return grant_out(endings.suspend_grant(by=actor_of(request), grant_id=grant_id, reason=body.reason))


@router.post("/grants/{uuid:grant_id}/resume")
def resume(request: HttpRequest, grant_id: UUID, body: ReasonIn) -> dict[str, Any]:
    return grant_out(endings.resume_grant(by=actor_of(request), grant_id=grant_id, reason=body.reason))


@router.post("/grants/{uuid:grant_id}/move")
def move(request: HttpRequest, grant_id: UUID, body: MoveIn) -> dict[str, Any]:
    made = moving.move_grant(
        by=actor_of(request), grant_id=grant_id, gateway_id=body.gateway_id, reason=body.reason
    )
    return grant_out(made)


@router.get("/deliveries")
def list_deliveries(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return listed(scope.deliveries(actor_of(request)), paging, delivery_out)


@router.get("/deliveries/{uuid:delivery_id}")
def one_delivery(request: HttpRequest, delivery_id: UUID) -> dict[str, Any]:
    return delivery_out(scope.delivery(actor_of(request), delivery_id))


@router.post("/deliveries/{uuid:delivery_id}/start")
def start(request: HttpRequest, delivery_id: UUID) -> dict[str, Any]:
    return delivery_out(deliveries.start_delivery(by=actor_of(request), delivery_id=delivery_id))


@router.get("/calls")
def list_calls(
    request: HttpRequest, paging: Query[Paging], grant: str = "", outcome: str = "", since: datetime | None = None
) -> dict[str, Any]:
    rows = scope.calls(actor_of(request))
    rows = rows.filter(grant_number=grant) if grant else rows
    rows = rows.filter(outcome=outcome) if outcome else rows
    return listed(rows.filter(at__gte=since) if since else rows, paging, call_out)


@router.get("/evidence/{kind}/{uuid:subject_id}")
def evidence_file(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """An evidence file for `zampa verify`: kind is call, delivery or request."""
    name, content = evidence.evidence_file(actor_of(request), kind, subject_id)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
