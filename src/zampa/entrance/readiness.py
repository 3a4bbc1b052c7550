"""Why this process should get no work now; load balancers ask /readyz."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

LAG = timedelta(seconds=10)


def reasons_not_ready(now: datetime) -> list[str]:
    """Codes; empty when ready. Raises DatabaseError when the database does not answer."""
    reasons = []
    if not Path(settings.ZAMPA_MASTER_KEY_FILE).is_file():
        reasons.append("entrance.keys.locked")
    return reasons
