"""Salted commitments: a digest that can be shown to everyone without telling what it is of.

A bare SHA-256 of an identity number can be found by trying all numbers; 32 random bytes before the value make that
hopeless, and deleting the salt makes the commitment say nothing for ever (Order 809, PIPL art. 47).
"""

from __future__ import annotations

import hmac
import os

from zampa.evidence.suites import HASHES, hash_function, parse_digest
from zampa.ground.digests import b64
from zampa.ground.errors import NotValid

SALT_BYTES = 32


def new_salt() -> bytes:
    """32 fresh random bytes; one salt serves one value."""
    return os.urandom(SALT_BYTES)


def commit(salt: bytes, data: bytes, hash_name: str = "sha256") -> str:
    """"sha256:<base64url of H(salt + data)>"; the salt's length is fixed, so no two pairs meet."""
    if len(salt) != SALT_BYTES:
        raise NotValid("evidence.commitment.salt_length")
    return f"{hash_name}:{b64(hash_function(hash_name)(salt + data))}"


def opens(commitment: str, salt: bytes, data: bytes) -> bool:
    """Whether salt and data are what `commitment` was made of; NotValid when it is not a commitment."""
    name, value = parse_digest(commitment)
    return len(salt) == SALT_BYTES and hmac.compare_digest(HASHES[name](salt + data), value)
