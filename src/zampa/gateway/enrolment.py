"""How a gateway becomes known: it makes its own keys, shows a one-time token, and learns whom to believe.

The private halves are made here and never leave this folder; the anchors learnt at enrolment are the only keys whose
books count. A token that was used does not work again, so keys are kept when an enrolment breaks off half-way.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from zampa.evidence import seals, suites
from zampa.gateway.settings import Settings
from zampa.gateway.trail import write_durably
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import NotValid, Unavailable

ENROLMENT_FORMAT = 1


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """What gateway-keys.json holds: 0600, never sent, never logged."""

    format: int
    algorithm: str
    sign_secret: str
    sign_public: str
    seal_secret: str
    seal_public: str
    local: str


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre said: this gateway's id, the installation, the keys that may sign books, and those that sign
    the log (empty: the same ones)."""

    gateway: str
    installation: str
    anchors: tuple[str, ...]
    centre: str = ""
    log_anchors: tuple[str, ...] = ()
    format: int = ENROLMENT_FORMAT


@dataclass(frozen=True)
class Keys:
    """The signing key, the X25519 pair for sealed secrets, and 32 bytes for what only this gateway reads."""

    sign: suites.PrivateKey
    seal_secret: bytes
    seal_public: bytes
    local: bytes


def load_keys(folder: Path, suite: str) -> Keys:
    """The keys in `folder`, made the first time."""
    path = folder / "gateway-keys.json"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(path, msgspec.json.encode(_made(suite)))
    held = msgspec.json.decode(path.read_bytes(), type=KeyFile)
    if held.format != ENROLMENT_FORMAT:
        raise NotValid("gateway.keys.format", format=held.format)
    algorithm = cast(suites.SignatureName, held.algorithm)
    return Keys(
        suites.private_key(algorithm, unb64(held.sign_secret), unb64(held.sign_public)),
        unb64(held.seal_secret), unb64(held.seal_public), unb64(held.local),
    )


def _made(suite: str) -> KeyFile:
    key = suites.suite(suite).generate_key()
    secret, public = seals.new_seal_key()
    return KeyFile(
        format=ENROLMENT_FORMAT, algorithm=key.algorithm, sign_secret=b64(key.secret), sign_public=b64(key.public.raw),
        seal_secret=b64(secret), seal_public=b64(public), local=b64(os.urandom(32)),
    )


def load_enrolment(folder: Path) -> Enrolment | None:
    path = folder / "enrolment.json"
    if not path.exists():
        return None
    held = msgspec.json.decode(path.read_bytes(), type=Enrolment)
    if held.format != ENROLMENT_FORMAT:
        raise NotValid("gateway.enrolment.format", format=held.format)
    return held


def keep_enrolment(folder: Path, enrolment: Enrolment) -> None:
    write_durably(folder / "enrolment.json", msgspec.json.encode(enrolment))


def application(settings: Settings, keys: Keys) -> bytes:
    """The body of the enrolment call."""
    if not settings.token:
        raise Unavailable("gateway.enrolment.no_token")
    return msgspec.json.encode(
        {
            "token": settings.token, "name": settings.name, "sign_public": keys.sign.public.text,
            "seal_public": b64(keys.seal_public), "address": settings.public_url,
        }
    )


def admitted(answer: bytes) -> Enrolment:
    """The centre's answer, refused unless every anchor is a key."""
    try:
        enrolment = msgspec.json.decode(answer, type=Enrolment)
    except msgspec.DecodeError as error:
        raise NotValid("gateway.enrolment.answer") from error
    for anchor in (*enrolment.anchors, *enrolment.log_anchors):
        suites.PublicKey.parse(anchor)
    if not enrolment.anchors or not enrolment.gateway:
        raise NotValid("gateway.enrolment.answer")
    return enrolment
