"""Logs and evidence files made in memory, signed by real keys, for the tests to bend."""

import base64
import io
import json
from pathlib import Path

import msgspec

from zampa.contracts.actors import Subject
from zampa.contracts.calls import Call, CallClosed, CallOpened
from zampa.contracts.evidence import EVIDENCE_FORMAT, LOG_FORMAT, Body, Checkpoint, Leaf
from zampa.evidence import merkle
from zampa.evidence.checkpoints import EpochStatement, announcement, sign_checkpoint, sign_epoch
from zampa.evidence.commitments import commit, new_salt
from zampa.evidence.files import EvidenceCall, EvidenceFile, EvidenceRecord
from zampa.evidence.logs import CheckpointLine, EpochLine, LogHeader, RecordLine, write_header, write_lines
from zampa.evidence.suites import PrivateKey, generate_key, sha256, sm3
from zampa.ground.digests import b64, canonical
from zampa.ground.ids import new_id

ORIGIN = "zampa-test"
MOMENT = "2026-11-23T00:00:00.000000Z"
KEY = generate_key("ed25519")
OTHER = generate_key("ed25519")


class Log:
    """A log that grows and signs, and can be written as an export."""

    def __init__(self, key: PrivateKey = KEY, hash_name: str = "sha256") -> None:
        self.key, self.hash_name = key, hash_name
        self.lines: list = []
        self.bodies: list[tuple[str, bytes, str]] = []
        self.epoch = 0

    @property
    def size(self) -> int:
        return len(self.bodies)

    def roots(self, size: int | None = None) -> tuple[bytes, bytes]:
        leaves = [leaf.encode() for leaf, _, _ in self.bodies[:size]]
        both = ([merkle.leaf_hash(leaf, hash_) for leaf in leaves] for hash_ in (sha256, sm3))
        return merkle.root_of(next(both)), merkle.root_of(next(both), sm3)

    def add(self, count: int = 1, /, *, subject: str = "", cause: str = "", **facts) -> str:
        for _ in range(count):
            facts = facts or {"n": 1}
            body = Body(actor_name="卓玛", department="d", subject_name="名", parties=("d",), facts=facts)
            content, salt, id_ = canonical(msgspec.to_builtins(body)), new_salt(), str(new_id())
            leaf = canonical(msgspec.to_builtins(Leaf(
                format=LOG_FORMAT, id=id_, at=MOMENT, event="demo:thing:made", actor_kind="person", actor="p",
                cause=cause, subject_kind="demo.thing", subject=subject or str(self.size),
                commitment=commit(salt, content, self.hash_name),
            )))
            self.lines.append(RecordLine(
                n=self.size, hash=merkle.leaf_hash(leaf), twin=merkle.leaf_hash(leaf, sm3),
                leaf=msgspec.Raw(leaf), salt=salt, body=msgspec.Raw(content),
            ))
            self.bodies.append((leaf.decode(), salt, content.decode()))
        return id_

    def sign(self, *, announces=None, key: PrivateKey | None = None, **changes):
        main, twin = self.roots()
        given = {
            "origin": ORIGIN, "epoch": self.epoch, "size": self.size, "root": f"sha256:{b64(main)}",
            "at": f"2026-11-23T00:00:{self.size % 60:02}.000000Z" if self.size < 60 else f"2026-11-24T{self.size:09}",
            "suite": "international", "twin_root": f"sm3:{b64(twin)}",
            "announces": announcement(announces.public) if announces else "",
        }
        signed = sign_checkpoint(Checkpoint(**{**given, **changes}), key or self.key)
        self.lines.append(CheckpointLine(signed=signed))
        return signed

    def open_epoch(self, lost_size: int, lost_root: str = "", **changes) -> None:
        given = {
            "origin": ORIGIN, "epoch": self.epoch + 1, "size": self.size, "root": f"sha256:{b64(self.roots()[0])}",
            "at": MOMENT, "reason": "restore", "lost_epoch": self.epoch,
            "lost_size": lost_size, "lost_root": lost_root,
        }
        self.lines.append(EpochLine(signed=sign_epoch(EpochStatement(**{**given, **changes}), self.key)))
        self.epoch += 1

    def write(self, path: Path, contents: str = "bodies", **header) -> Path:
        file = io.BytesIO()
        given = {
            "format": LOG_FORMAT, "origin": ORIGIN, "contents": contents, "made": MOMENT,
            "keys": (self.key.public.text,),
        }
        write_header(file, LogHeader(**{**given, **header}))
        lines = self.lines
        if contents == "hashes":
            lines = [RecordLine(n=x.n, hash=x.hash, twin=x.twin) if isinstance(x, RecordLine) else x for x in lines]
        write_lines(file, lines)
        path.write_bytes(file.getvalue())
        return path


