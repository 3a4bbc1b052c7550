"""What a gateway's signature says of an answer, and how a consumer checks it.

Signing each answer by itself would cost a gateway more than serving it. So answers that are ready together are signed
together: each is a leaf of a Merkle tree (RFC 6962), the root is signed once as an HTTP message signature (RFC 9421)
over the header Zampa-Root, and each answer carries its own path in Zampa-Proof. An answer and its headers are enough
to check it, now or years later; nothing is learnt of the other answers.

    Zampa-Root: sha256:<base64url>
    Zampa-Proof: <index>/<size>[ <base64url> ...]     siblings, lowest first

The leaf is the text of RFC 9421 component lines: of the answer its status, content type, content digest (absent when
it streams) and call number, and what binds it to its request: method, authority, path, query and a salted commitment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zampa.evidence import http_signatures as signatures
from zampa.evidence.http_signatures import Component, Message
from zampa.evidence.merkle import audited, leaf_hash, root_from_inclusion
from zampa.evidence.suites import PublicKey
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotAllowed, NotValid

ANSWER_TAG = "zampa-answers"
ROOT = "zampa-root"
_OF_ANSWER = ("content-type", "content-digest", "zampa-call", "zampa-request")
_OF_REQUEST = ("@method", "@authority", "@path", "@query")
_PROOF = re.compile(r"(\d{1,6})/(\d{1,6})((?: [A-Za-z0-9_-]{43}){0,20})")


def leaf_text(answer: Message) -> bytes:
    """The leaf of an answer, whose `request` must be given."""
    components = [Component("@status"), *(Component(name) for name in _OF_ANSWER if name in answer.headers)]
    components += [Component(name, req=True) for name in _OF_REQUEST]
    return signatures.signature_base(answer, components, "").rpartition(b"\n")[0]


def root_and_proofs(leaves: Sequence[bytes]) -> tuple[str, list[str]]:
    """Zampa-Root over leaf hashes, and the Zampa-Proof of each leaf."""
    root, paths = audited(leaves, b64)
    size = len(leaves)
    return f"sha256:{b64(root)}", [" ".join([f"{index}/{size}", *path]) for index, path in enumerate(paths)]


def check_answer(answer: Message, public: PublicKey, body: bytes | None = None) -> None:
    """NotAllowed unless `public` signed this answer to `answer.request`; with `body`, unless it is the body signed.

    NotValid when a header is missing or cannot be read. A streamed answer carries no digest: its body is checked
    against the signed closed record, fetched from the gateway by the call's number.
    """
    signature = signatures.signature_for(answer, ANSWER_TAG)
    if not signature.covers(ROOT):
        raise NotAllowed("evidence.signature.not_covered", missing=ROOT)
    base = signatures.signature_base(answer, signature.components, signature.params)
    if not public.verify(base, signature.value):
        raise NotAllowed("evidence.signature.bad")
    found = _PROOF.fullmatch(answer.headers.get("zampa-proof", ""))
    if found is None:
        raise NotValid("evidence.answer.proof")
    path = [unb64(part) for part in found[3].split()]
    root = root_from_inclusion(leaf_hash(leaf_text(answer)), int(found[1]), int(found[2]), path)
    if root is None or "sha256:" + b64(root) != answer.headers[ROOT]:
        raise NotAllowed("evidence.answer.not_in_root")
    if body is not None:
        signatures.check_content_digest(answer.headers.get("content-digest", ""), body)
