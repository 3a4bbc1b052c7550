"""The key that signs checkpoints: a file in ZAMPA_KEYS_DIR, never in the database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from zampa.evidence import keystore
from zampa.evidence.suites import PrivateKey, PublicKey, suite
from zampa.ground.errors import Conflict, Unavailable
from zampa.ledger import models

NAME = "log"


def folder() -> Path:
    return Path(settings.ZAMPA_KEYS_DIR)


def signing_key() -> PrivateKey:
    """The key that signs now.

    A log without any checkpoint makes its own; once something is signed, a missing key is an error (Unavailable,
    evidence.keystore.missing) and never replaced by a new one that nobody trusts.
    """
    path = folder() / f"{NAME}.key"
    if not path.exists() and not models.Checkpoint.objects.exists():
        make_signing_key()
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError as error:
        raise Unavailable("evidence.keystore.missing", file=path.name) from error
    return _loaded(folder(), changed, passphrase())


def make_signing_key() -> PublicKey:
    """The first signing key, of the installation's suite; the one that is there when there is one."""
    try:
        return keystore.create(folder(), NAME, suite(settings.ZAMPA_SUITE).signature, passphrase()).public
    except Conflict:
        return keystore.public(folder(), NAME)


def anchors() -> list[PublicKey]:
    """Every public key that ever signed this log, oldest first."""
    return keystore.anchors(folder(), NAME) if (folder() / f"{NAME}.anchors").exists() else []


def next_key() -> PublicKey | None:
    """The key that checkpoints announce now."""
    return keystore.following(folder(), NAME)


def passphrase() -> str:
    """What opens the key file, from the file that ZAMPA_PASSPHRASE_FILE names; empty where keys have none."""
    path = getattr(settings, "ZAMPA_PASSPHRASE_FILE", None)
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


@lru_cache(maxsize=4)
def _loaded(place: Path, changed: int, opening: str) -> PrivateKey:
    """A file is read again when it changes: stretching a passphrase takes a tenth of a second."""
    return keystore.load(place, NAME, opening)
