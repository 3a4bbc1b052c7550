"""The keys of this room. Mask keys: 32 random bytes a grant, sealed under the master key and bound to the grant's row.
The book key: signs grant books, lies in the keys folder, its public half is what a gateway learns when it enrols."""

from __future__ import annotations

import contextlib
from pathlib import Path
from uuid import UUID

from django.conf import settings

from zampa.census.secrets import master_key
from zampa.contracts.deliveries import mask_key_at_rest
from zampa.evidence import keystore, seals
from zampa.evidence.suites import PrivateKey, key_id, suite
from zampa.exchange.models import GatewayBook
from zampa.ground.errors import Conflict
from zampa.ledger.keys import passphrase

BOOK_KEY = "book"


def seal_mask_key(grant_id: UUID, key: bytes) -> str:
    """Sealed text; copied to another grant's row it does not open."""
    return seals.seal(master_key(), key, _context(grant_id))


def mask_key(grant_id: UUID, sealed: str) -> bytes:
    """The 32 bytes in clear, for a run or to be sealed to a gateway; NotValid when key or row is another."""
    return seals.unseal(master_key(), sealed, _context(grant_id))


def _context(grant_id: UUID) -> str:
    return mask_key_at_rest(grant_id)


def _folder() -> Path:
    """Where keys lie, with a book key in it: the first is made by an installation that has issued no book."""
    folder = Path(settings.ZAMPA_KEYS_DIR)
    if not keystore.exists(folder, BOOK_KEY) and not GatewayBook.objects.exists():
        with contextlib.suppress(Conflict):  # another process was faster
            keystore.create(folder, BOOK_KEY, suite(settings.ZAMPA_SUITE).signature, passphrase())
    return folder


def book_key() -> PrivateKey:
    """The key that signs books. Unavailable (evidence.keystore.missing) when it is gone: gateways would believe no
    new one."""
    return keystore.load(_folder(), BOOK_KEY, passphrase())


def book_key_id() -> str:
    """Its name, readable without its passphrase."""
    return key_id(keystore.public(_folder(), BOOK_KEY))


def book_anchors() -> list[str]:
    """Every public half that ever signed books, and the announced one: what a new gateway believes."""
    folder = _folder()
    known = keystore.anchors(folder, BOOK_KEY)
    following = keystore.following(folder, BOOK_KEY)
    return [key.text for key in [*known, *([following] if following else [])]]
