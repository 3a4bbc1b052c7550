"""Makes the exported logs that `ledger_verify` checks, in a process of its own (see ledger.py)."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import msgspec

from zampa.contracts.actors import Actor
from zampa.contracts.evidence import LOG_FORMAT, Body, Checkpoint, Leaf
from zampa.evidence import merkle
from zampa.evidence.checkpoints import sign_checkpoint
from zampa.evidence.commitments import commit, new_salt
from zampa.evidence.logs import CheckpointLine, LogHeader, RecordLine, write_header, write_lines
from zampa.evidence.suites import generate_key, sha256, sm3
from zampa.ground.digests import b64, canonical
from zampa.ground.ids import new_id

EVERY = 4096
CLERK = Actor(kind="person", id=str(new_id()), name="卓玛", department=str(new_id()))
PARTIES = (str(new_id()), str(new_id()))


def make_log(folder: Path, contents: str, count: int) -> None:
    """An export as the ledger writes it, without a database: real leaves, bodies, roots and signatures."""
    key, origin = generate_key("ed25519"), "bench"
    (folder / "anchors").write_text(key.public.text + "\n")
    trees = merkle.Tree(sha256), merkle.Tree(sm3)
    with (folder / f"log-{contents}").open("wb") as file:
        write_header(file, LogHeader(
            format=LOG_FORMAT, origin=origin, contents=contents, made="2026-01-01T00:00:00.000000Z",
            keys=(key.public.text,),
        ))  # fmt: skip
        for start in range(0, count, EVERY):
            buffer = io.BytesIO()
            write_lines(buffer, [_record(n, contents, trees) for n in range(start, min(start + EVERY, count))])
            checkpoint = Checkpoint(
                origin=origin, epoch=0, size=trees[0].size, at=f"2026-01-01T00:00:00.{start:09}Z",
                root=f"sha256:{b64(trees[0].root())}", suite="international",
                twin_root=f"sm3:{b64(trees[1].root())}",
            )  # fmt: skip
            write_lines(buffer, [CheckpointLine(signed=sign_checkpoint(checkpoint, key))])
            file.write(buffer.getvalue())


def _record(number: int, contents: str, trees: tuple[merkle.Tree, merkle.Tree]) -> RecordLine:
    body = Body(
        actor_name=CLERK.name, department=CLERK.department, subject_name="网关", parties=PARTIES,
        facts={"root": "x" * 43, "first": number, "count": 10_000},
    )  # fmt: skip
    content, salt = canonical(msgspec.to_builtins(body)), new_salt()
    leaf = canonical(msgspec.to_builtins(Leaf(
        format=LOG_FORMAT, id=str(new_id()), at="2026-01-01T00:00:00.000000Z", event="exchange:segment:taken_in",
        actor_kind="gateway", actor=CLERK.id, subject_kind="exchange.gateway", subject=str(number),
        commitment=commit(salt, content),
    )))  # fmt: skip
    hash_, twin = merkle.leaf_hash(leaf), merkle.leaf_hash(leaf, sm3)
    trees[0].append(hash_)
    trees[1].append(twin)
    if contents == "hashes":
        return RecordLine(n=number, hash=hash_, twin=twin)
    return RecordLine(n=number, hash=hash_, twin=twin, leaf=msgspec.Raw(leaf), salt=salt, body=msgspec.Raw(content))


if __name__ == "__main__":
    make_log(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
