"""The log as a file (evidence.logs): hashes for everyone, bodies for the audit administrator."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from django.conf import settings
from django.db import connection

from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.contracts.evidence import LOG_FORMAT
from zampa.evidence.logs import (
    CheckpointLine,
    Contents,
    EpochLine,
    Line,
    LogHeader,
    RecordLine,
    write_header,
    write_lines,
)
from zampa.evidence.merkle import HASH_BYTES
from zampa.evidence.tiles import WIDTH
from zampa.ground.clock import iso, utc_now
from zampa.ground.errors import ZampaError
from zampa.ledger import keys, models
from zampa.ledger.acts import act, enter
from zampa.ledger.events import Event
from zampa.ledger.queries import log_size, signed_of
from zampa.ledger.rules import may_export_bodies

BATCH = 4096  # records read at a time; a multiple of a tile
_BODIES = (
    "SELECT p.number, r.leaf, b.salt, b.content FROM ledger_position p JOIN ledger_record r ON r.id = p.record_id"
    " LEFT JOIN ledger_body b ON b.record_id = r.id WHERE p.number >= %s AND p.number < %s ORDER BY p.number"
)


def export_hashes(file: IO[bytes]) -> int:
    """Write the log's hashes and signed states, up to its newest checkpoint; how many records."""
    return _export(file, "hashes")


@act
def export_bodies(*, by: Actor, file: IO[bytes]) -> int:
    """Write the log with what its records say; itself an act that the ledger keeps. How many records."""
    may_export_bodies(by).require()
    count = _export(file, "bodies")
    subject = Subject("ledger.log", settings.ZAMPA_INSTALLATION)
    enter(event=Event.BODIES_EXPORTED, by=by, subject=subject, facts={"records": count})
    return count


def _export(file: IO[bytes], contents: Contents) -> int:
    size = log_size()
    header = LogHeader(
        format=LOG_FORMAT,
        origin=settings.ZAMPA_INSTALLATION,
        contents=contents,
        made=iso(utc_now()),
        keys=tuple(key.text for key in keys.anchors()),
    )
    write_header(file, header)
    states = _states(size)
    coming = next(states, None)
    for start in range(0, max(size, 1), BATCH):
        end = min(start + BATCH, size)
        lines: list[Line] = []
        for number, record in enumerate(_records(contents, start, end), start=start):
            while coming is not None and coming[0] <= number:
                lines.append(coming[1])
                coming = next(states, None)
            lines.append(record)
        write_lines(file, lines)
    while coming is not None:
        write_lines(file, [coming[1]])
        coming = next(states, None)
    return size


def _records(contents: Contents, start: int, end: int) -> Iterator[RecordLine]:
    return _bodies(start, end) if contents == "bodies" else _hashes(start, end)


def _states(size: int) -> Iterator[tuple[int, Line]]:
    """Signed states with the size each stands at, in the log's order: an epoch's statement before what it signed.

    One at a time: a busy log signs some ten million a year.
    """
    epochs = list(models.Epoch.objects.filter(size__lte=size).order_by("number"))
    for row in models.Checkpoint.objects.filter(size__lte=size).order_by("id").iterator(chunk_size=BATCH):
        while epochs and epochs[0].number <= row.epoch:
            opened = epochs.pop(0)
            yield opened.size, EpochLine(signed=signed_of(opened))
        yield row.size, CheckpointLine(signed=signed_of(row))


def leaf_hashes(start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """The leaf hashes of places [start, end) and their SM3 twins, from the tiles."""
    tiles = models.Tile.objects.filter(level=0, index__gte=start // WIDTH, index__lt=-(-end // WIDTH)).order_by("index")
    for tile in tiles:
        hashes, twin, first = bytes(tile.hashes), bytes(tile.twin), tile.index * WIDTH
        for place in range(max(start, first) - first, min(end, first + WIDTH) - first):
            at = slice(place * HASH_BYTES, (place + 1) * HASH_BYTES)
            yield hashes[at], twin[at]


def _hashes(start: int, end: int) -> Iterator[RecordLine]:
    for number, (hash_, twin) in enumerate(leaf_hashes(start, end), start=start):
        yield RecordLine(n=number, hash=hash_, twin=twin)


def _bodies(start: int, end: int) -> Iterator[RecordLine]:
    """Stored hashes beside stored texts, so that a reader finds where the two differ."""
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [start, end])
        rows = cursor.fetchall()
    hashes = dict(enumerate(leaf_hashes(start, end), start=start))
    for number, leaf, salt, content in rows:
        hash_, twin = hashes[number]
        told = msgspec.Raw(leaf.encode())
        if salt is None:
            yield RecordLine(n=number, hash=hash_, twin=twin, leaf=told)
            continue
        body = msgspec.Raw(content.encode())
        yield RecordLine(n=number, hash=hash_, twin=twin, leaf=told, salt=bytes(salt), body=body)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="zampa ledger")
    commands = made.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write the log to a file that `zampa verify` checks")
    export.add_argument("file", type=Path)
    what = export.add_mutually_exclusive_group(required=True)
    what.add_argument("--hashes", action="store_true", help="leaf hashes and signed checkpoints: fit for everyone")
    what.add_argument("--bodies", action="store_true", help="with what the records say: for the audit")
    anchors = commands.add_parser("anchors", help="write the public keys that `zampa verify --trust` takes")
    anchors.add_argument("file", type=Path)
    checkpoint = commands.add_parser("checkpoint", help="write the newest signed checkpoint, for `verify --since`")
    checkpoint.add_argument("file", type=Path)
    return made


def main(argv: list[str], by: Actor = SYSTEM) -> int:
    """`zampa ledger ...`; whoever runs it stands at the machine, and an export of bodies is entered all the same."""
    given = parser().parse_args(argv)
    try:
        if given.command == "anchors":
            given.file.write_text("".join(f"{key.text}\n" for key in keys.anchors()), encoding="utf-8")
            return 0
        if given.command == "checkpoint":
            return _write_checkpoint(given.file)
        count = _to_file(given.file, by if given.bodies else None)
    except (OSError, ZampaError) as error:
        sys.stderr.write(f"zampa ledger: {error}\n")
        return 1
    sys.stdout.write(f"{given.file}: {count:,} records\n")
    return 0


def _write_checkpoint(path: Path) -> int:
    last = models.Checkpoint.objects.order_by("-id").first()
    if last is None:
        sys.stderr.write("zampa ledger: nothing is signed yet\n")
        return 1
    path.write_text(last.signed + "\n", encoding="utf-8")
    return 0


def _to_file(path: Path, by: Actor | None) -> int:
    """A file that is whole or not there; bodies are readable by their owner only."""
    draft = path.with_name(f".{path.name}.part")
    mode = 0o600 if by is not None else 0o644
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            count = export_bodies(by=by, file=file) if by is not None else export_hashes(file)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count
