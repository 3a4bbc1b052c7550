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
    LIST_ENTERED = "standards:list:entered"
    LIST_CHANGED = "standards:list:changed"
    LIST_LOADED = "standards:list:loaded"
    LIST_ENDED = "standards:list:ended"
    DOCUMENT_ENTERED = "standards:document:entered"
    DOCUMENT_CHANGED = "standards:document:changed"
    DOCUMENT_IN_FORCE = "standards:document:in_force"
    DOCUMENT_ABOLISHED = "standards:document:abolished"
    DOCUMENT_ADOPTED = "standards:document:adopted"
    PAPER_ADDED = "standards:paper:added"
    PAPER_REMOVED = "standards:paper:removed"
    RULE_STATED = "standards:rule:stated"
    RULE_DROPPED = "standards:rule:dropped"
