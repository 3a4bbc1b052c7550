"""HTTP message signatures (RFC 9421) and content digests (RFC 9530): how consumers sign calls and gateways answers.

Only what we use is carried out, and all else is refused instead of ignored: the derived components of section 2.2,
plain header fields, and the parameters `req` and `name`. A component or parameter that we do not know could change
what was signed. Signing and checking are given as functions of bytes, so this file needs no key type.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote

from zampa.ground.errors import NotAllowed, NotValid

Sign = Callable[[bytes], bytes]
Check = Callable[[bytes, bytes], bool]

WINDOW_SECONDS = 300
LABEL = "zampa"
CENTRE_TAG = "zampa:centre"  # of what a gateway says to its centre
COVERED = ("@method", "@authority", "@path", "@query")
DIGESTS = {"sha-256": "sha256", "sha-512": "sha512", "sm3": "sm3"}
_PORTS = {"http": ":80", "https": ":443"}
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_FIELD_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_NONCE = re.compile(r"[!#-\[\]-~]{8,128}")
_LIMIT = 8192  # characters of a signature header; longer ones are nobody's


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or with `status` an answer to `request`. `path` and `query` as they stood on the wire, the query
    without its "?"; header names in lower case, values of repeated fields joined by ", "."""

    method: str = "GET"
    authority: str = ""
    path: str = "/"
    query: str = ""
    scheme: str = "https"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    request: Message | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A covered component: "@method", "content-digest"; `req`: taken from the request that an answer answers."""

    name: str
    req: bool = False
    param: str | None = None

    def __str__(self) -> str:
        named = "" if self.param is None else f";name={_quoted(self.param)}"
        return f"{_quoted(self.name)}{';req' if self.req else ''}{named}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as a message carries it. `params` is the text of @signature-params, exactly as sent."""

    label: str
    components: tuple[Component, ...]
    params: str
    value: bytes
    created: int = 0
    expires: int = 0
    key_id: str = ""
    algorithm: str = ""
    nonce: str = ""
    tag: str = ""

    def covers(self, name: str) -> bool:
        return any(part.name == name and part.param is None for part in self.components)


# --- the signature base (section 2.5)


def signature_base(message: Message, components: Iterable[Component], params: str) -> bytes:
    """The exact bytes signed; NotValid when the message lacks a component or a component stands twice."""
    lines: list[str] = []
    seen: set[str] = set()
    for component in components:
        name = str(component)
        if name in seen:
            raise _malformed("twice", name)
        seen.add(name)
        lines.append(f"{name}: {_value(message, component)}")
    lines.append(f'"@signature-params": {params}')
    return "\n".join(lines).encode("ascii", "strict")


def _value(message: Message, component: Component) -> str:
    source = message
    if component.req:
        if message.request is None:
            raise _malformed("no_request", component.name)
        source = message.request
    name = component.name
    if not name.startswith("@"):
        value = source.headers.get(name)
        if value is None:
            raise _malformed("missing", name)
        text = " ".join(value.split("\r\n")).strip()
        if not text.isascii() or "\n" in text:
            raise _malformed("not_ascii", name)
        return text
    return _derived(source, component)


def _derived(source: Message, component: Component) -> str:
    """A derived component (section 2.2)."""
    name = component.name
    if name == "@status":
        if not source.status:
            raise _malformed("missing", name)
        return str(source.status)
    if source.status:
        raise _malformed("missing", name)
    if name == "@query-param":
        return _query_param(source.query, component.param or "")
    simple = {
        "@method": source.method,
        "@authority": authority(source.authority, source.scheme),
        "@scheme": source.scheme,
        "@path": source.path or "/",
        "@query": "?" + source.query,
        "@request-target": source.path + ("?" + source.query if source.query else ""),
        "@target-uri": f"{source.scheme}://{source.authority}{source.path}{'?' + source.query if source.query else ''}",
    }
    if name not in simple:
        raise _malformed("unknown", name)
    return simple[name]


def authority(host: str, scheme: str = "https") -> str:
    """The authority in its one spelling: lower case, without the scheme's own port."""
    host = host.lower()
    return host.removesuffix(_PORTS.get(scheme, ""))


def _query_param(query: str, name: str) -> str:
    values = [value for key, value in parse_qsl(query, keep_blank_values=True) if quote(key, safe="") == name]
    if len(values) != 1:
        raise _malformed("missing", "@query-param")
    return quote(values[0], safe="")


# --- reading Signature-Input and Signature


