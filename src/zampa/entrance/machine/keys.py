"""The installation's own keys: the master key that seals secrets, the keys that sign the log and the grant books."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from zampa.evidence import keystore
from zampa.evidence.suites import PublicKey
from zampa.exchange.keys import BOOK_KEY
from zampa.exchange.keys import book_key as make_book_key
from zampa.ledger import keys as ledger_keys

NAMES = (ledger_keys.NAME, BOOK_KEY)
MASTER_BYTES = 32


def make_master_key() -> bool:
    """Make the master key where there is none; whether one was made. Never replaced: what it sealed would be lost."""
    path = Path(settings.ZAMPA_MASTER_KEY_FILE)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(number, "wb") as file:
        file.write(os.urandom(MASTER_BYTES))
        file.flush()
        os.fsync(number)
    return True


def make_all() -> list[str]:
    """Whatever is missing; the names of what was made."""
    folder = Path(settings.ZAMPA_KEYS_DIR)
    made = ["master"] if make_master_key() else []
    missing = [name for name in NAMES if not keystore.exists(folder, name)]
    if ledger_keys.NAME in missing:
        ledger_keys.make_signing_key()
    if BOOK_KEY in missing:
        make_book_key()
    return made + missing


def anchors() -> dict[str, list[PublicKey]]:
    """Every public half that ever signed, by name; what verifiers and gateways are handed."""
    folder = Path(settings.ZAMPA_KEYS_DIR)
    return {name: keystore.anchors(folder, name) for name in NAMES}
