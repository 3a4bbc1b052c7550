"""What a gateway asks of its centre: enrolment, the book, the trail, what is covered. Mounted at /api/gateway/v1/.

Every request but the first is signed with the gateway's own key (RFC 9421, tag zampa:centre); no session, no token.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from ninja.security.base import AuthBase

from zampa.contracts.actors import SYSTEM
from zampa.evidence import http_signatures as signatures
from zampa.evidence.checkpoints import read_checkpoint
from zampa.evidence.suites import PublicKey
from zampa.exchange.acts import gateways as acts
from zampa.exchange.acts import restores, trails
from zampa.exchange.acts.books import issue_book
from zampa.exchange.acts.deliveries import note_heard
from zampa.exchange.keys import book_anchors
from zampa.exchange.models import Gateway, GatewayBook
from zampa.exchange.queries.gateways import first_uncovered, gateway_by_key, version
from zampa.ground.clock import utc_now
from zampa.ground.errors import NotAllowed
from zampa.ledger import keys as log_keys
from zampa.ledger import queries as ledger

WAIT_SECONDS = 20
LOOK_SECONDS = 0.5
RECOUNT_SECONDS = 5.0  # facts that change without an act (a date that passes) are seen at the latest then

router = Router(tags=["gateway"])


class GatewayAuth(AuthBase):
    """The gateway whose key signed the request; NotAllowed says why it was not believed."""

    openapi_type = "http"
    openapi_scheme = "signature"

    def __call__(self, request: HttpRequest) -> Gateway:
        message = signatures.Message(
            request.method or "GET",
            request.META.get("HTTP_HOST", ""),
            request.path,
            request.META.get("QUERY_STRING", ""),
            request.scheme or "http",
            {name.lower(): value for name, value in request.headers.items()},
        )
        signature = signatures.signature_for(message, signatures.CENTRE_TAG)
        gateway = gateway_by_key(signature.key_id)
        key = PublicKey.parse(gateway.sign_public)
        signatures.check_request(message, signature, key.verify, algorithm=key.algorithm, now=time.time())
        if request.body:
            digest = request.headers.get("content-digest")
            if digest is None:
                raise NotAllowed("evidence.signature.not_covered", missing="content-digest")
            signatures.check_content_digest(digest, request.body)
        request.gateway = gateway  # type: ignore[attr-defined]
        return gateway


signed = GatewayAuth()


class Application(Schema):
    token: str
    name: str = ""
    sign_public: str
    seal_public: str
    address: str = ""


@router.post("/enrol", auth=None, url_name="gateway_enrol")
def enrol(request: HttpRequest, body: Application) -> dict[str, Any]:
    """A one-time token for an identity: the gateway's id, the installation, and the keys whose books it may believe."""
    gateway = acts.enrol_gateway(
        by=SYSTEM,
        token=body.token,
        sign_public=body.sign_public,
        seal_public=body.seal_public,
        address=body.address,
    )
    return {
        "gateway": str(gateway.pk),
        "installation": settings.ZAMPA_INSTALLATION,
        "anchors": book_anchors(),
        "log_anchors": [key.text for key in log_keys.anchors()],
        "centre": settings.ZAMPA_PUBLIC_URL,
    }


@router.get("/book", auth=signed, url_name="gateway_book")
def book(request: HttpRequest, have: int = 0, wait: int = WAIT_SECONDS) -> HttpResponse:
    """The signed book when another one holds than `have`, within 0.5 s of a change; 304 after `wait` seconds."""
    gateway: Gateway = request.gateway  # type: ignore[attr-defined]
    by = acts.actor_of(gateway)
    note_heard(by=by, gateway_id=gateway.pk, have=have, now=utc_now())
    until = time.monotonic() + max(0, min(wait, WAIT_SECONDS))
    seen: tuple[int, ...] = ()
    counted = 0.0
    while True:
        now = time.monotonic()
        found = version()
        if found != seen or now - counted >= RECOUNT_SECONDS:
            held: GatewayBook = issue_book(by=by, gateway_id=gateway.pk, have=have)
            if held.number != have:
                return JsonResponse(held.envelope)
            seen, counted = found, now
        if now >= until:
            return HttpResponse(status=304)
        close_old_connections()  # waiting holds no connection of the pool
        time.sleep(LOOK_SECONDS)


@router.post("/segments", auth=signed, url_name="gateway_segments")
def segments(request: HttpRequest) -> dict[str, Any]:
    """One trail segment as a signed envelope; the number of the last record the centre now holds, and the newest
    checkpoint, which the gateway keeps as a witness."""
    gateway: Gateway = request.gateway  # type: ignore[attr-defined]
    through = trails.take_segment(by=acts.actor_of(gateway), gateway_id=gateway.pk, envelope=request.body)
    return {"accepted_through": through, "checkpoint": _newest()}


@router.get("/covered", auth=signed, url_name="gateway_covered")
def covered(request: HttpRequest) -> dict[str, Any]:
    """The newest signed checkpoint and the first record number it does not cover: below it, a trail may be deleted."""
    gateway: Gateway = request.gateway  # type: ignore[attr-defined]
    newest = ledger.latest_checkpoint()
    size = read_checkpoint(newest).size if newest else 0
    gateway.refresh_from_db(fields=["epoch", "accepted_through"])
    return {
        "checkpoint": msgspec.to_builtins(newest) if newest else None,
        "first_uncovered": first_uncovered(gateway.pk, gateway.epoch, size),
        "accepted_through": gateway.accepted_through,
        "epoch": gateway.epoch,
    }


class Witnessed(Schema):
    """The newest signed checkpoint that the gateway holds, if any."""

    checkpoint: dict[str, Any] | None = None


@router.post("/covered", auth=signed, url_name="gateway_witness")
def witness(request: HttpRequest, body: Witnessed) -> dict[str, Any]:
    """As GET, after the gateway has handed over the checkpoint it holds: a restored log compares itself with it."""
    gateway: Gateway = request.gateway  # type: ignore[attr-defined]
    restores.take_witness(gateway_id=gateway.pk, checkpoint=body.checkpoint)
    return covered(request)


def _newest() -> dict[str, Any] | None:
    newest = ledger.latest_checkpoint()
    return msgspec.to_builtins(newest) if newest else None
