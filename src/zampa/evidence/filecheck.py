"""Verifying an evidence file with nothing but the file and the anchors."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from zampa.contracts.book import Signed
from zampa.contracts.calls import Call, CallClosed, CallOpened, TrailRecord
from zampa.contracts.evidence import Body, Checkpoint, Leaf
from zampa.evidence import merkle
from zampa.evidence.checkpoints import Trust, read_checkpoint, root_bytes
from zampa.evidence.commitments import opens
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.files import EvidenceCall, EvidenceFile, EvidenceRecord
from zampa.evidence.suites import PublicKey, key_id
from zampa.evidence.verdicts import RIGHT, UNTRUSTED, Fault, Verdict
from zampa.ground.digests import unb64
from zampa.ground.errors import NotValid

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_trail = msgspec.json.Decoder(CallOpened | CallClosed | Call)


def verify_file(file: EvidenceFile, anchors: Iterable[PublicKey], since: Signed | None = None) -> Verdict:
    """The verdict over an evidence file; `since` only tells whether its checkpoint is older than one already known."""
    try:
        checkpoint, signer = _checkpoint(file, list(anchors))
        known = [_record(record, checkpoint) for record in file.records]
        _linked(file, known)
        _calls(file, known)
        if since is not None:
            _since(read_checkpoint(since), checkpoint, file)
    except Fault as fault:
        return fault.verdict()
    return Verdict(
        exit=RIGHT if signer else UNTRUSTED,
        records=len(file.records) + len(file.calls),
        checkpoints=1 + len(file.announcements),
        size=checkpoint.size,
        signers=(signer,) if signer else (),
    )


def _first(file: EvidenceFile) -> int:
    """The record a fault of the whole file is told at."""
    return min((record.number for record in file.records), default=0)


def _checkpoint(file: EvidenceFile, anchors: list[PublicKey]) -> tuple[Checkpoint, str]:
    """The file's checkpoint and the trusted key that signed it, "" when none did; Fault when a signature is forged."""
    trust = Trust(anchors)
    declared = {key_id(key): key for key in (*map(_key, file.keys), *anchors)}
    try:
        for signed in (*file.announcements, file.checkpoint):
            said = read_checkpoint(signed)
            key = declared.get(signed.key_id)
            if said.origin != file.origin:
                raise Fault("log.checkpoint", _first(file), why=said.origin)
            if key is not None and not signature_holds(signed, key):
                raise Fault("log.signature", _first(file), size=said.size)
            if trust.knows(signed):
                trust.checkpoint(signed)
    except NotValid as error:
        raise Fault("log.checkpoint", _first(file), why=error.code) from error
    return read_checkpoint(file.checkpoint), file.checkpoint.key_id if trust.knows(file.checkpoint) else ""


def _key(text: str) -> PublicKey:
    return PublicKey.parse(text)


def _record(record: EvidenceRecord, checkpoint: Checkpoint) -> tuple[EvidenceRecord, Leaf, Body | None]:
    """The record's leaf and body, once its path and its commitment hold."""
    try:
        path = [unb64(part) for part in record.path]
        leaf_hash = merkle.leaf_hash(record.leaf.encode())
        root = root_bytes(checkpoint.root)
        if not merkle.verify_inclusion(leaf_hash, record.number, checkpoint.size, path, root):
            raise Fault("file.proof", record.number)
        leaf = msgspec.json.decode(record.leaf, type=Leaf)
        if not record.salt:
            if record.body:
                raise Fault("log.body", record.number)
            return record, leaf, None
        if not opens(leaf.commitment, unb64(record.salt), record.body.encode()):
            raise Fault("log.body", record.number)
        return record, leaf, msgspec.json.decode(record.body, type=Body)
    except (ValueError, NotValid) as error:  # msgspec's errors are ValueErrors
        raise Fault("log.leaf", record.number) from error


def _linked(file: EvidenceFile, known: list[tuple[EvidenceRecord, Leaf, Body | None]]) -> None:
    """Every record belongs to the story: from the file's subject one reaches it over subjects, causes and named ids.

    A true record of another story is as misleading as a false one of this.
    """
    reached = {file.subject.id}
    waiting = [(record, _names(leaf, body)) for record, leaf, body in known]
    while True:
        near = [(record, names) for record, names in waiting if not names.isdisjoint(reached)]
        if not near:
            break
        for _, names in near:
            reached |= names
        waiting = [entry for entry in waiting if entry not in near]
    for record, _ in waiting:
        if record.role != "segment":
            raise Fault("file.link", record.number, why="subject")


def _names(leaf: Leaf, body: Body | None) -> set[str]:
    """The ids a record names: its own, its subject's, its cause's, and those among its facts."""
    names = {leaf.id, leaf.subject, leaf.cause} - {""}
    for value in (body.facts if body else {}).values():
        parts = value if isinstance(value, list) else [value]
        names.update(part for part in parts if isinstance(part, str) and _UUID.fullmatch(part))
    return names


def _calls(file: EvidenceFile, known: list[tuple[EvidenceRecord, Leaf, Body | None]]) -> None:
    segments = {record.number: body for record, _, body in known if record.role == "segment"}
    named = {name for record, leaf, body in known if record.role != "segment" for name in _names(leaf, body)}
    for call in file.calls:
        body = segments.get(call.segment)
        if body is None:
            raise Fault("file.link", call.segment, why="segment")
        if body.facts.get("count") != call.count or not _leads(call, str(body.facts.get("root", ""))):
            raise Fault("file.proof", call.segment)
        grant = _grant(_parse(call))
        if grant and grant not in named:
            raise Fault("file.link", call.segment, why="grant")
    for number in segments.keys() - {call.segment for call in file.calls}:
        raise Fault("file.link", number, why="segment")


def _leads(call: EvidenceCall, root: str) -> bool:
    try:
        path, wanted = [unb64(part) for part in call.path], unb64(root.removeprefix("sha256:"))
    except ValueError:
        return False
    return merkle.verify_inclusion(merkle.leaf_hash(call.record.encode()), call.index, call.count, path, wanted)


def _parse(call: EvidenceCall) -> TrailRecord:
    try:
        record: TrailRecord = _trail.decode(call.record)
    except ValueError as error:
        raise Fault("log.leaf", call.segment) from error
    return record


def _grant(record: TrailRecord) -> str:
    if isinstance(record, Call):
        return record.opened.grant
    return record.grant if isinstance(record, CallOpened) else ""


def _since(since: Checkpoint, found: Checkpoint, file: EvidenceFile) -> None:
    """The same log and the same state where both speak of the same size."""
    same = since.origin == found.origin
    if not same or (since.size == found.size and since.epoch == found.epoch and since.root != found.root):
        raise Fault("log.since", _first(file), size=since.size)
