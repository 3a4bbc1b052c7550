"""Signed states of a log, and whom a reader may believe.

A checkpoint says: the first `size` records have this root (SHA-256, with an SM3 twin). Trust begins at anchors given
from outside and goes on by announcement: a checkpoint signed by a trusted key may announce the next key, which is then
trusted for checkpoints of that log from that size on. After a restore an `EpochStatement` signed the same way names
what was lost, so that a shorter log is never mistaken for the one before.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from zampa.contracts.book import Signed
from zampa.contracts.evidence import Checkpoint
from zampa.evidence.envelopes import open_signed, payload_of, sign
from zampa.evidence.suites import PrivateKey, PublicKey, key_id, parse_digest
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid

PURPOSE = "checkpoint"
EPOCH_PURPOSE = "epoch"
_encode = msgspec.json.Encoder(order="sorted").encode


class EpochStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A new epoch of `origin` begins at `size` records with `root`; records [size, lost_size) of `lost_epoch`, whose
    newest known checkpoint had `lost_root`, are gone. `lost_size` equal to `size` means nothing known was lost."""

    origin: str
    epoch: int
    size: int
    root: str
    at: str
    reason: str
    lost_epoch: int
    lost_size: int
    lost_root: str = ""


def sign_checkpoint(checkpoint: Checkpoint, key: PrivateKey) -> Signed:
    return sign(PURPOSE, _encode(checkpoint), key)


def sign_epoch(statement: EpochStatement, key: PrivateKey) -> Signed:
    return sign(EPOCH_PURPOSE, _encode(statement), key)


def read_checkpoint(signed: Signed) -> Checkpoint:
    """What the envelope says, unchecked; NotValid when it is no checkpoint."""
    if signed.purpose != PURPOSE:
        raise NotValid("evidence.envelope.other_purpose", wanted=PURPOSE)
    return _decode_checkpoint(payload_of(signed))


def read_epoch(signed: Signed) -> EpochStatement:
    """What the envelope says, unchecked; NotValid when it is no epoch statement."""
    if signed.purpose != EPOCH_PURPOSE:
        raise NotValid("evidence.envelope.other_purpose", wanted=EPOCH_PURPOSE)
    try:
        return msgspec.json.decode(payload_of(signed), type=EpochStatement)
    except ValueError as error:
        raise NotValid("evidence.envelope.malformed") from error


def verify_checkpoint(signed: Signed, anchors: Iterable[PublicKey | str]) -> Checkpoint:
    """The checkpoint, when one of `anchors` signed it; NotValid as `envelopes.open_signed`."""
    return _decode_checkpoint(open_signed(signed, anchors, purpose=PURPOSE))


def root_bytes(text: str, name: str = "sha256") -> bytes:
    """The 32 bytes of a checkpoint's root; NotValid when it is spelled in another algorithm."""
    found, raw = parse_digest(text)
    if found != name:
        raise NotValid("evidence.digest.other_algorithm", wanted=name)
    return raw


def announced_key(checkpoint: Checkpoint) -> PublicKey | None:
    """The next signing key, when the checkpoint announces one."""
    if not checkpoint.announces:
        return None
    try:
        return PublicKey.parse(unb64(checkpoint.announces).decode())
    except ValueError as error:
        raise NotValid("evidence.envelope.malformed") from error


def announcement(key: PublicKey) -> str:
    """How a checkpoint spells the key it announces."""
    return b64(key.text.encode())


class Trust:
    """The keys a reader believes: anchors from outside, and what they announced, each from a size on."""

    def __init__(self, anchors: Iterable[PublicKey]) -> None:
        self._since = {key_id(key): (key, 0) for key in anchors}

    @property
    def keys(self) -> list[PublicKey]:
        return [key for key, _ in self._since.values()]

    def knows(self, signed: Signed) -> bool:
        return signed.key_id in self._since

    def checkpoint(self, signed: Signed) -> Checkpoint:
        """The checkpoint; a key it announces is believed from now on. NotValid as `envelopes.open_signed`, or
        evidence.checkpoint.key_too_early when its key was announced for larger sizes only."""
        checkpoint = verify_checkpoint(signed, self.keys)
        if checkpoint.size < self._since[signed.key_id][1]:
            raise NotValid("evidence.checkpoint.key_too_early", key=signed.key_id)
        following = announced_key(checkpoint)
        if following is not None and key_id(following) not in self._since:
            self._since[key_id(following)] = (following, checkpoint.size)
        return checkpoint

    def epoch(self, signed: Signed) -> EpochStatement:
        """The epoch statement; NotValid as `envelopes.open_signed`."""
        open_signed(signed, self.keys, purpose=EPOCH_PURPOSE)
        return read_epoch(signed)


def _decode_checkpoint(payload: bytes) -> Checkpoint:
    try:
        checkpoint = msgspec.json.decode(payload, type=Checkpoint)
    except ValueError as error:
        raise NotValid("evidence.envelope.malformed") from error
    if checkpoint.size < 0 or checkpoint.epoch < 0:
        raise NotValid("evidence.envelope.malformed")
    return checkpoint
