"""What leaves the ledger to be checked elsewhere: checkpoints, proofs, entries, evidence files."""

from __future__ import annotations

import msgspec

LOG_FORMAT = 1
EVIDENCE_FORMAT = 1


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """What is hashed of a record: its header and a salted commitment to its body, never the body itself."""

    format: int
    id: str
    at: str
    event: str
    actor_kind: str
    actor: str
    subject_kind: str
    subject: str
    commitment: str
    cause: str = ""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What the parties, the provider's authority and the audit administrator may read."""

    actor_name: str
    department: str
    subject_name: str
    parties: tuple[str, ...]
    facts: dict[str, object]


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A signed tree head: all records before `size` and their root, at `at`, in `epoch` of log `origin`."""

    origin: str
    epoch: int
    size: int
    root: str
    at: str
    suite: str
    twin_root: str = ""  # the SM3 twin of a SHA-256 log
    announces: str = ""  # base64url of the next signing key, when one is announced


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """An inclusion path (RFC 6962 section 2.1.1) for record `index` in the tree of `size`; hashes as base64url."""

    index: int
    size: int
    path: tuple[str, ...]