def read_signatures(headers: Mapping[str, str]) -> list[Signature]:
    """Every signature of a message, oldest first; empty when it has none, NotValid when one cannot be read."""
    inputs, values = headers.get("signature-input", ""), headers.get("signature", "")
    if not inputs and not values:
        return []
    if len(inputs) > _LIMIT or len(values) > _LIMIT:
        raise _malformed("too_long", "signature")
    raw = _byte_members(values)
    found = []
    for label, components, params, known in _input_members(inputs):
        if label not in raw:
            raise _malformed("no_value", label)
        found.append(Signature(label, components, params, raw[label], **known))  # type: ignore[arg-type]
    return found


def _byte_members(text: str) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    place = 0
    while place < len(text):
        label, place = _label(text, place)
        found = _BYTES.match(text, place)
        if found is None:
            raise _malformed("signature", label)
        try:
            members[label] = base64.b64decode(found.group(1), validate=True)
        except binascii.Error as failure:
            raise _malformed("signature", label) from failure
        place = _next_member(text, found.end())
    return members


def _input_members(text: str) -> Iterable[tuple[str, tuple[Component, ...], str, dict[str, str | int]]]:
    place = 0
    while place < len(text):
        label, start = _label(text, place)
        components, end = _inner_list(text, start)
        params, end = _parameters(text, end)
        known: dict[str, str | int] = {}
        for name, value in params.items():
            into, kind = _SIGNATURE_PARAMS.get(name, ("", str))
            if not into or not isinstance(value, kind):
                raise _malformed("parameter", name)
            known[into] = value
        yield label, components, text[start:end], known
        place = _next_member(text, end)


_SIGNATURE_PARAMS: dict[str, tuple[str, type]] = {
    "created": ("created", int), "expires": ("expires", int), "keyid": ("key_id", str),
    "alg": ("algorithm", str), "nonce": ("nonce", str), "tag": ("tag", str),
}


def _label(text: str, place: int) -> tuple[str, int]:
    found = _KEY.match(text, place)
    if found is None or text[found.end() : found.end() + 1] != "=":
        raise _malformed("label", "")
    return found.group(), found.end() + 1


def _next_member(text: str, place: int) -> int:
    rest = text[place:]
    after = rest.lstrip(" \t")
    if not after:
        return len(text)
    if not after.startswith(",") or not after[1:].strip(" \t"):
        raise _malformed("list", "")
    return len(text) - len(after[1:].lstrip(" \t"))


def _inner_list(text: str, place: int) -> tuple[tuple[Component, ...], int]:
    if text[place : place + 1] != "(":
        raise _malformed("list", "")
    place += 1
    components: list[Component] = []
    while True:
        while text[place : place + 1] == " ":
            place += 1
        if text[place : place + 1] == ")":
            return tuple(components), place + 1
        found = _STRING.match(text, place)
        if found is None:
            raise _malformed("component", "")
        params, place = _parameters(text, found.end())
        if text[place : place + 1] not in (" ", ")"):
            raise _malformed("list", "")
        components.append(_component(_unquoted(found.group(1)), params))


def _component(name: str, params: dict[str, str | int | bool]) -> Component:
    known = {"req", "name"} if name == "@query-param" else {"req"}
    named = "name" in params
    if not set(params) <= known or (name == "@query-param") != named or params.get("req", True) is not True:
        raise _malformed("component", name)
    if not name.startswith("@") and _FIELD_NAME.fullmatch(name) is None:
        raise _malformed("component", name)
    param = params.get("name")
    return Component(name, "req" in params, param if isinstance(param, str) else None)


def _parameters(text: str, place: int) -> tuple[dict[str, str | int | bool], int]:
    params: dict[str, str | int | bool] = {}
    while text[place : place + 1] == ";":
        place += 1
        while text[place : place + 1] == " ":
            place += 1
        found = _KEY.match(text, place)
        if found is None or found.group() in params:
            raise _malformed("parameter", "")
        name, place = found.group(), found.end()
        if text[place : place + 1] != "=":
            params[name] = True
            continue
        params[name], place = _bare_item(text, place + 1)
    return params, place


def _bare_item(text: str, place: int) -> tuple[str | int, int]:
    found = _STRING.match(text, place)
    if found is not None:
        return _unquoted(found.group(1)), found.end()
    found = _INTEGER.match(text, place)
    if found is None:
        raise _malformed("parameter", "")
    return int(found.group()), found.end()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\") if "\\" in text else text


