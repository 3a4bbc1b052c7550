"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    RETENTION_CARRIED_OUT = "entrance:retention:carried_out"
