"""The check behind every mark: computed anew from what is stored, each step told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec

from zampa.contracts.evidence import Checkpoint, Leaf
from zampa.evidence import merkle
from zampa.evidence.checkpoints import read_checkpoint, root_bytes
from zampa.evidence.commitments import opens
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.suites import key_id, sha256, sm3
from zampa.ground.clock import iso
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid
from zampa.ledger import keys, models, queries


@dataclass(frozen=True)
class Check:
    """What was found for one record. `body_holds` is None where the body has been deleted."""

    number: int
    leaf_hash: str
    path: tuple[str, ...]
    twin_path: tuple[str, ...]
    checkpoint: Checkpoint
    key_id: str
    columns_hold: bool
    body_holds: bool | None
    path_holds: bool
    twin_holds: bool
    signature_holds: bool

    @property
    def holds(self) -> bool:
        parts = self.columns_hold, self.path_holds, self.twin_holds, self.signature_holds
        return all(parts) and self.body_holds is not False


def check(record_id: UUID | str) -> Check:
    """Check one record against the newest signed state; errors as `queries.proof_of`."""
    located = queries.proof_of(record_id)
    row = models.Record.objects.select_related("body").get(id=record_id)
    checkpoint = read_checkpoint(located.checkpoint)
    text, size = located.leaf.encode(), located.proof.size
    twin_path = queries.path_of(located.number, size, "sm3")
    twin = [unb64(part) for part in twin_path]
    leaf_twin, root_twin = merkle.leaf_hash(text, sm3), root_bytes(checkpoint.twin_root, "sm3")
    return Check(
        number=located.number,
        leaf_hash=b64(merkle.leaf_hash(text, sha256)),
        path=located.proof.path,
        twin_path=twin_path,
        checkpoint=checkpoint,
        key_id=located.checkpoint.key_id,
        columns_hold=_columns_hold(row),
        body_holds=_body_holds(row),
        path_holds=queries.holds(located),
        twin_holds=merkle.verify_inclusion(leaf_twin, located.number, size, twin, root_twin, sm3),
        signature_holds=any(
            key_id(key) == located.checkpoint.key_id and signature_holds(located.checkpoint, key)
            for key in keys.anchors()
        ),
    )


def _columns_hold(row: models.Record) -> bool:
    """Whether the columns that lists show say what the hashed leaf says."""
    try:
        leaf = queries.leaf_of(row)
    except msgspec.DecodeError:
        return False
    shown = Leaf(
        format=leaf.format, id=str(row.id), at=iso(row.at), event=row.event, actor_kind=row.actor_kind, actor=row.actor,
        subject_kind=row.subject_kind, subject=row.subject, commitment=leaf.commitment, cause=str(row.cause or ""),
    )  # fmt: skip
    return shown == leaf


def _body_holds(row: models.Record) -> bool | None:
    held = getattr(row, "body", None)
    if held is None:
        return None
    try:
        return opens(queries.leaf_of(row).commitment, bytes(held.salt), held.content.encode())
    except (msgspec.DecodeError, NotValid):
        return False
