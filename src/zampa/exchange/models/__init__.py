"""Tables of the exchange, one file a subject."""

from zampa.exchange.models.deliveries import Delivery
from zampa.exchange.models.gateways import Gateway, GatewayBook, GatewayToken
from zampa.exchange.models.grants import Grant, GrantField
from zampa.exchange.models.requests import Numbering, Paper, Request, RequestItem, Way
from zampa.exchange.models.trails import CallRow, TrailSegment

__all__ = [
    "CallRow",
    "Delivery",
    "Gateway",
    "GatewayBook",
    "GatewayToken",
    "Grant",
    "GrantField",
    "Numbering",
    "Paper",
    "Request",
    "RequestItem",
    "TrailSegment",
    "Way",
]
