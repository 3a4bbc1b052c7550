"""Gateways as witnesses of the log: what they saw signed tells a restored centre what it lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from zampa.contracts.book import Signed
from zampa.exchange.models import Gateway
from zampa.ground.errors import NotValid
from zampa.ledger import restores


def take_witness(*, gateway_id: UUID, checkpoint: dict[str, Any] | None, now: datetime | None = None) -> None:
    """A gateway handed over the newest checkpoint it holds. When the last gateway in use has spoken, a log that is
    held after a restore goes on. NotValid when it is no signed envelope; one not signed by us counts for nothing."""
    try:
        signed = msgspec.convert(checkpoint, Signed) if checkpoint is not None else None
    except msgspec.ValidationError as error:
        raise NotValid("evidence.envelope.malformed") from error
    told = restores.note_told(teller=str(gateway_id), signed=signed, now=now)
    if told and not silent_witnesses(told):
        restores.end(now)


def silent_witnesses(told: set[str]) -> list[str]:
    """Names of the gateways in use that have not spoken since the restore."""
    rows = Gateway.objects.filter(state=Gateway.State.LIVE).values_list("pk", "name")
    return [name for key, name in rows if str(key) not in told]
