"""Another platform's catalogue into drafts: a file, its map, then a job that goes on where it was killed.

A batch is one transaction: its drafts, its notes, its record in the ledger and how far the job is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from zampa.catalogue import foreign, rules
from zampa.catalogue import queries_imports as queries
from zampa.catalogue import queries_peers as peers
from zampa.catalogue.coded import CODED, words_of
from zampa.catalogue.events import Event
from zampa.catalogue.models import GUIDE, ClassNode, ColumnMap, Import, ImportNote, Item, Placement, Resource
from zampa.catalogue.rules.mapping import Note, Read, read_row
from zampa.contracts.actors import Actor, Subject
from zampa.desk.deferring import defer
from zampa.desk.papers import digest_of, keep, safe_name
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid, ZampaError
from zampa.identity.queries import actor_of
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter

CARRY_OUT = "catalogue.import_rows"
BATCH = 500
DEAD = timedelta(seconds=60)
UNSAID = dict.fromkeys(("format", "category", "sharing", "opening", "update_cycle", "grade"), "")
SEPARATORS = ("|", ",", "，", "、", ";", "；", " ")


@act
def bring_file(*, by: Actor, name: str, content: bytes, now: datetime | None = None) -> Import:
    """Take a file in and look at what it is; nothing becomes a draft before its map is saved."""
    rules.may_edit(by, by.department).require()
    if not content or len(content) > foreign.LARGEST:
        raise NotValid("catalogue.import.too_large", limit=foreign.LARGEST >> 20)
    digest = digest_of(content)
    keep(queries.FOLDER, digest, content)
    job = Import(
        department_id=by.department, person_id=by.id, asked_by_name=by.name, asked_at=now or utc_now(),
        name=safe_name(name), digest=digest,
    )  # fmt: skip
    path = queries.path_of(job)
    with foreign.opened(path) as head:
        try:
            job.kind = foreign.kind_of(name, head.read(400))
        except (OSError, EOFError) as failure:
            raise NotValid("catalogue.import.not_read") from failure
    found = foreign.look(path, job.kind)
    job.table = next(iter(found.heads))
    job.column_map = queries.recognised(by, found.heads[job.table])
    job.save(force_insert=True)
    facts: dict[str, object] = {"file": job.name, "digest": digest, "known": job.column_map is not None}
    _note(Event.IMPORT_BROUGHT, by, job, facts, job.asked_at)
    return job


@act
def save_map(
    *,
    by: Actor,
    import_id: UUID | str,
    name: str,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]] | None = None,
    separator: str = "|",
    peer: str = "",
    table: str | None = None,
    now: datetime | None = None,
) -> ColumnMap:
    """How files of this shape are read from now on; the map of that name is changed, a new name makes a new one.

    `values` None: those said before stay."""
    now = now or utc_now()
    job = _mappable(by, import_id)
    found = foreign.look(queries.path_of(job), job.kind)
    job.table = job.table if table is None else table
    if job.table not in found.heads:
        raise NotValid("catalogue.import.map", faults=[Fault("table", "catalogue.import.unknown_head")])
    heads = found.heads[job.table]
    if faults := _map_faults(name, columns, values or {}, heads, separator):
        raise NotValid("catalogue.import.map", faults=faults)
    held = ColumnMap.objects.filter(department_id=UUID(by.department), name=name.strip()).first()
    row = held or ColumnMap(department_id=by.department, name=name.strip())
    row.fingerprint, row.columns, row.separator = queries.fingerprint(heads), dict(columns), separator
    row.peer = peers.peer(peer) if peer else None
    row.values = row.values if values is None else {field: dict(said) for field, said in values.items()}
    row.made_by_name, row.made_at = by.name, now
    row.save()
    job.column_map = row
    job.save(update_fields=["column_map", "table"])
    _note(Event.MAP_SAVED, by, job, {"map": row.name, "fields": sorted(columns)}, now)
    return row


def _map_faults(
    name: str, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]], heads: list[str], separator: str
) -> list[Fault]:
    faults = []
    if not name.strip() or len(name) > 100:
        faults.append(Fault("name", "catalogue.import.missing_name"))
    if "name" not in columns:
        faults.append(Fault("col.name", "catalogue.import.needs_name"))
    for field, head in columns.items():
        if field not in queries.FIELDS or head not in heads:
            faults.append(Fault(f"col.{field}", "catalogue.import.unknown_head"))
    if separator not in SEPARATORS:
        faults.append(Fault("separator", "catalogue.import.bad_separator"))
    for field, said in values.items():
        known = words_of(field) if field in CODED else {}
        if any(value and value not in known for value in said.values()):
            faults.append(Fault(f"values.{field}", "catalogue.import.bad_value"))
    return faults


@act
def start_import(*, by: Actor, import_id: UUID | str, now: datetime | None = None) -> Import:
    """Let the rows become drafts, or go on after a stop."""
    now = now or utc_now()
    job = _locked(by, import_id)
    if job.state in ("waiting", "running", "done"):
        raise Conflict("catalogue.import.under_way")
    if job.column_map is None:
        raise NotValid("catalogue.import.no_map")
    job.total = sum(1 for _row in queries.rows_of(job))
    job.state, job.ended_at, job.problem, job.problem_params = Import.State.WAITING, None, "", {}
    job.save()
    _note(Event.IMPORT_STARTED, by, job, {"rows": job.total, "map": job.column_map.name}, now)
    defer(CARRY_OUT, once=f"import:{job.pk}", import_id=str(job.pk))
    return job


@act
def stop_import(*, by: Actor, import_id: UUID | str, now: datetime | None = None) -> Import:
    """Stop after the batch at hand; drafts already made stay."""
    now = now or utc_now()
    job = _locked(by, import_id)
    if job.state not in ("waiting", "running"):
        raise Conflict("catalogue.import.over")
    job.state, job.ended_at, job.problem = Import.State.STOPPED, now, "catalogue.drafting.stopped"
    job.problem_params = {"name": by.name}
    job.save(update_fields=["state", "ended_at", "problem", "problem_params"])
    _note(Event.IMPORT_STOPPED, by, job, {"done": job.done, "rows": job.total}, now)
    return job


def _locked(by: Actor, import_id: UUID | str) -> Import:
    found = queries.one_import(by, import_id)
    rules.may_edit(by, str(found.department_id)).require()
    return Import.objects.select_for_update(of=("self",)).select_related("column_map").get(pk=found.pk)


def _mappable(by: Actor, import_id: UUID | str) -> Import:
    job = _locked(by, import_id)
    if job.state != Import.State.MAPPING:
        raise Conflict("catalogue.import.under_way")
    return job


def _note(event: Event, by: Actor, job: Import, facts: dict[str, object], now: datetime) -> None:
    subject = Subject("catalogue.import", str(job.pk), job.name)
    enter(event=event, by=by, subject=subject, parties=[str(job.department_id)], facts=facts, at=now)


def carry_out_import(import_id: UUID | str, *, batches: int | None = None) -> None:
    """Every row not yet taken, a batch at a time; nothing when another worker has the job. `batches`: no more than so
    many, the job then waits for its next turn."""
    job = _taken(import_id)
    if job is None or job.column_map is None:
        return
    by, reading = actor_of(job.person), queries.reading_of(job.column_map)
    problem = ""
    try:
        rows = islice(queries.rows_of(job), job.done, None)
        while batch := list(islice(rows, BATCH)):
            if batches is not None and (batches := batches - 1) < 0:
                Import.objects.filter(pk=job.pk, state="running").update(state=Import.State.WAITING)
                return
            if not _batch(by, job, [(number, read_row(cells, reading)) for number, cells in batch]):
                return  # stopped by a person
    except ZampaError as error:
        problem = error.code
    now = utc_now()
    state = Import.State.STOPPED if problem else Import.State.DONE
    Import.objects.filter(pk=job.pk, state="running").update(state=state, ended_at=now, beat=now, problem=problem)


def _taken(import_id: UUID | str) -> Import | None:
    """The job, now this worker's: waiting, or running under a worker that has not been heard for a minute."""
    now = utc_now()
    with transaction.atomic():
        rows = Import.objects.select_for_update(of=("self",), skip_locked=True).select_related("column_map", "person")
        job = rows.filter(pk=import_id).first()
        if job is None or job.state not in ("waiting", "running"):
            return None
        if job.state == Import.State.RUNNING and job.beat and job.beat > now - DEAD:
            return None
        job.state, job.beat, job.started_at = Import.State.RUNNING, now, job.started_at or now
        job.save(update_fields=["state", "beat", "started_at"])
    return job


