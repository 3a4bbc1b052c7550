"""Rows of other people's tables that the centre keeps for a while, for their owner's eyes only.

Each keeping (a run's quarantine, a check's sample) has a key of its own, sealed under the installation's master key and
bound to what it belongs to; each row is sealed under that key and bound to its own id, and its key columns are told to
others as a salted commitment only. With the key thrown away the rows are gone, wherever a copy lies.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from zampa.evidence import seals
from zampa.evidence.commitments import commit, new_salt
from zampa.ground.digests import b64, canonical

Values = dict[str, str | None]


class Sealed(msgspec.Struct, frozen=True):
    """What is sealed of a row. `salt` opens its commitment (base64url)."""

    salt: str
    key: Values
    values: Values


def new_key(master_key: bytes, context: str) -> str:
    """A fresh key of one keeping, sealed."""
    return seals.seal(master_key, os.urandom(32), context)


def open_key(master_key: bytes, sealed: str, context: str) -> bytes:
    return seals.unseal(master_key, sealed, context)


def seal_row(key: bytes, context: str, row_key: Mapping[str, str | None], values: Values) -> tuple[str, str]:
    """The commitment of the row's key, and the row sealed."""
    salt = new_salt()
    content = msgspec.json.encode(Sealed(b64(salt), dict(row_key), values))
    return commit(salt, canonical(dict(row_key))), seals.seal(key, content, context)


def open_row(key: bytes, context: str, sealed: str) -> Sealed:
    return msgspec.json.decode(seals.unseal(key, sealed, context), type=Sealed)
