"""What differs: between two versions of an entry, and between an entry and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zampa.contracts.schemas import Field

# A source may spell a type otherwise and still carry the same values.
WIDENS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"uuid", "json"}),
    "decimal": frozenset({"integer"}),
    "timestamp": frozenset({"timestamptz"}),
    "timestamptz": frozenset({"timestamp"}),
}


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """What changed between two snapshots, field by field; items by their name as "items.NAME.field"."""
    found: list[tuple[str, object, object]] = []
    for name in sorted({*before, *after} - {"items"}):
        if before.get(name) != after.get(name):
            found.append((name, before.get(name), after.get(name)))
    old, new = _by_name(before), _by_name(after)
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            found.append((f"items.{name}", name if name in old else None, name if name in new else None))
            continue
        for part in sorted({*old[name], *new[name]}):
            if old[name].get(part) != new[name].get(part):
                found.append((f"items.{name}.{part}", old[name].get(part), new[name].get(part)))
    return found


def _by_name(snapshot: Mapping[str, object]) -> dict[str, dict[str, object]]:
    rows = snapshot.get("items")
    return {str(row["name"]): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}


def column_differences(items: Sequence[tuple[str, str]], fields: Sequence[Field]) -> list[tuple[str, str, str]]:
    """What the probe saw differ: (column, "gone" | "type", said). A column more at the source is no fault."""
    there = {field.name: field for field in fields}
    found = []
    for column, kind in items:
        field = there.get(column)
        if field is None:
            found.append((column, "gone", ""))
        elif field.type != kind and field.type not in WIDENS.get(kind, frozenset()):
            found.append((column, "type", f"{kind} -> {field.type}"))
    return found