@act
def _batch(by: Actor, job: Import, rows: list[tuple[int, Read]]) -> bool:
    """One batch into drafts; False when a person stopped the job meanwhile."""
    now = utc_now()
    held = Import.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if held.state != Import.State.RUNNING:
        return False
    notes: list[ImportNote] = []
    nodes = _nodes(rows)
    names = {str(read.values.get("name", "")) for _number, read in rows}
    mine = Resource.objects.filter(provider_id=job.department_id, replaces=None, name__in=names)
    taken = set(mine.exclude(state="withdrawn").values_list("name", flat=True))
    made: list[Resource] = []
    items: list[Item] = []
    for number, read in rows:
        said = list(read.notes)
        name = str(read.values.get("name", ""))
        if not name or name in taken:
            code = "catalogue.import.name_there" if name else "catalogue.import.no_name"
            notes.append(ImportNote(job=job, row=number, field="name", text=name, code=code))
            continue
        taken.add(name)
        row = _resource(by, job, read, now)
        if (place := str(read.values.get("class_code", ""))) and not _stand(row, place, nodes):
            said.append(Note("class_code", place[:200], "catalogue.import.unknown_class"))
        made.append(row)
        items += [_item(row, at, one) for at, one in enumerate(read.items, start=1)]
        notes += [ImportNote(job=job, row=number, field=one.field, text=one.text, code=one.code) for one in said]
    Resource.objects.bulk_create(made)
    Item.objects.bulk_create(items, batch_size=2000)
    places = [
        Placement(resource=row, node=nodes[(row.code_scheme, row.class_code)], main=True)
        for row in made
        if row.class_code
    ]
    Placement.objects.bulk_create(places)
    ImportNote.objects.bulk_create(notes, batch_size=2000)
    held.done, held.made, held.noted = held.done + len(rows), held.made + len(made), held.noted + len(notes)
    held.skipped, held.beat = held.skipped + len(rows) - len(made), now
    held.save(update_fields=["done", "made", "noted", "skipped", "beat"])
    _note(Event.ROWS_IMPORTED, by, job, {"rows": len(rows), "drafts": len(made), "first": rows[0][0]}, now)
    return True


