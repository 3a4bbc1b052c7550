"""Digests and the one spelling of a value that is hashed.

`canonical` is JSON with sorted keys and no spaces (what RFC 8785 gives for the values we allow: text,
whole numbers, booleans, null, lists, maps). Floats are refused: two machines may spell them differently.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")


def canonical(value: object) -> bytes:
    """Bytes to hash or sign; TypeError on a float or a type JSON does not have."""
    _refuse_floats(value)
    return _encoder.encode(value)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("floats are not hashed; use text or a whole number")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_floats(inner)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    """base64url without padding, as JOSE spells keys and digests."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The inverse of `b64`; ValueError when it is not one."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
