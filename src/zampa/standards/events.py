"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    LISTS_LOADED = "standards:lists:loaded"
    ELEMENTS_LOADED = "standards:elements:loaded"
