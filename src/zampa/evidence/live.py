"""Verifying a running log over its public API: every leaf hash up to its newest checkpoint, or, with a checkpoint kept
from before, only the proof that the log has grown from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

import msgspec

from zampa.contracts.book import Signed
from zampa.contracts.evidence import Checkpoint
from zampa.evidence import merkle
from zampa.evidence.checkpoints import Trust, read_checkpoint, read_epoch, root_bytes
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.suites import PublicKey, key_id
from zampa.evidence.verdicts import RIGHT, UNREADABLE, UNTRUSTED, Fault, Verdict
from zampa.ground.digests import unb64
from zampa.ground.errors import NotValid

T = TypeVar("T")
PAGE = 8192
MOST = 64 << 20


class State(msgspec.Struct, frozen=True):
    """GET /api/ledger/checkpoint: the newest state, and what trust in its key needs."""

    checkpoint: Signed | None
    announcements: tuple[Signed, ...] = ()
    epochs: tuple[Signed, ...] = ()
    keys: tuple[str, ...] = ()


class Leaves(msgspec.Struct, frozen=True):
    """GET /api/ledger/leaves: leaf hashes from `start` on, 32 bytes each, base64."""

    start: int
    hashes: bytes


class Consistency(msgspec.Struct, frozen=True):
    path: tuple[str, ...]


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *given: object) -> None:
        return None


def verify_live(address: str, anchors: Iterable[PublicKey], since: Signed | None = None) -> Verdict:
    """The verdict over the log at `address` (http:// or https://, the portal's address)."""
    opener = build_opener(ProxyHandler({}), _NoRedirect())
    try:
        state = _get(opener, address, "checkpoint", State)
        found, signer = _newest(state, list(anchors))
        known = read_checkpoint(since) if since is not None else None
        if known is not None:
            _grown(opener, address, state, known, found)
        else:
            _whole(opener, address, found)
    except Fault as fault:
        return fault.verdict()
    except (URLError, OSError, ValueError, NotValid) as error:
        return Verdict(exit=UNREADABLE, problem="live", params={"address": address, "why": str(error)})
    return Verdict(
        exit=RIGHT if signer else UNTRUSTED,
        records=found.size,
        checkpoints=1,
        size=found.size,
        signers=(signer,) if signer else (),
    )


def _get(opener: OpenerDirector, address: str, path: str, shape: type[T]) -> T:
    if urlsplit(address).scheme not in {"http", "https"}:
        raise ValueError("http:// or https://")
    request = Request(f"{address.rstrip('/')}/api/ledger/{path}", headers={"Accept": "application/json"})  # noqa: S310
    with opener.open(request, timeout=30) as answer:
        return msgspec.json.decode(answer.read(MOST), type=shape)


def _newest(state: State, anchors: list[PublicKey]) -> tuple[Checkpoint, str]:
    """The newest checkpoint and the trusted key that signed it, "" when none did."""
    if state.checkpoint is None:
        raise ValueError("no checkpoint")
    trust = Trust(anchors)
    declared = {key_id(key): key for key in (*map(PublicKey.parse, state.keys), *anchors)}
    found = read_checkpoint(state.checkpoint)
    last = max(found.size - 1, 0)
    for signed in (*state.announcements, state.checkpoint):
        key = declared.get(signed.key_id)
        if key is not None and not signature_holds(signed, key):
            raise Fault("log.signature", last, size=read_checkpoint(signed).size)
        if trust.knows(signed):
            trust.checkpoint(signed)
    return found, state.checkpoint.key_id if trust.knows(state.checkpoint) else ""


def _whole(opener: OpenerDirector, address: str, found: Checkpoint) -> None:
    """All leaf hashes give the signed root."""
    tree = merkle.Tree()
    while tree.size < found.size:
        count = min(PAGE, found.size - tree.size)
        page = _get(opener, address, f"leaves?start={tree.size}&count={count}", Leaves)
        hashes = [page.hashes[at : at + merkle.HASH_BYTES] for at in range(0, len(page.hashes), merkle.HASH_BYTES)]
        if page.start != tree.size or not hashes or len(hashes) > count or len(hashes[-1]) != merkle.HASH_BYTES:
            raise Fault("log.missing", tree.size, found.size - 1, size=found.size)
        tree.extend(hashes)
    if tree.root() != root_bytes(found.root):
        raise Fault("log.root", 0, max(found.size - 1, 0))


def _grown(opener: OpenerDirector, address: str, state: State, since: Checkpoint, found: Checkpoint) -> None:
    """The kept checkpoint begins the newest one, or an epoch statement answers for what lies between."""
    if since.origin != found.origin:
        raise Fault("log.since", 0, max(since.size - 1, 0), size=since.size)
    for said in map(read_epoch, state.epochs):
        if since.epoch <= said.lost_epoch and said.size < since.size <= said.lost_size:
            return
    if since.size > found.size:
        raise Fault("log.cut", found.size, since.size - 1, size=since.size)
    proof = _get(opener, address, f"consistency?old={since.size}&new={found.size}", Consistency)
    path = [unb64(part) for part in proof.path]
    roots = root_bytes(since.root), root_bytes(found.root)
    if not merkle.verify_consistency(since.size, found.size, *roots, path):
        raise Fault("log.since", 0, max(since.size - 1, 0), size=since.size)
