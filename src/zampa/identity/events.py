"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    REGIONS_LOADED = "identity:regions:loaded"
    DEPARTMENT_REGISTERED = "identity:department:registered"
    DEPARTMENT_CHANGED = "identity:department:changed"
    PERSON_REGISTERED = "identity:person:registered"
    PERSON_CHANGED = "identity:person:changed"
    PERSON_INVITED = "identity:person:invited"
    PERSON_ENROLLED = "identity:person:enrolled"
    POST_ASSIGNED = "identity:post:assigned"
    POST_ENDED = "identity:post:ended"
    DEPUTY_NAMED = "identity:deputy:named"
    DEPUTY_WITHDRAWN = "identity:deputy:withdrawn"
    TOKEN_MADE = "identity:token:made"  # noqa: S105 - an event, not a secret
    TOKEN_REVOKED = "identity:token:revoked"  # noqa: S105
    KEY_ISSUED = "identity:key:issued"
    KEY_REVOKED = "identity:key:revoked"
    SECOND_FACTOR_RESET = "identity:second_factor:reset"
    SECOND_FACTOR_ADDED = "identity:second_factor:added"
    SECOND_FACTOR_REMOVED = "identity:second_factor:removed"
    PASSWORD_CHANGED = "identity:password:changed"  # noqa: S105
    SESSION_BEGUN = "identity:session:begun"
    SESSION_ENDED = "identity:session:ended"
    SESSION_LOCKED = "identity:session:locked"