def grown(path: Path, contents: str = "bodies", steps=(3, 7, 250, 300), **given) -> Path:
    """A log with a checkpoint after each step."""
    log = Log(**given)
    for step in steps:
        log.add(step)
        log.sign()
    return log.write(path, contents)


def lines_of(path: Path) -> list[dict]:
    """The lines of an export as plain JSON, to be bent and written back."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def rewrite(path: Path, lines: list[dict]) -> Path:
    dump = [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines]
    path.write_text("\n".join(dump) + "\n")
    return path


def rehash(line: dict) -> None:
    """Make a bent record agree with itself again, as a thorough forger would."""
    leaf = json.dumps(line["leaf"], ensure_ascii=False, separators=(",", ":")).encode()
    line["hash"] = base64.b64encode(merkle.leaf_hash(leaf)).decode()
    line["twin"] = base64.b64encode(merkle.leaf_hash(leaf, sm3)).decode()


def anchor_file(path: Path, *keys: PrivateKey) -> Path:
    path.write_text("# operator\n" + "\n".join(key.public.text for key in keys or (KEY,)) + "\n")
    return path


def evidence(announced: bool = False) -> tuple[Log, EvidenceFile]:
    """A request, its decision, the grant, a delivery and a call, among other people's records."""
    log = Log()
    request, grant = str(new_id()), str(new_id())
    log.add(4)
    log.add(subject=request)
    log.add(subject=request, verdict="yes")
    log.add(2)
    log.add(subject=grant, request=request)
    log.add(subject=str(new_id()), grant=grant, digest_sent="sha256:x", digest_stored="sha256:x")
    calls = [_call(grant if n == 2 else str(new_id())) for n in range(5)]
    tree = [merkle.leaf_hash(call) for call in calls]
    log.add(subject="gateway-1", root=f"sha256:{b64(merkle.root_of(tree))}", count=5, first=100)
    announcements = ()
    if announced:
        announcements = (log.sign(announces=OTHER),)
        log.key = OTHER
    log.add(5)
    checkpoint = log.sign()
    subtree = merkle.subtrees_of([merkle.leaf_hash(leaf.encode()) for leaf, _, _ in log.bodies])
    roles = {4: "request", 5: "decision", 8: "grant", 9: "delivery", 10: "segment"}
    records = tuple(
        EvidenceRecord(
            role=role, number=n, leaf=log.bodies[n][0], salt=b64(log.bodies[n][1]), body=log.bodies[n][2],
            path=tuple(b64(part) for part in merkle.inclusion(subtree, n, log.size)),
        )
        for n, role in roles.items()
    )
    path = tuple(b64(part) for part in merkle.inclusion(merkle.subtrees_of(tree), 2, 5))
    call = EvidenceCall(record=calls[2].decode(), index=2, count=5, path=path, segment=10)
    return log, EvidenceFile(
        format=EVIDENCE_FORMAT, origin=ORIGIN, made=MOMENT, subject=Subject("exchange.request", request),
        records=records, checkpoint=checkpoint, calls=(call,), announcements=announcements, keys=(KEY.public.text,),
    )


def _call(grant: str) -> bytes:
    moment, id_ = MOMENT, str(new_id())
    opened = CallOpened(call=id_, at=moment, grant=grant, consumer="c", action="query")
    closed = CallClosed(call=id_, at=moment, outcome="answered", status=200)
    return msgspec.json.encode(Call(opened=opened, closed=closed))
