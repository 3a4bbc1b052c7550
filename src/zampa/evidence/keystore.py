"""Signing keys as files outside the database, one folder an installation, readable by its owner only.

NAME.key signs now, NAME.next.key is announced and takes over at `rotate`, NAME.anchors lists every public half ever
used, oldest first: that is the file handed to those who verify. A passphrase, where one is set, seals the secret
(scrypt, RFC 7914, then AES-256-GCM); the public half stays readable, so a locked installation can say who it is.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from zampa.evidence.seals import seal, unseal
from zampa.evidence.suites import PrivateKey, PublicKey, SignatureName, generate_key, private_key
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import Conflict, NotValid, Unavailable

KEY_FORMAT = 1
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a key file holds: the secret in clear, or sealed under a passphrase with `salt`."""

    format: int
    public: str
    secret: str = ""
    sealed: str = ""
    salt: str = ""


def exists(folder: Path, name: str) -> bool:
    return _path(folder, name).exists()


def create(folder: Path, name: str, algorithm: SignatureName, passphrase: str = "") -> PrivateKey:
    """A fresh key as NAME.key and in NAME.anchors; Conflict when there is one already."""
    key = generate_key(algorithm)
    _write(_path(folder, name), key, passphrase)
    _add_anchor(folder, name, key.public)
    return key


def load(folder: Path, name: str, passphrase: str = "") -> PrivateKey:
    """The key that signs now. Unavailable: evidence.keystore.missing, .locked (needs its passphrase); NotValid:
    .passphrase (another one), .malformed."""
    return _open(_path(folder, name), passphrase)


def public(folder: Path, name: str) -> PublicKey:
    """The public half, readable without passphrase."""
    return PublicKey.parse(_read(_path(folder, name)).public)


def announce(folder: Path, name: str, algorithm: SignatureName, passphrase: str = "") -> PublicKey:
    """The key that will follow, made if there is none yet; it signs nothing before `rotate`."""
    path = _path(folder, name, ".next")
    if not path.exists():
        _write(path, generate_key(algorithm), passphrase)
    return PublicKey.parse(_read(path).public)


def following(folder: Path, name: str) -> PublicKey | None:
    """The public half of the announced key, if there is one."""
    path = _path(folder, name, ".next")
    return PublicKey.parse(_read(path).public) if path.exists() else None


def rotate(folder: Path, name: str) -> PublicKey:
    """Let the announced key take over; the old secret is gone. Conflict when none was announced."""
    path = _path(folder, name, ".next")
    if not path.exists():
        raise Conflict("evidence.keystore.nothing_announced", name=name)
    key = PublicKey.parse(_read(path).public)
    _add_anchor(folder, name, key)
    path.replace(_path(folder, name))
    _sync(folder)
    return key


def anchors(folder: Path, name: str) -> list[PublicKey]:
    """Every public half that ever signed, oldest first."""
    return read_anchors(folder / f"{name}.anchors")


def read_anchors(path: Path) -> list[PublicKey]:
    """The keys of an anchor file: one "algorithm:base64url" a line, `#` begins a comment. OSError, NotValid."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [PublicKey.parse(line) for line in lines if line]


def _path(folder: Path, name: str, which: str = "") -> Path:
    return folder / f"{name}{which}.key"


def _open(path: Path, passphrase: str) -> PrivateKey:
    held = _read(path)
    key = PublicKey.parse(held.public)
    if held.sealed and not passphrase:
        raise Unavailable("evidence.keystore.locked", file=path.name)
    try:
        sealed = held.sealed
        secret = unseal(_stretch(passphrase, held.salt), sealed, held.public) if sealed else unb64(held.secret)
    except NotValid as error:
        raise NotValid("evidence.keystore.passphrase", file=path.name) from error
    except ValueError as error:
        raise NotValid("evidence.keystore.malformed", file=path.name) from error
    return private_key(key.algorithm, secret, key.raw)


def _read(path: Path) -> KeyFile:
    try:
        held = msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except FileNotFoundError as error:
        raise Unavailable("evidence.keystore.missing", file=path.name) from error
    except ValueError as error:
        raise NotValid("evidence.keystore.malformed", file=path.name) from error
    if held.format > KEY_FORMAT:
        raise NotValid("evidence.format.newer", format=held.format, known=KEY_FORMAT)
    return held


def _write(path: Path, key: PrivateKey, passphrase: str) -> None:
    held = KeyFile(format=KEY_FORMAT, public=key.public.text, secret=b64(key.secret))
    if passphrase:
        salt = b64(os.urandom(16))
        sealed = seal(_stretch(passphrase, salt), key.secret, key.public.text)
        held = KeyFile(format=KEY_FORMAT, public=key.public.text, sealed=sealed, salt=salt)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _create(path, msgspec.json.encode(held))
    except FileExistsError as error:
        raise Conflict("evidence.keystore.exists", file=path.name) from error


def _create(path: Path, content: bytes) -> None:
    """A new file of mode 0600 that is whole or not there at all; FileExistsError when it is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _add_anchor(folder: Path, name: str, key: PublicKey) -> None:
    path = folder / f"{name}.anchors"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    with os.fdopen(number, "w") as file:
        file.write(key.text + "\n")
        file.flush()
        os.fsync(number)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _stretch(passphrase: str, salt: str) -> bytes:
    return Scrypt(salt=unb64(salt), length=32, **_SCRYPT).derive(passphrase.encode())