def _malformed(what: str, name: str) -> NotValid:
    return NotValid("evidence.signature.malformed", what=what, name=name[:64])


# --- signing and checking as Zampa asks it


def parameters(
    components: Sequence[Component], *, created: int, key_id: str, algorithm: str = "", nonce: str = "", tag: str = ""
) -> str:
    """The text of @signature-params."""
    text = f"({' '.join(map(str, components))});created={created};keyid={_quoted(key_id)}"
    for name, value in (("alg", algorithm), ("nonce", nonce), ("tag", tag)):
        if value:
            text += f";{name}={_quoted(value)}"
    return text


def gateway_tag(gateway: str) -> str:
    """The tag that binds a signature to one gateway, so that a call cannot be replayed at another."""
    return f"zampa:{gateway}"


def sign_request(
    message: Message, body: bytes, *, key_id: str, algorithm: str, tag: str, nonce: str, created: int, sign: Sign
) -> dict[str, str]:
    """The headers to add to a call: content-digest when there is a body, signature-input and signature."""
    added: dict[str, str] = {}
    names = list(COVERED)
    if body:
        added["content-digest"] = content_digest(body)
        names.append("content-digest")
    components = [Component(name) for name in names]
    params = parameters(components, created=created, key_id=key_id, algorithm=algorithm, nonce=nonce, tag=tag)
    signed = Message(
        message.method, message.authority, message.path, message.query, message.scheme, {**message.headers, **added}
    )
    value = base64.b64encode(sign(signature_base(signed, components, params))).decode()
    return {**added, "signature-input": f"{LABEL}={params}", "signature": f"{LABEL}=:{value}:"}


def signature_for(message: Message, tag: str) -> Signature:
    """The one signature with this tag; NotValid when there is none or more than one."""
    found = [one for one in read_signatures(message.headers) if one.tag == tag]
    if len(found) != 1:
        raise NotValid("evidence.signature.no_signature" if not found else "evidence.signature.several")
    return found[0]


def check_request(message: Message, signature: Signature, check: Check, *, algorithm: str, now: float) -> None:
    """NotAllowed unless the signature is right, fresh, and covers what it must.

    Covered must be method, authority, path, query, created, keyid and nonce, and content-digest when the message has
    a body. Whether the digest fits the body is `check_content_digest`'s to say, whether the nonce is new the caller's.
    """
    missing = [name for name in COVERED if not signature.covers(name)]
    if _has_body(message) and not signature.covers("content-digest"):
        missing.append("content-digest")
    missing += [name for name, value in (("created", signature.created), ("keyid", signature.key_id)) if not value]
    if missing:
        raise NotAllowed("evidence.signature.not_covered", missing=" ".join(missing))
    if _NONCE.fullmatch(signature.nonce) is None:
        raise NotAllowed("evidence.signature.bad_nonce")
    if signature.algorithm not in ("", algorithm):
        raise NotAllowed("evidence.signature.wrong_algorithm")
    if abs(now - signature.created) > WINDOW_SECONDS or (signature.expires and now > signature.expires):
        raise NotAllowed("evidence.signature.out_of_window", seconds=WINDOW_SECONDS)
    if not check(signature_base(message, signature.components, signature.params), signature.value):
        raise NotAllowed("evidence.signature.bad")


def _has_body(message: Message) -> bool:
    length = message.headers.get("content-length", "")
    return "transfer-encoding" in message.headers or length not in ("", "0")


# --- content digests (RFC 9530)


def content_digest(body: bytes, algorithm: str = "sha-256") -> str:
    return spelled_digest(hashlib.new(DIGESTS[algorithm], body).digest(), algorithm)


def spelled_digest(digest: bytes, algorithm: str = "sha-256") -> str:
    return f"{algorithm}=:{base64.b64encode(digest).decode()}:"


def read_content_digest(header: str) -> dict[str, bytes]:
    """The digests of algorithms we know; NotValid when there is none, or the header cannot be read."""
    if len(header) > _LIMIT:
        raise _malformed("too_long", "content-digest")
    known = {name: value for name, value in _byte_members(header).items() if name in DIGESTS}
    if not known:
        raise NotValid("evidence.digest.unknown_algorithm")
    return known


def check_content_digest(header: str, body: bytes) -> None:
    """NotAllowed when any digest of a known algorithm differs from the body's."""
    for algorithm, digest in read_content_digest(header).items():
        if hashlib.new(DIGESTS[algorithm], body).digest() != digest:
            raise NotAllowed("evidence.digest.differs", algorithm=algorithm)
