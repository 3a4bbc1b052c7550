"""What is asked of the ledger. Checkpoints and proofs are for everyone; records start from `readable`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Min, QuerySet

from zampa.contracts.actors import Actor
from zampa.contracts.book import Signed
from zampa.contracts.evidence import Body, Checkpoint, Leaf, Proof
from zampa.evidence import merkle
from zampa.evidence.checkpoints import read_checkpoint, root_bytes
from zampa.evidence.suites import HASHES, sha256
from zampa.evidence.tiles import TileKey, subtree_of, tiles_for
from zampa.ground.clock import utc_now
from zampa.ground.digests import b64, unb64
from zampa.ground.errors import Conflict, NotFound, NotValid
from zampa.ledger import models
from zampa.ledger.rules import may_read, reader_keys, reads_all


class Located(NamedTuple):
    """A record's place, its leaf as hashed, its path, and the signed state the path leads to."""

    number: int
    leaf: str
    proof: Proof
    checkpoint: Signed


def readable(actor: Actor) -> QuerySet[models.Record]:
    """The records whose bodies this actor may read, with their places, newest first."""
    found = models.Record.objects.select_related("position", "body")
    return found if reads_all(actor) else found.filter(parties__overlap=reader_keys(actor))


def record(actor: Actor, record_id: UUID | str) -> models.Record:
    """One record; NotFound when there is none or it is not for this actor."""
    try:
        return readable(actor).get(id=record_id)
    except (models.Record.DoesNotExist, ValueError) as error:
        raise NotFound("ledger.record.unknown") from error


def records_about(actor: Actor, kind: str, id: str | UUID) -> QuerySet[models.Record]:
    """The acts on a subject that this actor may read, newest first."""
    return readable(actor).filter(subject_kind=kind, subject=str(id))


def body_of(actor: Actor, record_: models.Record) -> Body | None:
    """What the record says; None once it has been deleted. NotAllowed to those who may not read it."""
    may_read(actor, record_.parties).require()
    held = getattr(record_, "body", None)
    return msgspec.json.decode(held.content, type=Body) if held is not None else None


def leaf_of(record_: models.Record) -> Leaf:
    return msgspec.json.decode(record_.leaf, type=Leaf)


def waiting() -> tuple[int, datetime | None]:
    """How many records wait for their place (counted up to 10,000), and since when the oldest does."""
    count = len(models.Pending.objects.values_list("id")[:10_000])
    oldest = models.Pending.objects.order_by("id")[:100].aggregate(at=Min("record__at"))["at"]
    return count, oldest


def sequencer_lag(now: datetime | None = None) -> float:
    """Seconds the oldest committed record has waited; 0 when none does. /readyz says no from 10 on."""
    oldest = waiting()[1]
    return max(0.0, ((now or utc_now()) - oldest).total_seconds()) if oldest else 0.0


def latest_checkpoint() -> Signed | None:
    """The newest signed state; None before the first record."""
    found = models.Checkpoint.objects.order_by("-id").first()
    return signed_of(found) if found else None


def signed_of(row: models.Checkpoint | models.Epoch) -> Signed:
    return msgspec.json.decode(row.signed, type=Signed)


def announcements() -> tuple[Signed, ...]:
    """The first checkpoint that announced each later signing key, oldest first: what trust in a newer key needs."""
    firsts = models.Checkpoint.objects.exclude(announces="").values("announces").annotate(first=Min("id"))
    rows = models.Checkpoint.objects.filter(id__in=[found["first"] for found in firsts]).order_by("id")
    return tuple(signed_of(row) for row in rows)


def epochs() -> tuple[Signed, ...]:
    """The signed statement of every epoch after the first."""
    return tuple(signed_of(row) for row in models.Epoch.objects.order_by("number"))


def checkpoint_covering(number: int) -> Signed | None:
    """The first checkpoint of the present epoch that covers record `number`; None while none does."""
    found = _covering(number)
    return signed_of(found) if found else None


def covered(record_id: UUID | str) -> bool:
    """Whether a signed checkpoint covers the record: what a gateway waits for before it deletes its trail."""
    return models.Position.objects.filter(record_id=record_id).exists()  # a place and its checkpoint come together


def proof_of(record_id: UUID | str, *, size: int | None = None) -> Located:
    """Where a record stands and the path to the newest checkpoint, or to the tree of `size`.

    NotFound when there is no such record; Conflict (ledger.record.waiting) while it has no place yet.
    """
    try:
        held = models.Record.objects.select_related("position").get(id=record_id)
    except (models.Record.DoesNotExist, ValueError) as error:
        raise NotFound("ledger.record.unknown") from error
    if held.number is None:
        raise Conflict("ledger.record.waiting")
    signed = latest_checkpoint() if size is None else checkpoint_of(size)
    if signed is None:
        raise Conflict("ledger.record.waiting")
    tree = read_checkpoint(signed).size
    return Located(held.number, held.leaf, Proof(index=held.number, size=tree, path=path_of(held.number, tree)), signed)


def checkpoint_of(size: int) -> Signed:
    """The checkpoint with exactly that size; NotFound when none was signed."""
    found = models.Checkpoint.objects.filter(size=size).order_by("-id").first()
    if found is None:
        raise NotFound("ledger.checkpoint.unknown", size=size)
    return signed_of(found)


def path_of(number: int, size: int, hash_name: str = "sha256") -> tuple[str, ...]:
    """The inclusion path of a place, as base64url; one query."""
    hash_ = HASHES[hash_name]
    tiles = _fetch(tiles_for(lambda ask: merkle.inclusion(ask, number, size)), hash_name)
    return tuple(b64(part) for part in merkle.inclusion(subtree_of(tiles, hash_), number, size, hash_))


def consistency(old: int, new: int, hash_name: str = "sha256") -> tuple[str, ...]:
    """The proof that the tree of `old` records begins the tree of `new`; NotValid outside the log."""
    if not 0 <= old <= new <= log_size():
        raise NotValid("evidence.merkle.outside", index=old, size=new)
    hash_ = HASHES[hash_name]
    tiles = _fetch(tiles_for(lambda ask: merkle.consistency(ask, old, new)), hash_name)
    return tuple(b64(part) for part in merkle.consistency(subtree_of(tiles, hash_), old, new, hash_))


def log_size() -> int:
    """How many records have their place."""
    found = models.Checkpoint.objects.order_by("-id").values_list("size", flat=True).first()
    return found or 0


def holds(located: Located) -> bool:
    """Whether the stored leaf leads to the root of its checkpoint: the check behind the page's mark."""
    checkpoint: Checkpoint = read_checkpoint(located.checkpoint)
    path = [unb64(part) for part in located.proof.path]
    leaf = merkle.leaf_hash(located.leaf.encode(), sha256)
    return merkle.verify_inclusion(leaf, located.proof.index, located.proof.size, path, root_bytes(checkpoint.root))


def _covering(number: int) -> models.Checkpoint | None:
    last = models.Checkpoint.objects.order_by("-id").first()
    if last is None or last.size <= number:
        return None
    return models.Checkpoint.objects.filter(epoch=last.epoch, size__gt=number).order_by("size", "id").first()


def _fetch(keys: set[TileKey], hash_name: str) -> dict[TileKey, bytes]:
    wanted = models.Tile.objects.none()
    for key in keys:
        wanted |= models.Tile.objects.filter(level=key.level, index=key.number)
    column = "hashes" if hash_name == "sha256" else "twin"
    rows = wanted.values_list("level", "index", column)
    return {TileKey(level, index): bytes(held) for level, index, held in rows}
