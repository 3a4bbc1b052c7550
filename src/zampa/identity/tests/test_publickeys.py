"""Public keys as people have them."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from zampa.evidence.suites import generate_key
from zampa.ground.digests import b64
from zampa.identity import publickeys

ED = ed25519.Ed25519PrivateKey.generate()
P256 = ec.generate_private_key(ec.SECP256R1())
SM2 = generate_key("sm2-sm3").public.raw
INFO = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def sm2_pem(point: bytes) -> str:
    body = base64.encodebytes(publickeys.SM2_INFO + point).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    "text",
    [
        ED.public_key().public_bytes(*INFO).decode(),
        b64(ED.public_key().public_bytes_raw()),
        ED.public_key().public_bytes_raw().hex(),
    ],
    ids=["pem", "base64", "hex"],
)
def test_ed25519(text: str) -> None:
    assert publickeys.read("ed25519", text) == (ED.public_key().public_bytes_raw(), [])


def test_p256() -> None:
    raw = P256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    short = P256.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    for text in (P256.public_key().public_bytes(*INFO).decode(), b64(raw), short.hex()):
        assert publickeys.read("ecdsa-p256-sha256", text) == (raw, [])


def test_sm2() -> None:
    for text in (sm2_pem(SM2), b64(SM2), SM2.hex(), SM2[1:].hex()):
        assert publickeys.read("sm2-sm3", text) == (SM2, [])


def test_a_point_beside_the_curve_is_refused() -> None:
    crooked = SM2[:-1] + bytes([SM2[-1] ^ 1])
    assert publickeys.read("sm2-sm3", crooked.hex())[1][0].code == "identity.key.unreadable"


@pytest.mark.parametrize(
    ("algorithm", "text", "code"),
    [
        (
            "ed25519",
            ED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            "identity.key.private_half",
        ),
        ("ed25519", P256.public_key().public_bytes(*INFO).decode(), "identity.key.unreadable"),
        ("ecdsa-p256-sha256", ED.public_key().public_bytes(*INFO).decode(), "identity.key.unreadable"),
        (
            "ecdsa-p256-sha256",
            rsa.generate_private_key(65537, 2048).public_key().public_bytes(*INFO).decode(),
            "identity.key.unreadable",
        ),
        ("sm2-sm3", P256.public_key().public_bytes(*INFO).decode(), "identity.key.unreadable"),
        ("ed25519", "", "identity.key.unreadable"),
        ("ed25519", "公钥", "identity.key.unreadable"),
        ("ed25519", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "identity.key.unreadable"),
        ("rsa", "", "identity.key.unknown_algorithm"),
    ],
)
def test_what_is_no_key(algorithm: str, text: str, code: str) -> None:
    assert [fault.code for fault in publickeys.read(algorithm, text)[1]] == [code]
