"""Entering acts in the ledger.

`@act` opens the transaction in which an act of any room checks, writes and enters its record: all of it or nothing. A
refusal that leaves the outermost act is itself a record, made after the rollback in its own transaction (design 4.1).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import NamedTuple, ParamSpec, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from zampa.contracts.actors import Actor, Subject
from zampa.contracts.evidence import LOG_FORMAT, Body, Leaf
from zampa.evidence.commitments import commit, new_salt
from zampa.evidence.suites import suite
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import canonical
from zampa.ground.errors import Conflict, NotAllowed, NotValid, ZampaError
from zampa.ground.ids import new_id
from zampa.ledger import models
from zampa.ledger.events import Event

P = ParamSpec("P")
R = TypeVar("R")
RECORD = ("id", "at", "event", "actor_kind", "actor", "subject_kind", "subject", "cause", "parties", "leaf")
COPY_FROM = 50  # records from which COPY beats INSERT
_depth: ContextVar[int] = ContextVar("ledger_act_depth", default=0)
_leaf = msgspec.json.Encoder(order="sorted")
log = logging.getLogger(__name__)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A record to be entered; the fields are the arguments of `enter`."""

    event: str
    by: Actor
    subject: Subject
    parties: Sequence[str] = ()
    regions: Sequence[str] = ()
    told: bool = True
    facts: Mapping[str, object] | None = None
    cause: UUID | None = None
    at: datetime | None = None


def act(function: Callable[P, R]) -> Callable[P, R]:
    """An act: one transaction around it; its refusal is entered when it leaves the outermost act."""

    @wraps(function)
    def performed(*args: P.args, **kwargs: P.kwargs) -> R:
        outermost = _depth.get() == 0
        token = _depth.set(_depth.get() + 1)
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except (NotAllowed, NotValid, Conflict) as error:
            if outermost:
                _enter_refusal(function, kwargs, error)
            raise
        finally:
            _depth.reset(token)

    return performed


def enter(
    *,
    event: str,
    by: Actor,
    subject: Subject,
    parties: Iterable[str] = (),
    regions: Iterable[str] = (),
    told: bool = True,
    facts: Mapping[str, object] | None = None,
    cause: UUID | None = None,
    at: datetime | None = None,
) -> UUID:
    """Enter one record in the running transaction; the sequencer gives it its place within a second of the commit.

    `parties`: ids of departments that may read the body (the actor's own is added); `regions`: codes of the regions
    whose authority may (the provider's). `told` False: those who may read are not named in the body, since they are
    strangers to each other (a trail segment holds the calls of many). `facts`: JSON without floats and without values
    of personal items. Returns the record's id; TypeError when a fact cannot be written.
    """
    made = Entry(
        event=event, by=by, subject=subject, parties=tuple(parties), regions=tuple(regions),
        told=told, facts=facts, cause=cause, at=at,
    )
    return enter_many([made])[0]


def enter_many(entries: Sequence[Entry]) -> list[UUID]:
    """Enter many records in the running transaction, in this order; their ids in the same order."""
    now = utc_now()
    hash_name = suite(settings.ZAMPA_SUITE).hash_name
    made = [_prepare(entry, now, hash_name) for entry in entries]  # before the transaction: it may refuse
    with transaction.atomic():
        if len(made) >= COPY_FROM:
            _copy(made)
        else:
            _insert(made)
    return [made_.record[0] for made_ in made]


class _RisingIds:
    """Ids that rise within a process even inside a millisecond (RFC 9562 6.2), so that lists keep the order of acts."""

    def __init__(self) -> None:
        self._lock, self._last = Lock(), 0

    def next(self) -> UUID:
        with self._lock:
            fresh = new_id().int
            if fresh <= self._last:
                fresh = self._last + 1 + secrets.randbits(32)
            self._last = fresh
        return UUID(int=fresh)


_ids = _RisingIds()


class _Made(NamedTuple):
    """The rows of an entry: the record's columns in the order of RECORD, the body's salt and content."""

    record: tuple[UUID, datetime, str, str, str, str, str, UUID | None, list[str], str]
    salt: bytes
    content: str


def _prepare(entry: Entry, now: datetime, hash_name: str) -> _Made:
    """An entry's rows: its leaf commits to its body."""
    parties = {str(party) for party in (*entry.parties, entry.by.department) if party}
    parties |= {f"region:{code}" for code in entry.regions if code}
    body = Body(
        actor_name=entry.by.name,
        department=entry.by.department,
        subject_name=entry.subject.name,
        parties=tuple(sorted(parties)) if entry.told else (),
        facts=dict(entry.facts or {}),
    )
    content, salt, id_ = canonical(msgspec.to_builtins(body)), new_salt(), _ids.next()
    leaf = Leaf(
        format=LOG_FORMAT,
        id=str(id_),
        at=iso(entry.at or now),
        event=str(entry.event),
        actor_kind=entry.by.kind,
        actor=entry.by.id,
        subject_kind=entry.subject.kind,
        subject=entry.subject.id,
        commitment=commit(salt, content, hash_name),
        cause=str(entry.cause or ""),
    )
    record = (
        id_, entry.at or now, leaf.event, leaf.actor_kind, leaf.actor, leaf.subject_kind, leaf.subject, entry.cause,
        sorted(parties), _leaf.encode(leaf).decode(),
    )  # fmt: skip
    return _Made(record, salt, content.decode())


def _insert(made: Sequence[_Made]) -> None:
    records = [models.Record(**dict(zip(RECORD, row.record, strict=True))) for row in made]
    pairs = list(zip(records, made, strict=True))
    models.Record.objects.bulk_create(records)
    models.Body.objects.bulk_create(
        [models.Body(record=record, salt=row.salt, content=row.content) for record, row in pairs]
    )
    models.Pending.objects.bulk_create([models.Pending(record=record) for record in records])


def _copy(made: Sequence[_Made]) -> None:
    """The same rows by COPY: the path of trail segments, imports and the benchmark."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY ledger_record ({', '.join(RECORD)}) FROM STDIN") as rows:
            for row in made:
                rows.write_row(row.record)
        with cursor.copy("COPY ledger_body (record_id, salt, content) FROM STDIN") as rows:
            for row in made:
                rows.write_row((row.record[0], row.salt, row.content))
        with cursor.copy("COPY ledger_pending (record_id) FROM STDIN") as rows:
            for row in made:
                rows.write_row((row.record[0],))


def _enter_refusal(function: Callable[..., object], given: Mapping[str, object], error: ZampaError) -> None:
    """Keep who was refused what and by which rule; a ledger that cannot be reached must not hide the refusal itself."""
    by = given.get("by")
    if not isinstance(by, Actor):
        return
    room = function.__module__.split(".")[1]
    facts = {
        "error": type(error).__name__,
        "code": error.code,
        "params": {name: _plain(value) for name, value in error.params.items()},
        "faults": [{"where": fault.where, "code": fault.code} for fault in error.faults],
        "ids": {name: str(value) for name, value in given.items() if name.endswith("_id") and value is not None},
    }
    subject, now = Subject(f"{room}.act", function.__name__), given.get("now")
    at = now if isinstance(now, datetime) else None
    try:
        enter(event=Event.ACT_REFUSED, by=by, subject=subject, facts=facts, at=at)
    except DatabaseError:
        log.exception("a refusal could not be entered: %s", error.code)


def _plain(value: object) -> object:
    """A parameter of an error as a fact: whole numbers and truth stay, everything else is text."""
    return value if value is None or isinstance(value, (bool, int)) else str(value)[:200]
