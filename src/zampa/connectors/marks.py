"""The mark of what Zampa made: how a table or file says so, and the watermark it carries beside its cells.

A table or file without this mark is somebody else's and is never replaced.
"""

from __future__ import annotations

import msgspec

from zampa.contracts.deliveries import Mark

MADE_BY = "zampa"
PREFIX = "zampa:"
EMPTY = Mark(requester="", grant="", delivery="", issued="")


def comment(mark: Mark | None) -> str:
    """The comment put on a table."""
    return PREFIX + facts(mark)


def facts(mark: Mark | None) -> str:
    """The mark as JSON text, for file properties and metadata."""
    return msgspec.json.encode(mark or EMPTY, order="deterministic").decode()


def is_ours(text: str | None) -> bool:
    """Whether a table comment or file property is one that `comment` or `facts` wrote."""
    return mark_in(text) is not None


def mark_in(text: str | None) -> Mark | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text.removeprefix(PREFIX).encode(), type=Mark)
    except msgspec.MsgspecError:
        return None
