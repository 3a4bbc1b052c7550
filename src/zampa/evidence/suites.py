"""Crypto as suites: `international` and `guomi`. The algorithm's name is stored beside every digest, signature
and ciphertext, so that a reader never guesses and an installation can change its suite without losing its past.

A digest as text is "sha256:<base64url>"; a public key as text is "ed25519:<base64url>", which is also the line of an
anchor file. Raw forms: Ed25519 32 bytes (RFC 8032), P-256 the uncompressed point of 65 bytes with signatures r||s of 64
(as JOSE, RFC 7518 3.4), SM2 the uncompressed point of 65 bytes with signatures r||s of 64 and the default signer id
(GB/T 32918.2, GB/T 35276).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast, get_args

import gmssl_fast
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid

HashName = Literal["sha256", "sm3"]
SignatureName = Literal["ed25519", "ecdsa-p256-sha256", "sm2-sm3"]
AeadName = Literal["aes-256-gcm", "sm4-gcm"]
SIGNATURES: tuple[SignatureName, ...] = get_args(SignatureName)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF  # GB/T 32918.5
_SM2_A = _SM2_P - 3
_SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_SM3 = hashlib.new("sm3")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905) by OpenSSL; a copied context is a third faster than a new one."""
    state = _SM3.copy()
    state.update(data)
    return state.digest()


HASHES: dict[str, Callable[[bytes], bytes]] = {"sha256": sha256, "sm3": sm3}


def hash_function(name: str) -> Callable[[bytes], bytes]:
    """NotValid when no suite has a hash of that name."""
    if name not in HASHES:
        raise NotValid("evidence.hash.unknown", name=name[:40])
    return HASHES[name]


def digest_text(name: str, data: bytes) -> str:
    """The digest of `data` with its algorithm before it: "sha256:..."."""
    return f"{name}:{b64(hash_function(name)(data))}"


def parse_digest(text: str) -> tuple[str, bytes]:
    """Algorithm and 32 bytes of a digest as text; NotValid when it is not one."""
    name, _, value = text.partition(":")
    hash_function(name)
    try:
        raw = unb64(value)
    except ValueError as error:
        raise NotValid("evidence.digest.malformed") from error
    if len(raw) != 32:
        raise NotValid("evidence.digest.malformed")
    return name, raw


def same_digest(text: str, data: bytes) -> bool:
    """Whether `data` has the digest `text`, compared in constant time."""
    name, value = parse_digest(text)
    return hmac.compare_digest(HASHES[name](data), value)


@dataclass(frozen=True)
class PublicKey:
    """The half that everyone may know."""

    algorithm: SignatureName
    raw: bytes

    @property
    def text(self) -> str:
        return f"{self.algorithm}:{b64(self.raw)}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """The inverse of `text`; NotValid when it is not a key of a known algorithm."""
        algorithm, _, value = text.strip().partition(":")
        try:
            key = cls(cast(SignatureName, algorithm), unb64(value))
            _check_public(key)
        except (ValueError, KeyError) as error:
            raise NotValid("evidence.key.malformed", algorithm=algorithm[:40]) from error
        return key

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` over `data` is this key's; never raises on a malformed signature."""
        if self.algorithm == "ed25519":
            return _verify_ed25519(self.raw, data, signature)
        if self.algorithm == "sm2-sm3":
            return _verify_sm2(self.raw, data, signature)
        return _verify_p256(self.raw, data, signature)


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """The half that signs. `secret`: 32 raw bytes (RFC 8032 seed, or the scalar of the curve)."""

    algorithm: SignatureName
    secret: bytes
    public: PublicKey

    def __repr__(self) -> str:
        return f"PrivateKey({self.algorithm}, {key_id(self.public)})"

    def sign(self, data: bytes) -> bytes:
        if self.algorithm == "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.secret).sign(data)
        if self.algorithm == "sm2-sm3":
            return bytes(gmssl_fast.SM2(self.secret.hex(), self.public.raw.hex()).sign(data))
        key = ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256R1())
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def generate_key(algorithm: SignatureName) -> PrivateKey:
    """A fresh key; NotValid when no suite signs with `algorithm`."""
    if algorithm == "ed25519":
        return private_key(algorithm, ed25519.Ed25519PrivateKey.generate().private_bytes_raw())
    if algorithm == "ecdsa-p256-sha256":
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return private_key(algorithm, number.to_bytes(32, "big"))
    if algorithm == "sm2-sm3":
        made = gmssl_fast.SM2.generate()
        point = bytes.fromhex(str(made.public_key_hex))
        return PrivateKey(algorithm, bytes.fromhex(str(made.private_key_hex)), PublicKey(algorithm, point))
    raise NotValid("evidence.key.unknown_algorithm", algorithm=str(algorithm)[:40])


