"""Reads the public half of a signing key as people have it: PEM, or raw bytes as base64url or hex.

SM2 keys are read here because common libraries do not know the curve: a SubjectPublicKeyInfo of fixed shape
(GB/T 35276) around a point that must lie on the curve of GB/T 32918.5.
"""

from __future__ import annotations

import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from zampa.ground.digests import unb64
from zampa.ground.errors import Fault

SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_A = SM2_P - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
ALGORITHMS = ("ed25519", "ecdsa-p256-sha256", "sm2-sm3")


def read(algorithm: str, text: str) -> tuple[bytes, list[Fault]]:
    """The raw public key (32 bytes, or a point 04||x||y of 65), or what is wrong with `text`."""
    if algorithm not in ALGORITHMS:
        return b"", [Fault("algorithm", "identity.key.unknown_algorithm")]
    if "PRIVATE KEY" in text:
        return b"", [Fault("public_key", "identity.key.private_half")]
    try:
        raw = _from_pem(algorithm, text.strip()) if "BEGIN" in text else _from_text(text.strip())
        return _checked(algorithm, raw), []
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return b"", [Fault("public_key", "identity.key.unreadable", {"algorithm": algorithm})]


def _from_text(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return unb64(text.rstrip("="))


def _from_pem(algorithm: str, text: str) -> bytes:
    if algorithm == "sm2-sm3":
        body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
        der = binascii.a2b_base64(body, strict_mode=True)
        if not der.startswith(SM2_INFO) or len(der) != len(SM2_INFO) + 65:
            raise ValueError("not the SubjectPublicKeyInfo of an SM2 key")
        return der[len(SM2_INFO) :]
    key = load_pem_public_key(text.encode())
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw, kind = key.public_bytes(Encoding.Raw, PublicFormat.Raw), "ed25519"
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        raw, kind = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), "ecdsa-p256-sha256"
    else:
        raise ValueError("another kind of key")
    if kind != algorithm:
        raise ValueError("another algorithm than was named")
    return raw


def _checked(algorithm: str, raw: bytes) -> bytes:
    if algorithm == "ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(raw).public_bytes_raw()
    if algorithm == "ecdsa-p256-sha256":
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        return point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if len(raw) == 64:
        raw = b"\x04" + raw
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    if len(raw) != 65 or raw[0] != 4 or (y * y - (x**3 + SM2_A * x + SM2_B)) % SM2_P or max(x, y) >= SM2_P:
        raise ValueError("not a point of the curve")
    return raw
