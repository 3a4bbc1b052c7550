"""How an answer leaves: with its call number, a signature bound to the request, and, when it is held whole, its digest.

What the signature says stands in evidence.answers: status, digest and call number of the answer, and of the request
method, authority, path, query and a commitment over all of it, whose salt travels beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from binascii import b2a_base64
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zampa.evidence import commitments, suites
from zampa.evidence.answers import ANSWER_TAG, ROOT, root_and_proofs
from zampa.evidence.http_signatures import Sign, authority
from zampa.gateway.asked import Asked
from zampa.gateway.enrolment import Keys
from zampa.gateway.trail import write_durably

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
        return hashlib.blake2b(call.encode(), key=self.day_key(day), digest_size=32).digest()

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


class Batch:
    """Answers signed together. `leaves` are leaf hashes; sealed when the first of them has to leave."""

    __slots__ = ("headers", "leaves", "proofs")

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []
        self.proofs: list[str] = []


@dataclass(slots=True)
class Prepared:
    """An answer's own headers, and its place in the batch that will be signed."""

    headers: list[tuple[bytes, bytes]]
    batch: Batch
    index: int


class AnswerSigner:
    """Makes the headers of answers: `prepare` when an answer is known, `signed` when it leaves. All that were prepared
    meanwhile share one signature (evidence.answers says how it is checked)."""

    def __init__(self, keys: Keys) -> None:
        self.sign = prepared(keys.sign)
        self.params = f'keyid="{suites.key_id(keys.sign.public)}";alg="{keys.sign.algorithm}";tag="{ANSWER_TAG}"'
        self.batch = Batch()

    def prepare(self, asked: Asked, status: int, content_type: str, digest: bytes | None) -> Prepared:
        """`digest` is the body's SHA-256, None for an answer that streams. The leaf is `answers.leaf_text`."""
        lines = f'"@status": {status}\n'
        added: list[tuple[bytes, bytes]] = []
        if content_type:
            lines += f'"content-type": {content_type}\n'
            added.append((b"content-type", content_type.encode()))
        if digest is not None:
            spelled = f"sha-256=:{b2a_base64(digest, newline=False).decode()}:"
            lines += f'"content-digest": {spelled}\n'
            added.append((b"content-digest", spelled.encode()))
        lines += f'"zampa-call": {asked.call}\n'
        added.append((b"zampa-call", asked.call.encode()))
        if asked.request:
            lines += f'"zampa-request": {asked.request}\n'
            added.append((b"zampa-request", asked.request.encode()))
            added.append((b"zampa-salt", base64.urlsafe_b64encode(asked.salt)))
        lines += (
            f'"@method";req: {asked.method}\n"@authority";req: {authority(asked.host, asked.scheme)}\n'
            f'"@path";req: {asked.path}\n"@query";req: ?{asked.query}'
        )
        batch = self.batch
        batch.leaves.append(hashlib.sha256(b"\x00" + lines.encode()).digest())
        return Prepared(added, batch, len(batch.leaves) - 1)

    def signed(self, answer: Prepared) -> list[tuple[bytes, bytes]]:
        """The headers of a prepared answer, its batch signed now unless it was."""
        batch = answer.batch
        if not batch.headers:
            self._seal(batch)
        return [*answer.headers, *batch.headers, (b"zampa-proof", batch.proofs[answer.index].encode())]

    def _seal(self, batch: Batch) -> None:
        if batch is self.batch:
            self.batch = Batch()
        root, batch.proofs = root_and_proofs(batch.leaves)
        params = f'("{ROOT}");created={int(time.time())};{self.params}'
        value = self.sign(f'"{ROOT}": {root}\n"@signature-params": {params}'.encode())
        batch.headers = [
            (ROOT.encode(), root.encode()), (b"signature-input", f"zampa={params}".encode()),
            (b"signature", f"zampa=:{b2a_base64(value, newline=False).decode()}:".encode()),
        ]


def prepared(key: suites.PrivateKey) -> Sign:
    """The key's signing function with its set-up done once; an answer is signed on every call."""
    if key.algorithm == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(key.secret).sign
    return key.sign


def body_digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
