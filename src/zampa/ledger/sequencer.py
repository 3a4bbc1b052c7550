"""Putting records in order: the one place where a record gets its number and the log its signed state.

One round is one transaction under an advisory lock: take what has been committed, number it, extend the tiles, sign a
checkpoint. A crash anywhere leaves the round undone and the records waiting; two sequencers take turns and never meet.
Rounds start at least every half second while records wait, so a record is covered within a second of its commit.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction

from zampa.contracts.evidence import Checkpoint
from zampa.evidence.checkpoints import announcement, sign_checkpoint
from zampa.evidence.suites import key_id, sha256, sm3
from zampa.evidence.tiles import Edge, TileKey, last_tiles
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import ZampaError
from zampa.ledger import models
from zampa.ledger.keys import next_key, signing_key

LOCK = 0x5A616D7061  # "Zampa"; one lock a database
ROUND = 20_000  # records a round takes at most
POLL = 0.1
PACE = 0.5
log = logging.getLogger(__name__)


def sequence_pending(now: datetime | None = None) -> int:
    """Order everything committed so far, waiting for another sequencer to finish; how many records were placed."""
    total = 0
    while placed := _round(now, wait=True):
        total += placed
    return total


def run_forever(stop: threading.Event) -> None:
    """The loop of the worker process; ends soon after `stop` is set. It waits out a silent database or locked key."""
    said, started = "", 0.0
    while not stop.is_set():
        try:
            rest = PACE - (time.monotonic() - started)
            if rest > 0 and stop.wait(rest):
                break
            began = time.monotonic()
            placed = _round(None, wait=False) if models.Pending.objects.exists() else 0
            started = began if 0 < placed < ROUND else 0.0
            said = ""
        except (DatabaseError, ZampaError, OSError) as error:
            if str(error) != said:
                log.exception("the sequencer waits")
            said, started = str(error), time.monotonic()
        finally:
            close_old_connections()
        stop.wait(POLL)
    connection.close()


def _round(now: datetime | None, *, wait: bool) -> int:
    """One round; how many records it placed: 0 when none wait or another sequencer is at it."""
    with transaction.atomic():
        if not _lock(wait) or held():
            return 0
        pending = list(
            models.Pending.objects.order_by("id").values_list("id", "record_id", "record__leaf")[:ROUND]
        )
        if not pending:
            return 0
        last = models.Checkpoint.objects.order_by("-id").first()
        size, epoch = (last.size, last.epoch) if last else (0, 0)
        _place(size, [record for _, record, _ in pending])
        leaves = [b"\x00" + text.encode() for _, _, text in pending]
        roots = _extend(size, leaves)
        _take_out([id_ for id_, _, _ in pending])
        moment = now or utc_now()
        sign_state(epoch, size + len(leaves), roots, max(moment, last.at) if last else moment)
    return len(pending)


def sign_state(epoch: int, size: int, roots: tuple[bytes, bytes], at: datetime) -> models.Checkpoint:
    """Sign and keep a checkpoint over the first `size` records; inside the transaction that placed them."""
    key, following = signing_key(), next_key()
    checkpoint = Checkpoint(
        origin=settings.ZAMPA_INSTALLATION,
        epoch=epoch,
        size=size,
        root=f"sha256:{b64(roots[0])}",
        at=iso(at),
        suite=settings.ZAMPA_SUITE,
        twin_root=f"sm3:{b64(roots[1])}",
        announces=announcement(following) if following and key_id(following) != key_id(key.public) else "",
    )
    signed = msgspec.json.encode(sign_checkpoint(checkpoint, key)).decode()
    return models.Checkpoint.objects.create(
        epoch=epoch, size=size, at=at, announces=checkpoint.announces, signed=signed
    )


def held() -> bool:
    """Whether a restore waits for what others know: until it has ended nothing gets a place and nothing is signed."""
    return models.Restore.objects.filter(ended_at=None).exists()


def hold_the_log() -> None:
    """Keep every sequencer out until the running transaction ends."""
    _lock(wait=True)


def edges(size: int) -> tuple[Edge, Edge]:
    """The right edges of both trees at the log's present size, from the stored tiles."""
    stored = models.Tile.objects.none()
    for key in last_tiles(size):
        stored |= models.Tile.objects.filter(level=key.level, index=key.number)
    rows = {TileKey(row.level, row.index): row for row in stored}
    return (
        Edge(sha256, size, {key: bytes(row.hashes) for key, row in rows.items()}),
        Edge(sm3, size, {key: bytes(row.twin) for key, row in rows.items()}),
    )


def _lock(wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _place(size: int, records: list[object]) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY ledger_position (number, record_id) FROM STDIN") as rows:
        for number, record in enumerate(records, start=size):
            rows.write_row((number, record))


def _take_out(pending: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pending WHERE id = ANY(%s)", [pending])


def _extend(size: int, leaves: list[bytes]) -> tuple[bytes, bytes]:
    """Hash the leaves into both trees, keep the tiles that changed, and give the new roots."""
    main, twin = edges(size)
    tiles = main.append([sha256(leaf) for leaf in leaves])
    twins = twin.append([sm3(leaf) for leaf in leaves])
    models.Tile.objects.bulk_create(
        [models.Tile(level=k.level, index=k.number, hashes=tile, twin=twins[k]) for k, tile in tiles.items()],
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes", "twin"],
    )
    return main.root(), twin.root()
