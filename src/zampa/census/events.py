"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    SYSTEM_REGISTERED = "census:system:registered"
    SYSTEM_CHANGED = "census:system:changed"
    CONNECTION_REGISTERED = "census:connection:registered"
    CONNECTION_CHANGED = "census:connection:changed"
    CONNECTION_LIVE = "census:connection:live"
    CONNECTION_BROKEN = "census:connection:broken"
    NETWORK_APPROVED = "census:network:approved"
    NETWORK_WITHDRAWN = "census:network:withdrawn"
