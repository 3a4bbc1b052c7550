"""Everything that happens in this room, by its spelled name. Reviews are recorded by the room that owns the subject."""

from enum import StrEnum


class Event(StrEnum):
    PROFILE_LOADED = "approvals:profile:loaded"
    CALENDAR_CHANGED = "approvals:calendar:changed"
    EXTENSION_ASKED = "approvals:extension:asked"
    EXTENSION_ANSWERED = "approvals:extension:answered"
    PERSON_LET_GO = "approvals:person:let_go"
