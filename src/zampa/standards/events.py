"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    LISTS_LOADED = "standards:lists:loaded"
    ELEMENTS_LOADED = "standards:elements:loaded"
    ELEMENT_ENTERED = "standards:element:entered"
    ELEMENT_CHANGED = "standards:element:changed"
    ELEMENT_PROPOSED = "standards:element:proposed"
    ELEMENT_RETURNED = "standards:element:returned"
    ELEMENT_IN_FORCE = "standards:element:in_force"
    ELEMENT_ENDED = "standards:element:ended"
    RULE_STATED = "standards:rule:stated"
    RULE_DROPPED = "standards:rule:dropped"
