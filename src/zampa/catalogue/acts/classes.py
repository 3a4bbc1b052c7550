"""Classifications: the upper levels of the 2017 guide come along; whole trees and maps between them are brought in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zampa.catalogue import queries, rules
from zampa.catalogue.events import Event
from zampa.catalogue.models import GUIDE, ClassMap, ClassNode, Scheme
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.ledger.acts import act, enter

CARRIED = Path(__file__).resolve().parent.parent / "data" / "classes.csv"
SCHEME_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
BATCH = 2000


@dataclass(frozen=True, kw_only=True)
class SchemeFacts:
    """What is told of a scheme beside its nodes. `complete`: its edition is here in full."""

    code: str = GUIDE
    name: str = "政务信息资源目录编制指南分类（到项）"
    standing: str = "national"
    edition: str = "政务信息资源目录编制指南（试行），2017"
    source: str = "指南公开说明：基础、主题、部门三类及其项"
    complete: bool = False


def load_classes(*, by: Actor, now: datetime | None = None) -> int:
    """The guide's classes as the product carries them, down to 项; how many nodes changed."""
    return import_classes(by=by, facts=SchemeFacts(), raw=CARRIED.read_bytes(), now=now)


@act
def import_classes(*, by: Actor, facts: SchemeFacts, raw: bytes, now: datetime | None = None) -> int:
    """Bring a scheme to what its file says; how many nodes changed. A file that is wrong anywhere changes nothing; a
    node the file no longer names is retired, so that what was placed there stays readable."""
    now = now or utc_now()
    rules.may_keep_classes(by).require()
    if faults := _scheme_faults(facts):
        raise NotValid("catalogue.classes.scheme", faults=faults)
    rows = rules.read_classes(raw)
    known = {node.code: node for node in ClassNode.objects.filter(scheme=facts.code)}
    changed = [row for row in rows if not _same(known.get(row.code), row)]
    gone = {code for code, node in known.items() if not node.retired} - {row.code for row in rows}
    told = {name: getattr(facts, name) for name in ("name", "standing", "edition", "source", "complete")}
    if not changed and not gone and Scheme.objects.filter(code=facts.code, **told).exists():
        return 0
    Scheme.objects.update_or_create(
        code=facts.code, defaults={**told, "loaded_at": now, "loaded_by_name": by.name or "Zampa"}
    )
    ClassNode.objects.filter(scheme=facts.code, code__in=gone).update(retired=True)
    _write(facts.code, changed)
    enter(
        event=Event.CLASSES_LOADED,
        by=by,
        subject=Subject("catalogue.scheme", facts.code, facts.name),
        facts={"nodes": len(changed), "retired": len(gone), "edition": facts.edition},
        at=now,
    )
    return len(changed) + len(gone)


def _scheme_faults(facts: SchemeFacts) -> list[Fault]:
    faults = [] if SCHEME_CODE.fullmatch(facts.code) else [Fault("code", "catalogue.classes.scheme_code")]
    if not facts.name.strip():
        faults.append(Fault("name", "catalogue.resource.missing"))
    if facts.standing not in Scheme.Standing.values:
        faults.append(Fault("standing", "catalogue.unknown_word", {"name": "standing"}))
    return faults


def _same(node: ClassNode | None, row: rules.ClassRow) -> bool:
    return (
        node is not None
        and not node.retired
        and (node.name, node.parent, tuple(node.lineage)) == (row.name, row.parent, row.lineage)
    )


def _write(scheme: str, rows: Sequence[rules.ClassRow]) -> None:
    ClassNode.objects.bulk_create(
        [
            ClassNode(
                scheme=scheme,
                code=row.code,
                name=row.name,
                parent=row.parent,
                depth=row.depth,
                lineage=list(row.lineage),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["scheme", "code"],
        update_fields=["name", "parent", "depth", "lineage", "retired"],
        batch_size=BATCH,
    )


@act
def map_class(*, by: Actor, node: tuple[str, str], other: tuple[str, str], now: datetime | None = None) -> ClassMap:
    """Say that a node (scheme, code) is told in another scheme as `other`; said again it stays one row."""
    now = now or utc_now()
    rules.may_keep_classes(by).require()
    if node[0] == other[0]:
        raise NotValid("catalogue.classes.map_within", faults=[Fault("other", "catalogue.classes.map_within")])
    ends = [queries.class_node(*node), queries.class_node(*other)]
    made, new = ClassMap.objects.get_or_create(
        node=ends[0], other=ends[1], defaults={"made_by_name": by.name, "made_at": now}
    )
    if new:
        _note_map(Event.CLASS_MAPPED, by, made, now)
    return made


@act
def unmap_class(*, by: Actor, map_id: int, now: datetime | None = None) -> None:
    """Take a map back."""
    rules.may_keep_classes(by).require()
    made = queries.class_map(map_id)
    _note_map(Event.CLASS_UNMAPPED, by, made, now or utc_now())
    made.delete()


def _note_map(event: Event, by: Actor, made: ClassMap, now: datetime) -> None:
    facts = {"node": f"{made.node.scheme}:{made.node.code}", "other": f"{made.other.scheme}:{made.other.code}"}
    enter(
        event=event, by=by, subject=Subject("catalogue.scheme", made.node.scheme, made.node.name), facts=facts, at=now
    )
