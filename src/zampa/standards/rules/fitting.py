"""Whether a field of one type and length can hold what another one holds. Pure."""

from __future__ import annotations

# element's type -> types of an item that carry the same values
HOLDS: dict[str, frozenset[str]] = {
    "text": frozenset({"uuid"}),
    "integer": frozenset({"decimal"}),
    "decimal": frozenset({"integer"}),
    "double": frozenset({"decimal", "integer"}),
    "timestamp": frozenset({"timestamptz"}),
    "timestamptz": frozenset({"timestamp"}),
}


def type_fits(asked: str, given: str) -> bool:
    """Whether a field of type `given` carries values of type `asked`."""
    return asked == given or given in HOLDS.get(asked, frozenset())
