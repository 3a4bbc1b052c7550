"""Everything that happens in this room, by its spelled name."""

from enum import StrEnum


class Event(StrEnum):
    RUN_DONE = "runs:run:done"
    RUN_FAILED = "runs:run:failed"
    RUN_PAUSED = "runs:run:paused"
    RUN_RESUMED = "runs:run:resumed"
    RUN_CANCEL_ASKED = "runs:run:cancel_asked"
    RUN_CANCELLED = "runs:run:cancelled"
    QUARANTINE_READ = "runs:quarantine:read"
    QUARANTINE_REPLAYED = "runs:quarantine:replayed"
    QUARANTINE_EXPIRED = "runs:quarantine:expired"
    FILE_FETCHED = "runs:file:fetched"
    FILE_EXPIRED = "runs:file:expired"
