"""Both suites against published vectors, and what must never verify."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.evidence import suites
from zampa.evidence.commitments import commit, new_salt, opens
from zampa.evidence.envelopes import open_signed, sign
from zampa.evidence.suites import PublicKey, generate_key, key_id, parse_digest, private_key, suite
from zampa.ground.errors import NotValid

VECTORS = Path(__file__).parents[5] / "shared" / "data" / "07_vectors"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="no folder of published vectors beside the project")


@pytest.fixture(scope="module")
def published() -> dict:
    return json.loads((VECTORS / "sm2_sm3_sm4_vectors.json").read_text())


@needs_vectors
def test_sm3_of_the_standard(published):
    for case in published["sm3"]:
        assert suites.sm3(bytes.fromhex(case["msg_hex"])).hex().upper() == case["digest"].upper()
    blocks = (VECTORS / "pyca_sm" / "oscca.txt").read_text().split("\n\n")
    cases = [dict(line.split(" = ") for line in b.splitlines() if " = " in line) for b in blocks]
    checked = [c for c in cases if "MD" in c]
    assert len(checked) > 5
    for case in checked:
        message = bytes.fromhex(case["Msg"])[: int(case["Len"]) // 8]
        assert suites.sm3(message).hex() == case["MD"]


@needs_vectors
def test_sm2_of_the_standard(published):
    for case in (c for c in published["sm2_sign"] if c["id"] == "1234567812345678"):
        key = PublicKey("sm2-sm3", bytes.fromhex("04" + case["Px"] + case["Py"]))
        signature = bytes.fromhex(case["r"] + case["s"])
        assert key.verify(case["msg_utf8"].encode(), signature) == case["valid"]
    made = next(case for case in published["sm2_sign"] if "d" in case)
    key = private_key("sm2-sm3", bytes.fromhex(made["d"]), bytes.fromhex("04" + made["Px"] + made["Py"]))
    assert key.public.verify(b"again", key.sign(b"again"))


def test_ed25519_of_rfc_8032_section_7_1():
    key = private_key("ed25519", bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_p256_is_what_others_make_of_it():
    key = generate_key("ecdsa-p256-sha256")
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public.raw)
    signature = key.sign(b"x")
    der = suites.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    other.verify(der, b"x", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("algorithm", suites.SIGNATURES)
def test_keys_sign_name_themselves_and_come_back(algorithm):
    key, other = generate_key(algorithm), generate_key(algorithm)
    signature = key.sign(b"message")
    assert len(signature) == 64 and key.public.verify(b"message", signature)
    assert not key.public.verify(b"massage", signature) and not other.public.verify(b"message", signature)
    assert not key.public.verify(b"message", signature[:63]) and not key.public.verify(b"message", b"")
    assert not key.public.verify(b"message", bytes(64))
    assert PublicKey.parse(key.public.text) == key.public
    assert private_key(algorithm, key.secret, key.public.raw) == key
    assert len(key_id(key.public)) == 43 and key_id(key.public) != key_id(other.public)
    assert key.secret.hex() not in repr(key) and str(key.secret) not in repr(key)
    with pytest.raises(NotValid, match="halves_differ"):
        private_key(algorithm, key.secret, other.public.raw)


@pytest.mark.parametrize("text", [
    "", "ed25519", "ed25519:", "ed25519:AAAA", "rsa:" + "A" * 43, "sm2-sm3:" + "A" * 87,
    "ecdsa-p256-sha256:" + "A" * 43,
    "ecdsa-p256-sha256:BA" + "A" * 85, "ed25519:" + "?" * 43,
])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(NotValid, match=r"evidence\.key\.malformed"):
        PublicKey.parse(text)


def test_suites_name_their_algorithms():
    assert suite("international").digest(b"abc") == "sha256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    assert suite("guomi").digest(b"abc").startswith("sm3:")
    assert suite("guomi").generate_key().algorithm == "sm2-sm3"
    for name in ("international", "guomi"):
        assert suites.same_digest(suite(name).digest(b"abc"), b"abc")
        assert not suites.same_digest(suite(name).digest(b"abc"), b"abd")
    with pytest.raises(NotValid):
        suite("roman")
    for text in ("md5:AAAA", "sha256:AAAA", "sha256:!", "sha256"):
        with pytest.raises(NotValid):
            parse_digest(text)


@given(data=st.binary(max_size=200), other=st.binary(max_size=200), hash_name=st.sampled_from(["sha256", "sm3"]))
def test_a_commitment_opens_with_its_value_and_salt_only(data, other, hash_name):
    salt, commitment = new_salt(), ""
    commitment = commit(salt, data, hash_name)
    assert opens(commitment, salt, data)
    assert opens(commitment, salt, other) == (data == other)
    assert not opens(commitment, new_salt(), data)
    assert hashlib.sha256(data).hexdigest() not in commitment


def test_a_salt_has_its_length():
    with pytest.raises(NotValid):
        commit(b"short", b"x")
    assert not opens(commit(bytes(32), b"x"), bytes(31), b"\0x"), "salt and value may not flow into each other"


@settings(max_examples=25, deadline=None)
@given(payload=st.binary(max_size=100), purpose=st.text(max_size=20), algorithm=st.sampled_from(suites.SIGNATURES))
def test_an_envelope_opens_for_its_purpose_and_signer_only(payload, purpose, algorithm):
    key = generate_key(algorithm)
    signed = sign(purpose, payload, key)
    assert open_signed(signed, [key.public], purpose=purpose) == payload
    assert open_signed(signed, [key.public.text], purpose=purpose) == payload
    for anchors, wanted in (([], purpose), ([generate_key(algorithm).public], purpose), ([key.public], purpose + "x")):
        with pytest.raises(NotValid):
            open_signed(signed, anchors, purpose=wanted)


def test_one_kind_of_statement_never_passes_for_another():
    key = generate_key("ed25519")
    first, second = sign("book", b"x", key), sign("boo", b"kx", key)
    forged = type(first)(**{**{n: getattr(first, n) for n in first.__struct_fields__}, "purpose": "checkpoint"})
    with pytest.raises(NotValid, match="bad_signature"):
        open_signed(forged, [key.public], purpose="checkpoint")
    assert first.signature != second.signature
