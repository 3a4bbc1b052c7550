from enum import StrEnum


class Event(StrEnum):
    """What happens to the ledger itself, and the refusals it keeps for every room."""

    ACT_REFUSED = "ledger:act:refused"
    EPOCH_OPENED = "ledger:epoch:opened"
    KEY_ANNOUNCED = "ledger:key:announced"
    KEY_ROTATED = "ledger:key:rotated"
    BODIES_EXPORTED = "ledger:bodies:exported"
    BODIES_DELETED = "ledger:bodies:deleted"
