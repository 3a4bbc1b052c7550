"""Questions about imports of other platforms' catalogues: a department's own only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from zampa.catalogue import foreign
from zampa.catalogue import queries_peers as peers
from zampa.catalogue.coded import CODED, spellings
from zampa.catalogue.models import ColumnMap, Import, ImportNote, Item, Resource
from zampa.catalogue.rules import EXTRAS
from zampa.catalogue.rules.mapping import MULTI, PARTS, Read, Reading, read_row
from zampa.catalogue.words import EXTRA_LABELS, LABELS
from zampa.contracts.actors import Actor
from zampa.desk.papers import paper_path
from zampa.ground.clock import utc_now
from zampa.ground.errors import NotValid
from zampa.identity import queries as people

FOLDER = "catalogue-imports"
PLAIN = (
    "name", "name_bo", "abstract", "class_code", "format_note", "conditions", "scope", "basis_instrument",
    "basis_article", "opening_conditions",
)  # fmt: skip
FIELDS: dict[str, str | Promise] = {
    **{name: LABELS[name] for name in PLAIN},
    **{name: label for name, label in CODED.items() if name not in ("type", "sensitivity")},
    "items": LABELS["items"],
    **{f"extra.{name}": EXTRA_LABELS[name] for name in EXTRAS},
}
PREVIEWED = 5
MOST_VALUES = 100  # different texts of a coded field that a person is asked about


@dataclass(frozen=True)
class Progress:
    """How far an import is; rows a minute and seconds left at that pace (None: cannot be told)."""

    done: int
    total: int
    made: int
    skipped: int
    noted: int
    a_minute: int
    seconds_left: int | None


def imports(actor: Actor) -> QuerySet[Import]:
    rows = Import.objects.select_related("column_map__peer", "department")
    if actor.kind == "system":
        return rows
    return rows.filter(department_id=UUID(actor.department)) if actor.department else rows.none()


def one_import(actor: Actor, import_id: UUID | str) -> Import:
    return people.one(imports(actor), import_id, "catalogue.import.not_found")


def notes_of(job: Import) -> QuerySet[ImportNote]:
    return ImportNote.objects.filter(job=job)


def path_of(job: Import) -> Path:
    path = paper_path(FOLDER, job.digest)
    if not path.is_file():
        raise NotValid("catalogue.import.file_gone")
    return path


def fingerprint(heads: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(heads).encode()).hexdigest()


def recognised(actor: Actor, heads: Sequence[str]) -> ColumnMap | None:
    """How a file of these heads was read last by this department."""
    rows = ColumnMap.objects.filter(department_id=UUID(actor.department), fingerprint=fingerprint(heads))
    return rows.order_by("-made_at").first()


def reading_of(found: ColumnMap) -> Reading:
    """The map with what stands behind it: a person's word first, then the platform's codes, then our own spellings."""
    coded = peers.inward(found.peer_id) if found.peer_id else {}
    lookups = {}
    for field in found.columns:
        if field in CODED:
            theirs = {text.casefold(): value for text, value in coded.get(field, {}).items()}
            said = {text.casefold(): value for text, value in found.values.get(field, {}).items() if value}
            lookups[field] = {**spellings(field), **theirs, **said}
    longest = {name: 500 for name in FIELDS if name.startswith("extra.")}
    for name in PLAIN:
        most = Resource._meta.get_field(name).max_length  # type: ignore[union-attr]
        longest |= {name: most} if most else {}
    longest["items"] = Item._meta.get_field("name").max_length or 200  # type: ignore[union-attr]
    return Reading(columns=found.columns, lookups=lookups, longest=longest, separator=found.separator or "|")


def rows_of(job: Import) -> Iterator[foreign.Row]:
    return foreign.rows(path_of(job), job.kind, job.table)


def preview(job: Import, found: ColumnMap) -> list[tuple[int, Read]]:
    """The first rows as they would come in."""
    reading = reading_of(found)
    shown = zip(rows_of(job), range(PREVIEWED), strict=False)
    return [(number, read_row(cells, reading)) for (number, cells), _turn in shown]


def uncovered(job: Import, found: ColumnMap) -> dict[str, dict[str, int]]:
    """Coded field -> their text that no map covers -> in how many rows; over the whole file."""
    reading = reading_of(found)
    counts: dict[str, dict[str, int]] = {}
    for _number, cells in rows_of(job):
        for field, lookup in reading.lookups.items():
            text = cells.get(reading.columns[field], "").strip()
            for part in PARTS.split(text) if field in MULTI else [text]:
                if (word := part.strip()[:200]) and word.casefold() not in lookup:
                    seen = counts.setdefault(field, {})
                    if word in seen or len(seen) < MOST_VALUES:
                        seen[word] = seen.get(word, 0) + 1
    return counts


def progress(job: Import, now: datetime | None = None) -> Progress:
    ended = job.ended_at or now or utc_now()
    spent = (ended - job.started_at).total_seconds() if job.started_at else 0.0
    pace = job.done / spent if spent > 0 else 0.0
    left = None if job.is_over or not pace else round((job.total - job.done) / pace)
    return Progress(job.done, job.total, job.made, job.skipped, job.noted, round(pace * 60), left)
