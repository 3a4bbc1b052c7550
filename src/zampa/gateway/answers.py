"""How an answer leaves: with its call number, a signature bound to the request, and, when it is held whole, its digest.

The signature is RFC 9421's for answers: it covers the status, the body's digest, the call number, and of the request
the method, authority, path and query, and a commitment over the whole request whose salt travels beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from binascii import b2a_base64
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zampa.evidence import commitments, suites
from zampa.evidence.http_signatures import Sign, authority
from zampa.gateway.asked import Asked
from zampa.gateway.enrolment import Keys
from zampa.gateway.trail import write_durably

ANSWER_TAG = "zampa-answer"
_encode = msgspec.json.Encoder().encode


class Salts:
    """The salt of a call, derived under a random key of its day: delete the day's file and nothing of that day's
    commitments can be opened any more. The consumer gets each salt with its answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: dict[str, bytes] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def day_key(self, day: str) -> bytes:
        """32 random bytes of a day ("2026-11-23"), made the first time."""
        key = self.keys.get(day)
        if key is None:
            path = self.folder / f"{day}.key"
            if not path.exists():
                write_durably(path, os.urandom(32))
            key = self.keys[day] = path.read_bytes()
        return key

    def salt(self, day: str, call: str) -> bytes:
        return hmac.digest(self.day_key(day), call.encode(), "sha256")

    def keyed(self, day: str, *parts: bytes) -> str:
        """A short keyed digest, equal for equal parts within the day."""
        data = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return base64.urlsafe_b64encode(hmac.digest(self.day_key(day), b"probe" + data, "sha256")[:15]).decode()


def request_commitment(asked: Asked, body_digest: bytes) -> str:
    """commit(salt, "request" || canonical JSON of [method, path, query, SHA-256 of the body])."""
    shape = _encode([asked.method, asked.path, asked.query, body_digest.hex()])  # canonical: texts in a list
    return commitments.commit(asked.salt, b"request" + shape)


def answer_commitment(salt: bytes, body_digest: bytes) -> str:
    """commit(salt, "answer" || SHA-256 of the body): the same whether it was held or streamed."""
    return commitments.commit(salt, b"answer" + body_digest)


class AnswerSigner:
    """Makes the headers of an answer."""

    def __init__(self, keys: Keys) -> None:
        self.sign = prepared(keys.sign)
        self.key_id = suites.key_id(keys.sign.public)
        self.algorithm = keys.sign.algorithm

    def headers(
        self, asked: Asked, status: int, content_type: str, digest: bytes | None
    ) -> list[tuple[bytes, bytes]]:
        """Signature headers; `digest` is the body's SHA-256, None for an answer that streams."""
        names, lines = ['"@status"'], [f'"@status": {status}']
        added: list[tuple[bytes, bytes]] = []
        if content_type:
            names.append('"content-type"')
            lines.append(f'"content-type": {content_type}')
        if digest is not None:
            spelled = f"sha-256=:{b2a_base64(digest, newline=False).decode()}:"
            names.append('"content-digest"')
            lines.append(f'"content-digest": {spelled}')
            added.append((b"content-digest", spelled.encode()))
        names.append('"zampa-call"')
        lines.append(f'"zampa-call": {asked.call}')
        added.append((b"zampa-call", asked.call.encode()))
        if asked.request:
            names.append('"zampa-request"')
            lines.append(f'"zampa-request": {asked.request}')
            added.append((b"zampa-request", asked.request.encode()))
            added.append((b"zampa-salt", base64.urlsafe_b64encode(asked.salt)))
        names.append('"@method";req "@authority";req "@path";req "@query";req')
        params = (
            f'({" ".join(names)});created={int(asked.now)};keyid="{self.key_id}"'
            f';alg="{self.algorithm}";tag="{ANSWER_TAG}"'
        )
        lines.append(
            f'"@method";req: {asked.method}\n"@authority";req: {authority(asked.host, asked.scheme)}\n'
            f'"@path";req: {asked.path}\n"@query";req: ?{asked.query}\n"@signature-params": {params}'
        )
        value = b2a_base64(self.sign("\n".join(lines).encode()), newline=False).decode()
        added.append((b"signature-input", f"zampa={params}".encode()))
        added.append((b"signature", f"zampa=:{value}:".encode()))
        return added


def prepared(key: suites.PrivateKey) -> Sign:
    """The key's signing function with its set-up done once; an answer is signed on every call."""
    if key.algorithm == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(key.secret).sign
    return key.sign


def body_digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
