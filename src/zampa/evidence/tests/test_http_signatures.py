"""RFC 9421 against the vectors of its appendix B (re-computed keys and signatures), and what Zampa asks beyond it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zampa.evidence import http_signatures as hs
from zampa.evidence import suites
from zampa.ground.errors import NotAllowed, NotValid

# RFC 9421 appendix B.1.3, B.1.4 (keys), B.2.4 (P-256 answer), B.2.6 (Ed25519 request)
P256_POINT = base64.b64decode(
    "BKiFWGVSwqz2Rxh4z9ewk1tP/g/S38NBJI6he8QeBYrwMc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0="
)
ED25519_SEED = base64.b64decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=")
REQUEST_DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
ANSWER_DIGEST = "sha-512=:JlEy2bfUz7WrWIjc1qV6KVLpdr/7L5/L4h7Sxvh6sNHpDQWDCL+GauFQWcZBvVDhiyOnAQsxzZFYwi0wDH+1pw==:"
REQUEST = hs.Message(
    "POST", "example.com", "/foo", "param=Value&Pet=dog", "https",
    {
        "host": "example.com", "date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json",
        "content-digest": REQUEST_DIGEST, "content-length": "18",
    },
)
ANSWER = hs.Message(
    status=200,
    headers={
        "date": "Tue, 20 Apr 2021 02:07:56 GMT", "content-type": "application/json",
        "content-digest": ANSWER_DIGEST, "content-length": "23",
    },
)
B24_PARAMS = '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"'
B24_VALUE = "0Ry6HsvzS5VmA6HlfBYS/fYYeNs7fYuA7s0tAdxfUlPGv0CSVuwrrzBOjcCFHTxVRJ01wjvSzM2BetJauj8dsw=="
B26_PARAMS = (
    '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
B26_VALUE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
B22_PARAMS = (
    '("@authority" "content-digest" "@query-param";name="Pet")'
    ';created=1618884473;keyid="test-key-rsa-pss";tag="header-example"'
)


def carried(message: hs.Message, label: str, params: str, value: str) -> hs.Message:
    headers = {**message.headers, "signature-input": f"{label}={params}", "signature": f"{label}=:{value}:"}
    return hs.Message(message.method, message.authority, message.path, message.query, message.scheme, headers,
                      message.status, message.request)


KEY = suites.private_key("ed25519", ED25519_SEED)


def test_appendix_b_2_4_an_answer_signed_with_p256() -> None:
    (signature,) = hs.read_signatures(carried(ANSWER, "sig-b24", B24_PARAMS, B24_VALUE).headers)
    base = hs.signature_base(ANSWER, signature.components, signature.params)
    assert base.decode() == (
        '"@status": 200\n"content-type": application/json\n'
        f'"content-digest": {ANSWER_DIGEST}\n"content-length": 23\n"@signature-params": {B24_PARAMS}'
    )
    assert suites.PublicKey("ecdsa-p256-sha256", P256_POINT).verify(base, signature.value)
    assert not suites.PublicKey("ecdsa-p256-sha256", P256_POINT).verify(base + b" ", signature.value)


def test_appendix_b_2_6_a_request_signed_with_ed25519() -> None:
    (signature,) = hs.read_signatures(carried(REQUEST, "sig-b26", B26_PARAMS, B26_VALUE).headers)
    base = hs.signature_base(REQUEST, signature.components, signature.params)
    assert base64.b64encode(KEY.sign(base)).decode() == B26_VALUE
    assert signature.key_id == "test-key-ed25519" and signature.created == 1618884473


def test_appendix_b_2_2_a_query_parameter_and_a_tag() -> None:
    (signature,) = hs.read_signatures(carried(REQUEST, "sig-b22", B22_PARAMS, "AAAA").headers)
    assert signature.tag == "header-example"
    assert hs.signature_base(REQUEST, signature.components, signature.params).decode() == (
        f'"@authority": example.com\n"content-digest": {REQUEST_DIGEST}\n"@query-param";name="Pet": dog\n'
        f'"@signature-params": {B22_PARAMS}'
    )


def test_appendix_b_digests() -> None:
    assert hs.content_digest(b'{"hello": "world"}', "sha-512") == REQUEST_DIGEST
    hs.check_content_digest(REQUEST_DIGEST, b'{"hello": "world"}')
    with pytest.raises(NotAllowed, match="differs"):
        hs.check_content_digest(REQUEST_DIGEST, b'{"hello": "World"}')
    with pytest.raises(NotValid, match="unknown_algorithm"):
        hs.check_content_digest("md5=:AAAA:", b"")


def test_rfc_9421_section_2_4_an_answer_bound_to_its_request() -> None:
    answer = hs.Message(status=503, headers={"content-type": "text/plain"}, request=REQUEST)
    params = '("@status" "@method";req "@path";req "content-digest";req);created=1;keyid="k"'
    (signature,) = hs.read_signatures({"signature-input": f"reqres={params}", "signature": "reqres=:AAAA:"})
    assert hs.signature_base(answer, signature.components, signature.params).decode() == (
        f'"@status": 503\n"@method";req: POST\n"@path";req: /foo\n"content-digest";req: {REQUEST_DIGEST}\n'
        f'"@signature-params": {params}'
    )


NOW = 1_700_000_000
CALL = hs.Message("POST", "gw.example:8090", "/g/G-1/verify", "a=1", "http", {"content-length": "2"})


def signed(call: hs.Message = CALL, body: bytes = b"{}", **changes: object) -> hs.Message:
    given: dict[str, object] = {
        "key_id": "k1", "algorithm": "ed25519", "tag": hs.gateway_tag("g1"), "nonce": "n0nce-0001", "created": NOW,
        **changes,
    }
    added = hs.sign_request(call, body, sign=KEY.sign, **given)  # type: ignore[arg-type]
    headers = {**call.headers, **added}
    return hs.Message(call.method, call.authority, call.path, call.query, call.scheme, headers)


def checked(message: hs.Message, now: float = NOW) -> hs.Signature:
    signature = hs.signature_for(message, hs.gateway_tag("g1"))
    hs.check_request(message, signature, KEY.public.verify, algorithm="ed25519", now=now)
    return signature


def test_a_signed_call_is_taken() -> None:
    signature = checked(signed())
    assert (signature.key_id, signature.nonce) == ("k1", "n0nce-0001")


@pytest.mark.parametrize(
    ("change", "value"),
    [("method", "PUT"), ("authority", "other:8090"), ("path", "/g/G-2/verify"), ("query", "a=2")],
)
def test_a_changed_request_is_refused(change: str, value: str) -> None:
    message = signed()
    parts = {name: getattr(message, name) for name in ("method", "authority", "path", "query", "scheme", "headers")}
    with pytest.raises(NotAllowed, match=r"signature\.bad\b"):
        checked(hs.Message(**{**parts, change: value}))


@pytest.mark.parametrize("algorithm", suites.SIGNATURES)
def test_every_suite_signs_calls(algorithm: suites.SignatureName) -> None:
    key = suites.generate_key(algorithm)
    tag = hs.gateway_tag("g1")
    added = hs.sign_request(
        CALL, b"{}", key_id="k", algorithm=algorithm, tag=tag, nonce="n0nce-0001", created=NOW, sign=key.sign
    )
    message = hs.Message(CALL.method, CALL.authority, CALL.path, CALL.query, CALL.scheme, {**CALL.headers, **added})
    signature = hs.signature_for(message, tag)
    hs.check_request(message, signature, key.public.verify, algorithm=algorithm, now=NOW)
    other = suites.generate_key(algorithm)
    with pytest.raises(NotAllowed, match=r"signature\.bad\b"):
        hs.check_request(message, signature, other.public.verify, algorithm=algorithm, now=NOW)


def test_another_gateway_an_old_call_and_a_poor_signature_are_refused() -> None:
    with pytest.raises(NotValid, match="no_signature"):
        checked(signed(tag=hs.gateway_tag("g2")))
    for now in (NOW + 301, NOW - 301):
        with pytest.raises(NotAllowed, match="out_of_window"):
            checked(signed(), now)
    with pytest.raises(NotAllowed, match="bad_nonce"):
        checked(signed(nonce="short"))
    with pytest.raises(NotAllowed, match="wrong_algorithm"):
        checked(signed(algorithm="ecdsa-p256-sha256"))


def test_a_body_must_be_covered() -> None:
    with pytest.raises(NotAllowed, match="not_covered") as raised:
        checked(signed(body=b""))
    assert raised.value.params["missing"] == "content-digest"


@pytest.mark.parametrize(
    "text",
    [
        'a=("@method"', 'a=("@method";tr);created=1', 'a=("@method");created=1.5', 'a=("@method");unknown=1',
        'a=("@method" "@method");created=1', 'a=("x y");created=1', 'a=("@query-param");created=1', "a",
        'a=("@method"),', 'a=("@method""@path");created=1', 'a=("@method");created=1;created=2',
        'a=("content-digest";bs)', 'a=("@nothing");created=1', 'a=("absent-field");created=1',
    ],
)
def test_what_we_do_not_know_is_refused(text: str) -> None:
    with pytest.raises(NotValid, match="malformed"):
        for one in hs.read_signatures({"signature-input": text, "signature": "a=:AAAA:"}):
            hs.signature_base(REQUEST, one.components, one.params)


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_header_breaks_the_reader(inputs: str, values: str) -> None:
    try:
        hs.read_signatures({"signature-input": inputs, "signature": values})
    except NotValid as error:
        assert error.code.startswith("evidence.")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_strings_come_back_as_they_were_written(text: str) -> None:
    params = hs.parameters([hs.Component("@method")], created=1, key_id=text, tag=text)
    (signature,) = hs.read_signatures({"signature-input": f"zampa={params}", "signature": "zampa=:AAAA:"})
    assert signature.key_id == text and signature.tag == text and signature.params == params