def private_key(algorithm: SignatureName, secret: bytes, public: bytes = b"") -> PrivateKey:
    """A key from its 32 stored bytes; `public` must be given for SM2, and is checked where it can be derived."""
    if algorithm == "ed25519":
        derived = ed25519.Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    elif algorithm == "ecdsa-p256-sha256":
        point = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()).public_key()
        derived = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    elif algorithm == "sm2-sm3" and public:
        derived = public
        try:
            gmssl_fast.SM2(secret.hex(), public.hex()).sign(b"")  # refuses a public half that is not the scalar's
        except gmssl_fast.GmsslValueError as error:
            raise NotValid("evidence.key.halves_differ") from error
    else:
        raise NotValid("evidence.key.unknown_algorithm", algorithm=str(algorithm)[:40])
    if public and public != derived:
        raise NotValid("evidence.key.halves_differ")
    return PrivateKey(algorithm, secret, PublicKey(algorithm, derived))


def key_id(public: PublicKey) -> str:
    """The name of a key: base64url SHA-256 of its text, 43 characters; the same for every suite."""
    return b64(sha256(public.text.encode()))


def _check_public(key: PublicKey) -> None:
    if key.algorithm == "ed25519":
        ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    elif key.algorithm == "ecdsa-p256-sha256" and len(key.raw) == 65:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.raw)
    elif key.algorithm == "sm2-sm3" and len(key.raw) == 65 and key.raw[0] == 4:
        x, y = int.from_bytes(key.raw[1:33], "big"), int.from_bytes(key.raw[33:], "big")
        if x >= _SM2_P or y >= _SM2_P or (y * y - x * x * x - _SM2_A * x - _SM2_B) % _SM2_P:
            raise ValueError("not a point of the curve")
    else:
        raise KeyError(key.algorithm)


def _verify_ed25519(raw: bytes, data: bytes, signature: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify_p256(raw: bytes, data: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _P256_ORDER and 0 < s < _P256_ORDER):
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify_sm2(raw: bytes, data: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        return bool(gmssl_fast.SM2(public_key=raw.hex()).verify(data, signature))
    except (gmssl_fast.GmsslError, ValueError):
        return False


@dataclass(frozen=True)
class Suite:
    """One family: what it hashes, signs and seals with, and the hash of its twin log."""

    name: str
    hash_name: HashName
    twin_name: HashName
    signature: SignatureName
    aead: AeadName

    def hash(self, data: bytes) -> bytes:
        return HASHES[self.hash_name](data)

    def digest(self, data: bytes) -> str:
        return digest_text(self.hash_name, data)

    def generate_key(self) -> PrivateKey:
        return generate_key(self.signature)


# The log itself hashes with SHA-256 and keeps an SM3 twin under both suites: RFC 6962 readers exist for SHA-256
# only, and a change of suite must not split the log. The suite decides keys, other digests and ciphers.
INTERNATIONAL = Suite("international", "sha256", "sm3", "ed25519", "aes-256-gcm")
GUOMI = Suite("guomi", "sm3", "sha256", "sm2-sm3", "sm4-gcm")
SUITES = {made.name: made for made in (INTERNATIONAL, GUOMI)}


def suite(name: str) -> Suite:
    """NotValid when there is none of that name."""
    if name not in SUITES:
        raise NotValid("evidence.suite.unknown", name=name[:40])
    return SUITES[name]
