"""What is sealed opens with its key in its place, and with nothing else."""

from pathlib import Path

import gmssl_fast
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.evidence import seals
from zampa.ground.errors import NotValid

VECTORS = Path(__file__).parents[5] / "shared" / "data" / "07_vectors"


@given(data=st.binary(), context=st.text(max_size=30), algorithm=st.sampled_from(["aes-256-gcm", "sm4-gcm"]))
def test_sealed_under_the_master_key(data, context, algorithm):
    key = seals.new_master_key()
    sealed = seals.seal(key, data, context, algorithm)
    assert sealed.startswith(algorithm + ":") and seals.unseal(key, sealed, context) == data
    assert seals.seal(key, data, context, algorithm) != sealed
    for other, place in ((seals.new_master_key(), context), (key, context + "x")):
        with pytest.raises(NotValid, match="does_not_open"):
            seals.unseal(other, sealed, place)


@settings(max_examples=30)
@given(data=st.binary(max_size=300), context=st.text(max_size=30))
def test_sealed_to_a_gateway(data, context):
    private, public = seals.new_seal_key()
    sealed = seals.seal_to(public, data, context)
    assert seals.unseal_with(private, sealed, context) == data
    for other, place in ((seals.new_seal_key()[0], context), (private, context + "x")):
        with pytest.raises(NotValid, match="does_not_open"):
            seals.unseal_with(other, sealed, place)


@pytest.mark.parametrize("algorithm", ["aes-256-gcm", "sm4-gcm"])
def test_a_bent_byte_does_not_open(algorithm):
    key = seals.new_master_key()
    sealed = seals.seal(key, b"secret", "here", algorithm)
    name, raw = sealed.split(":")[0], bytearray(seals._bytes(sealed.split(":")[1]))
    for spot in range(len(raw)):
        bent = bytearray(raw)
        bent[spot] ^= 1
        with pytest.raises(NotValid):
            seals.unseal(key, f"{name}:{seals.b64(bytes(bent))}", "here")
    for text in ("", "rot13:AAAA", f"{name}:AAAA", f"{name}:!!!", "aes-256-gcm"):
        with pytest.raises(NotValid):
            seals.unseal(key, text, "here")
    with pytest.raises(NotValid, match="key_length"):
        seals.seal(b"short", b"", "here")
    with pytest.raises(NotValid):
        seals.seal_to(b"short", b"", "here")
    with pytest.raises(NotValid, match="unknown_algorithm"):
        seals.unseal_with(bytes(32), "rot13:AAAA", "here")


@pytest.mark.skipif(not VECTORS.exists(), reason="the folder of published vectors is not beside the project")
def test_sm4_gcm_of_rfc_8998():
    text = (VECTORS / "pyca_sm" / "rfc8998.txt").read_text()
    case = {}
    for line in text[: text.index("CIPHERTEXT") + 400].splitlines():
        if " = " in line:
            name, value = line.split(" = ")
            case.setdefault(name, value)
    cipher = gmssl_fast.SM4GCM(bytes.fromhex(case["KEY"]), bytes.fromhex(case["IV"]))
    body, tag = cipher.encrypt(bytes.fromhex(case["PLAINTEXT"]), bytes.fromhex(case["AAD"]))
    assert (body.hex(), tag.hex()) == (case["CIPHERTEXT"], case["TAG"])
