"""Other platforms' catalogues coming in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from zampa.catalogue import foreign
from zampa.catalogue import queries_imports as queries
from zampa.catalogue.acts import imports as acts
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import Import, ImportNote

router = Router()
MOST = 200


class ImportOut(Schema):
    """`map`: how its columns are read, empty while nobody has said."""

    id: UUID
    name: str
    kind: str
    table: str
    state: str
    map: str
    problem: str
    progress: dict[str, int | None]

    @staticmethod
    def resolve_map(job: Import) -> str:
        return job.column_map.name if job.column_map else ""

    @staticmethod
    def resolve_progress(job: Import) -> dict[str, int | None]:
        return asdict(queries.progress(job))


class MapIn(Schema):
    """`columns`: our field -> their head; `values`: field -> their text -> our value; `separator`: between items."""

    name: str
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = {}
    separator: str = "|"
    peer: str = ""
    table: str | None = None


class ImportNoteOut(Schema):
    id: int
    row: int
    field: str
    text: str
    code: str


@router.post("/imports", response={201: ImportOut})
def bring_file(request: StaffCall, file: File[UploadedFile]) -> Status[Import]:
    """Take a file in: CSV, XLSX, JSON, JSON lines or SQL."""
    return Status(201, acts.bring_file(by=request.actor, name=file.name or "", content=file.read()))


@router.get("/imports/{uuid:import_id}", response=ImportOut)
def one_import(request: StaffCall, import_id: UUID) -> Import:
    """How far it is."""
    return queries.one_import(request.actor, import_id)


@router.get("/imports/{uuid:import_id}/heads", response=dict[str, Any])
def heads(request: StaffCall, import_id: UUID) -> dict[str, object]:
    """Its tables with their columns, our fields, and the texts no map covers yet."""
    job = queries.one_import(request.actor, import_id)
    seen = foreign.look(queries.path_of(job), job.kind)
    asked = queries.uncovered(job, job.column_map) if job.column_map else {}
    return {"tables": seen.heads, "comments": seen.labels, "fields": list(queries.FIELDS), "uncovered": asked}


@router.put("/imports/{uuid:import_id}/map", response=ImportOut)
def save_map(request: StaffCall, import_id: UUID, given: MapIn) -> Import:
    """Say how its columns are read; kept for the next file of this shape."""
    acts.save_map(by=request.actor, import_id=import_id, **given.dict())
    return queries.one_import(request.actor, import_id)


@router.get("/imports/{uuid:import_id}/preview", response=list[dict[str, Any]])
def preview(request: StaffCall, import_id: UUID) -> list[dict[str, object]]:
    """The first rows as they would come in."""
    job = queries.one_import(request.actor, import_id)
    found = queries.preview(job, job.column_map) if job.column_map else []
    return [
        {
            "row": number, "values": read.values, "items": read.items,
            "left_empty": [{"field": one.field, "text": one.text, "code": one.code} for one in read.notes],
        }
        for number, read in found
    ]  # fmt: skip


@router.post("/imports/{uuid:import_id}/start", response=ImportOut)
def start_import(request: StaffCall, import_id: UUID) -> Import:
    """Let the rows become drafts, or go on after a stop."""
    return acts.start_import(by=request.actor, import_id=import_id)


@router.post("/imports/{uuid:import_id}/stop", response=ImportOut)
def stop_import(request: StaffCall, import_id: UUID) -> Import:
    """Stop after the batch at hand."""
    return acts.stop_import(by=request.actor, import_id=import_id)


@router.get("/imports/{uuid:import_id}/notes", response=list[ImportNoteOut])
def notes(request: StaffCall, import_id: UUID, after: int = 0) -> list[ImportNote]:
    """What did not come in, 200 at a time; pass the last id as `after` for more."""
    rows = queries.notes_of(queries.one_import(request.actor, import_id))
    return list(rows.filter(pk__gt=after).order_by("pk")[:MOST])
