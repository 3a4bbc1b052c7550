"""What happens in the catalogue, spelled."""

from enum import StrEnum


class Event(StrEnum):
    RESOURCE_DRAFTED = "catalogue:resource:drafted"
    RESOURCE_EDITED = "catalogue:resource:edited"
    RESOURCE_BOUND = "catalogue:resource:bound"
    RESOURCE_SUBMITTED = "catalogue:resource:submitted"
    RESOURCE_SIGNED = "catalogue:resource:signed"
    RESOURCE_RETURNED = "catalogue:resource:returned"
    RESOURCE_PUBLISHED = "catalogue:resource:published"
    RESOURCE_CHANGING = "catalogue:resource:changing"
    CHANGE_DROPPED = "catalogue:change:dropped"
    STANDING_SIGNED = "catalogue:standing:signed"
    STANDING_REFUSED = "catalogue:standing:refused"
    STANDING_ENDED = "catalogue:standing:ended"
    RESOURCE_WITHDRAWN = "catalogue:resource:withdrawn"
    ATTACHMENT_APPLIED = "catalogue:attachment:applied"
    ATTACHMENT_APPROVED = "catalogue:attachment:approved"
    ATTACHMENT_REFUSED = "catalogue:attachment:refused"
    ATTACHMENT_ENDED = "catalogue:attachment:ended"
    ATTACHMENT_LIVE = "catalogue:attachment:live"
    ATTACHMENT_STALE = "catalogue:attachment:stale"
    ATTACHMENT_BROKEN = "catalogue:attachment:broken"
    CLOCK_LATE = "catalogue:clock:late"
    CLASSES_LOADED = "catalogue:classes:loaded"
