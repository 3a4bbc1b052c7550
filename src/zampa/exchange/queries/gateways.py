"""Questions about gateways: are they heard, which book do they hold, how far is their trail covered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from zampa.exchange.models import Gateway, TrailSegment
from zampa.ground.errors import NotAllowed

SILENT_AFTER = timedelta(minutes=2)


def silent_gateways(now: datetime) -> list[str]:
    """Names of gateways in use that were not heard for two minutes: their books run towards expiry."""
    rows = Gateway.objects.filter(state=Gateway.State.LIVE, heard_at__lt=now - SILENT_AFTER)
    return list(rows.values_list("name", flat=True))


def gateway_by_key(key_id: str) -> Gateway:
    """The gateway in use whose signing key this is; NotAllowed for any other."""
    found = Gateway.objects.filter(sign_key_id=key_id, state=Gateway.State.LIVE).first()
    if found is None:
        raise NotAllowed("exchange.gateway.unknown_key")
    return found


def version() -> tuple[int, ...]:
    """A cheap fingerprint of everything that ever changed by an act: it differs when a record was entered since.

    A committed record is either pending (the count or the highest id moves) or has its place (the number moves).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_pending), (SELECT coalesce(max(id), 0) FROM ledger_pending),"
            " (SELECT coalesce(max(number), -1) FROM ledger_position)"
        )
        row = cursor.fetchone()
    return tuple(int(value) for value in row)


def first_uncovered(gateway_id: UUID, epoch: str, size: int) -> int:
    """The first trail number of this epoch that a checkpoint of `size` records does not cover."""
    rows = TrailSegment.objects.filter(gateway_id=gateway_id, epoch=epoch)
    last = rows.order_by("first").last()
    if last is None:
        return 0
    first = (
        rows.extra(
            where=[
                "NOT EXISTS (SELECT 1 FROM ledger_position p WHERE p.record_id = exchange_trailsegment.record"
                " AND p.number < %s)"
            ],
            params=[size],
        )
        .order_by("first")
        .values_list("first", flat=True)
        .first()
    )
    return int(first) if first is not None else last.first + last.count
