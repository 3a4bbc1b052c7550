"""The classification the product carries: the upper levels of the 2017 guide; operators import the whole."""

from __future__ import annotations

import csv
from pathlib import Path

from zampa.catalogue.events import Event
from zampa.catalogue.models import ClassNode
from zampa.contracts.actors import Actor, Subject
from zampa.ledger.acts import act, enter

CARRIED = Path(__file__).resolve().parent.parent / "data" / "classes.csv"


@act
def load_classes(*, by: Actor, source: Path = CARRIED, scheme: str = "guide-2017") -> int:
    """Add or rename the nodes of a scheme from a file (code, name, parent, depth); how many changed."""
    with source.open(encoding="utf-8-sig", newline="") as text:
        rows = [
            ClassNode(scheme=scheme, code=r["code"], name=r["name"], parent=r["parent"], depth=int(r["depth"]))
            for r in csv.DictReader(text)
        ]
    known = {node.code: (node.name, node.parent) for node in ClassNode.objects.filter(scheme=scheme)}
    changed = [row for row in rows if known.get(row.code) != (row.name, row.parent)]
    if not changed:
        return 0
    ClassNode.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["scheme", "code"],
        update_fields=["name", "parent", "depth"],
        batch_size=2000,
    )
    enter(
        event=Event.CLASSES_LOADED,
        by=by,
        subject=Subject("catalogue.scheme", scheme, scheme),
        facts={"nodes": len(changed)},
    )
    return len(changed)
