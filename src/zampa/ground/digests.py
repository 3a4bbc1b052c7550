"""Digests and the one spelling of a value that is hashed.

`canonical` is JSON with sorted keys and no spaces (what RFC 8785 gives for the values we allow: text,
whole numbers, booleans, null, lists, maps). Floats are refused: two machines may spell them differently.
"""

from __future__ import annotations

import base64
import hashlib
from binascii import b2a_base64

import msgspec

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
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
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def unb64(text: str) -> bytes:
    """The inverse of `b64`; ValueError when it is not one."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
