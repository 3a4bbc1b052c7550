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
    """What changed between two snapshots, field by field; items by their name as "items.NAME.field".
    Versions of before the assessment was a form still hold its tick, which says nothing any more."""
    found: list[tuple[str, object, object]] = []
    for name in sorted({*before, *after} - {"items", "impact_assessed"}):
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


def drift(
    items: Sequence[tuple[str, str, int | None]], fields: Sequence[Field], *, typed: bool
) -> list[tuple[str, str, str]]:
    """All that items (column, type, length) and a source's columns do not agree on: (column, kind, said).

    "gone" (said: the column it seems to be called now, if only one can be), "type", "length" and "new". The first two
    break whoever reads the column, the others break nothing. Sources that state no types are held to names only.
    """
    kinds = {column: kind for column, kind, _ in items}
    found = column_differences([(column, kind) for column, kind, _ in items], fields)
    found = [one for one in found if typed or one[1] == "gone"]
    new = [field for field in fields if field.name not in kinds]
    gone = [column for column, kind, _ in found if kind == "gone"]
    if len(gone) == 1 and len(new) == 1 and (not typed or new[0].type == kinds[gone[0]]):
        found = [(column, kind, new[0].name if kind == "gone" else said) for column, kind, said in found]
    there = {field.name: field for field in fields}
    for column, _kind, length in items:
        field = there.get(column)
        if typed and field is not None and length and field.length and field.length != length:
            found.append((column, "length", f"{length} -> {field.length}"))
    return found + [(field.name, "new", field.type) for field in new]
