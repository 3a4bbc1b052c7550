"""Why this process should get no work now; load balancers ask /readyz."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from zampa.ledger import restores
from zampa.ledger.queries import sequencer_lag

LAG = 10.0  # seconds a committed record may wait for its place


def reasons_not_ready(now: datetime) -> list[str]:
    """Codes; empty when ready. Raises DatabaseError when the database does not answer."""
    reasons = []
    if not Path(settings.ZAMPA_MASTER_KEY_FILE).is_file():
        reasons.append("entrance.keys.locked")
    # Held after a restore: gateways must come through to end it, so the portal counts as ready.
    if sequencer_lag(now) >= LAG and restores.waiting() is None:
        reasons.append("entrance.sequencer.late")
    return reasons
