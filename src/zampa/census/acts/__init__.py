"""Every write of this room, one verb a function."""

from zampa.census.acts.connections import change_connection, check_connection, register_connection
from zampa.census.acts.keys import issue_key
from zampa.census.acts.networks import approve_network, withdraw_network
from zampa.census.acts.systems import change_system, register_system

__all__ = [
    "approve_network",
    "change_connection",
    "change_system",
    "check_connection",
    "issue_key",
    "register_connection",
    "register_system",
    "withdraw_network",
]
