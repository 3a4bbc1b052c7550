"""Who may see an entry, as marks on it and marks of the reader: the same rule as `queries.resources_of`, for the index.

What is published is announced to every department (Order 809 art. 16); what is not yet is its department's own, and its
authority's once the head has signed it. A test walks every state and every post and compares the two.
"""

from __future__ import annotations

from zampa.contracts.actors import Actor

EVERYBODY = "all"
AUDITOR = "any"  # on every entry (zampa.index.entries.ANYBODY)
TOLD_TO_AUTHORITY = ("signed", "published", "withdrawn")


def marks_of(*, state: str, provider: str, region: str) -> list[str]:
    """Marks of an entry that is no prepared change; a reader with one of them sees it."""
    marks = [f"d:{provider}"]
    if state == "published":
        marks.append(EVERYBODY)
    if state in TOLD_TO_AUTHORITY:
        marks.append(f"r:{region}")
    return marks


def marks_for(actor: Actor) -> list[str]:
    """Marks of a reader."""
    if actor.kind == "system" or actor.holds("audit_admin"):
        return [AUDITOR]
    marks = [EVERYBODY]
    if actor.department:
        marks.append(f"d:{actor.department}")
    if actor.holds("authority"):
        marks += [f"r:{region}" for region in sorted(actor.governs)]
    return marks
