"""Secrets at rest and on their way to one gateway.

`seal` keeps a secret under the installation's master key, which lies outside the database: AES-256-GCM or SM4-GCM
under a key derived per context (HKDF, RFC 5869), so that a ciphertext moved to another row does not open.
`seal_to` sends one to a gateway: HPKE base mode (RFC 9180), DHKEM(X25519), HKDF-SHA256, AES-256-GCM.
"""

from __future__ import annotations

import os

import gmssl_fast
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid

MASTER_KEY_BYTES = 32
HPKE_NAME = "hpke-x25519-sha256-aes-256-gcm"
_NONCE = 12
_TAG = 16
_KEY_BYTES = {"aes-256-gcm": 32, "sm4-gcm": 16}
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def new_master_key() -> bytes:
    return os.urandom(MASTER_KEY_BYTES)


def seal(master_key: bytes, plaintext: bytes, context: str, algorithm: str = "aes-256-gcm") -> str:
    """Sealed text "aes-256-gcm:<base64url of nonce, ciphertext, tag>"; opens only with the same `context`."""
    key, nonce = _derive(master_key, algorithm, context), os.urandom(_NONCE)
    if algorithm == "sm4-gcm":
        body, tag = gmssl_fast.SM4GCM(key, nonce).encrypt(plaintext, context.encode())
        return f"{algorithm}:{b64(nonce + body + tag)}"
    return f"{algorithm}:{b64(nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode()))}"


def unseal(master_key: bytes, sealed: str, context: str) -> bytes:
    """The plaintext; NotValid when the key, the context or a byte is another than when it was sealed."""
    algorithm, _, text = sealed.partition(":")
    key = _derive(master_key, algorithm, context)
    raw = _bytes(text)
    nonce, rest = raw[:_NONCE], raw[_NONCE:]
    if len(rest) < _TAG:
        raise NotValid("evidence.seal.malformed")
    try:
        if algorithm == "sm4-gcm":
            return bytes(gmssl_fast.SM4GCM(key, nonce).decrypt(rest[:-_TAG], rest[-_TAG:], context.encode()))
        return AESGCM(key).decrypt(nonce, rest, context.encode())
    except (InvalidTag, gmssl_fast.GmsslError) as error:
        raise NotValid("evidence.seal.does_not_open") from error


def new_seal_key() -> tuple[bytes, bytes]:
    """A gateway's sealing pair: private and public, 32 raw bytes each (X25519)."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal_to(public: bytes, plaintext: bytes, context: str) -> str:
    """Sealed text "hpke-...:<base64url>" that only the holder of the private half opens, in the same context."""
    try:
        key = X25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise NotValid("evidence.key.malformed", algorithm="x25519") from error
    return f"{HPKE_NAME}:{b64(_HPKE.encrypt(plaintext, key, context.encode()))}"


def unseal_with(private: bytes, sealed: str, context: str) -> bytes:
    """The inverse of `seal_to`; NotValid when it was sealed to another, in another context, or was changed."""
    algorithm, _, text = sealed.partition(":")
    if algorithm != HPKE_NAME:
        raise NotValid("evidence.seal.unknown_algorithm", algorithm=algorithm[:40])
    try:
        return _HPKE.decrypt(_bytes(text), X25519PrivateKey.from_private_bytes(private), context.encode())
    except (InvalidTag, ValueError) as error:
        raise NotValid("evidence.seal.does_not_open") from error


def _derive(master_key: bytes, algorithm: str, context: str) -> bytes:
    if algorithm not in _KEY_BYTES:
        raise NotValid("evidence.seal.unknown_algorithm", algorithm=algorithm[:40])
    if len(master_key) != MASTER_KEY_BYTES:
        raise NotValid("evidence.seal.key_length")
    info = f"zampa seal {algorithm} {context}".encode()
    return HKDF(hashes.SHA256(), _KEY_BYTES[algorithm], salt=None, info=info).derive(master_key)


def _bytes(text: str) -> bytes:
    try:
        return unb64(text)
    except ValueError as error:
        raise NotValid("evidence.seal.malformed") from error
