"""Signed envelopes: exact bytes, a purpose that keeps one kind of statement from passing for another, a key's name.

What is signed is the pre-authentication encoding of DSSE: "ZampaV1", then purpose and payload each with its length,
so no two pairs of purpose and payload give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from zampa.contracts.book import Signed
from zampa.evidence.suites import PrivateKey, PublicKey, key_id
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid


def signed_bytes(purpose: str, payload: bytes) -> bytes:
    name = purpose.encode()
    return b"ZampaV1 %d %b %d %b" % (len(name), name, len(payload), payload)


def sign(purpose: str, payload: bytes, key: PrivateKey) -> Signed:
    """An envelope of `payload` under `purpose` ("book", "segment", "checkpoint" ...)."""
    return Signed(
        purpose=purpose,
        payload=b64(payload),
        algorithm=key.algorithm,
        key_id=key_id(key.public),
        signature=b64(key.sign(signed_bytes(purpose, payload))),
    )


def open_signed(signed: Signed, anchors: Iterable[PublicKey | str], *, purpose: str) -> bytes:
    """The payload, when one of `anchors` signed it for `purpose`.

    NotValid: evidence.envelope.other_purpose, .malformed, .untrusted (signed by none of the anchors, though it may be
    whole), .bad_signature (says it is by an anchor and is not).
    """
    if signed.purpose != purpose:
        raise NotValid("evidence.envelope.other_purpose", wanted=purpose)
    for anchor in anchors:
        key = PublicKey.parse(anchor) if isinstance(anchor, str) else anchor
        if key_id(key) == signed.key_id:
            if not signature_holds(signed, key):
                raise NotValid("evidence.envelope.bad_signature", key=signed.key_id)
            return payload_of(signed)
    raise NotValid("evidence.envelope.untrusted", key=signed.key_id[:60])


def signature_holds(signed: Signed, key: PublicKey) -> bool:
    """Whether `key` made the signature; NotValid when a field is not base64url."""
    if signed.algorithm != key.algorithm:
        return False
    return key.verify(signed_bytes(signed.purpose, payload_of(signed)), _bytes(signed.signature))


def payload_of(signed: Signed) -> bytes:
    """The payload unchecked: for finding which key is meant, never for acting on it."""
    return _bytes(signed.payload)


def _bytes(text: str) -> bytes:
    try:
        return unb64(text)
    except ValueError as error:
        raise NotValid("evidence.envelope.malformed") from error