def _nodes(rows: Iterable[tuple[int, Read]]) -> dict[tuple[str, str], ClassNode]:
    """The classes this batch names, by scheme and code."""
    said = {_place(str(read.values["class_code"])) for _number, read in rows if read.values.get("class_code")}
    found = ClassNode.objects.filter(code__in={code for _scheme, code in said}, retired=False)
    return {(node.scheme, node.code): node for node in found}


def _place(text: str) -> tuple[str, str]:
    scheme, _colon, code = text.rpartition(":")
    return scheme or GUIDE, code


def _stand(row: Resource, text: str, nodes: Mapping[tuple[str, str], ClassNode]) -> bool:
    node = nodes.get(_place(text))
    if node is None:
        return False
    row.code_scheme, row.class_code, row.class_name = node.scheme, node.code, node.name
    return True


def _resource(by: Actor, job: Import, read: Read, now: datetime) -> Resource:
    plain = {n: v for n, v in read.values.items() if not n.startswith("extra.") and n != "class_code"}
    extra = {name[6:]: text for name, text in read.values.items() if name.startswith("extra.") and text}
    return Resource(
        provider_id=job.department_id, created_by_name=by.name, created_at=now, updated_at=now, extra=extra,
        name_key=name_key(str(plain["name"])), **{**UNSAID, **plain},
    )  # fmt: skip


def _item(row: Resource, at: int, name: str) -> Item:
    """Only its name was said."""
    return Item(resource=row, position=at, name=name, sensitivity="", sharing="", opening="")


def take_imports_up_again(now: datetime | None = None) -> int:
    """Queue the imports whose worker has not been heard for a minute; how many."""
    now = now or utc_now()
    waiting = Q(state="waiting", beat=None, asked_at__lt=now - DEAD) | Q(state="waiting", beat__lt=now - DEAD)
    lost = Import.objects.filter(waiting | Q(state="running", beat__lt=now - DEAD))
    return sum(defer(CARRY_OUT, once=f"import:{key}", import_id=str(key)) for key in lost.values_list("pk", flat=True))
