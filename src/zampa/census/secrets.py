"""What a connection keeps secret: sealed under the master key before it is stored, opened only to connect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from zampa.evidence import seals


def master_key() -> bytes:
    """The 32 bytes that seal secrets; they lie in a file outside the database."""
    return Path(settings.ZAMPA_MASTER_KEY_FILE).read_bytes()


def seal(connection_id: UUID, values: Mapping[str, str]) -> str:
    """The secret values (endpoint field or "options.<name>" -> text) as one sealed text; empty when there are none.

    Bound to the connection's id: a sealed text copied to another row does not open.
    """
    kept = {name: value for name, value in values.items() if value}
    if not kept:
        return ""
    return seals.seal(master_key(), msgspec.json.encode(kept), _context(connection_id))


def unseal(connection_id: UUID, sealed: str) -> dict[str, str]:
    """The inverse; NotValid when the master key or the row is another."""
    if not sealed:
        return {}
    return msgspec.json.decode(seals.unseal(master_key(), sealed, _context(connection_id)), type=dict[str, str])


def _context(connection_id: UUID) -> str:
    return f"census.connection:{connection_id}"
