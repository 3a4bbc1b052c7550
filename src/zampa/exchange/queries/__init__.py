"""Reads of the exchange, one file a subject; each starts from the scoped querysets in scope.py."""

from zampa.exchange.queries.gateways import silent_gateways
from zampa.exchange.queries.scope import (
    call,
    calls,
    deliveries,
    delivery,
    gateway,
    gateways,
    grant,
    grants,
    request,
    requests,
)

__all__ = [
    "call",
    "calls",
    "deliveries",
    "delivery",
    "gateway",
    "gateways",
    "grant",
    "grants",
    "request",
    "requests",
    "silent_gateways",
]
