"""Who calls: by a bearer key or by an RFC 9421 signature, and under which of the book's grants."""

from __future__ import annotations

import base64
import hashlib

from zampa.contracts.book import BookKey
from zampa.evidence import http_signatures as signatures
from zampa.gateway.asked import Asked
from zampa.gateway.books import Index, Plan
from zampa.gateway.counters import Counters
from zampa.gateway.refusals import Refusal
from zampa.ground.clock import parse_iso
from zampa.ground.errors import NotAllowed, NotValid

_CODES = {
    "evidence.signature.not_covered": "gateway.signature.not_covered",
    "evidence.signature.out_of_window": "gateway.signature.out_of_window",
    "evidence.signature.bad": "gateway.signature.bad",
    "evidence.signature.wrong_algorithm": "gateway.signature.bad",
}


def caller(asked: Asked, book: Index, tag: str, counters: Counters) -> BookKey:
    """The key that the call proves to hold; Refusal when it shows none, or an unknown one, or proves nothing.

    A rightly signed call spends its nonce here, whatever becomes of it later.
    """
    bearer = asked.headers.get("authorization", "")
    if bearer[:7].lower() == "bearer ":
        return _live(book.bearers.get(_material(bearer[7:].strip())), asked.now)
    if "signature" not in asked.headers:
        raise Refusal("gateway.key.missing")
    message = signatures.Message(
        asked.method, asked.host, asked.path, asked.query, asked.scheme, asked.headers
    )
    try:
        signature = signatures.signature_for(message, tag)
        key = _live(book.keys.get(signature.key_id), asked.now)
        public = book.publics[key.id]
        signatures.check_request(message, signature, public.verify, algorithm=key.algorithm, now=asked.now)
    except NotValid as error:
        raise Refusal("gateway.signature.malformed") from error
    except NotAllowed as error:
        code = _CODES.get(error.code, "gateway.signature.malformed")
        shown = {name: str(error.params[name]) for name in ("missing", "seconds") if name in error.params}
        raise Refusal(code, status=0, outcome="", **shown) from error
    asked.key = key
    counters.spend(key.id, signature.nonce, asked.now)
    asked.nonce = signature.nonce
    return key


def check_digest(asked: Asked) -> None:
    """Refusal when a buffered body is not what its content digest says."""
    header = asked.headers.get("content-digest")
    if header is None or asked.streamed:
        return
    try:
        signatures.check_content_digest(header, asked.body)
    except (NotValid, NotAllowed) as error:
        raise Refusal("gateway.request.digest") from error


def streamed_digest_differs(asked: Asked) -> bool:
    """Whether a streamed body, now at its end, is another than its content digest said; only SHA-256 is run along."""
    header = asked.headers.get("content-digest")
    if header is None or asked.digest is None:
        return False
    claimed = signatures.read_content_digest(header).get("sha-256")
    return bool(claimed != asked.digest.digest())


def plan_for(asked: Asked, book: Index, key: BookKey) -> Plan:
    """The grant that the address names, when it is this consumer's and in force."""
    plan = book.plans.get(asked.route.target)
    if plan is None or plan.grant.consumer != key.consumer:
        raise Refusal("gateway.grant.unknown")
    asked.plan = plan
    if asked.now < plan.begins:
        raise Refusal("gateway.grant.not_yet")
    if asked.now >= plan.ends:
        raise Refusal("gateway.grant.ended")
    if asked.route.kind not in plan.grant.actions:
        raise Refusal("gateway.grant.action")
    if plan.service is None:
        raise Refusal("gateway.grant.no_service")
    return plan


def _material(secret: str) -> str:
    digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _live(key: BookKey | None, now: float) -> BookKey:
    if key is None or (key.not_after and now >= parse_iso(key.not_after).timestamp()):
        raise Refusal("gateway.key.unknown")
    return key
