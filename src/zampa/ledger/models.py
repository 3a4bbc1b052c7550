"""Tables of the ledger. Records, positions, full tiles and checkpoints are only ever added; bodies may be deleted
when their retention ends, and the log still verifies, because it holds commitments to them and never themselves.

Body, Pending and Position are written here alone, in the transaction that writes or orders their record, so they carry
no foreign key in the database: checking one locks and rewrites the record, which costs more than entering it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from zampa.ground.ids import new_id


class Record(models.Model):
    """One act. `leaf` is the exact text that is hashed (contracts.evidence.Leaf); the columns repeat it for searching.

    `parties` holds department ids, and "region:CODE" for the region whose authority may read the body.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    cause = models.UUIDField(null=True)
    parties = ArrayField(models.CharField(max_length=80), default=list)
    leaf = models.TextField()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["subject_kind", "subject", "id"], name="records_of_subject"),
            models.Index(fields=["event", "id"], name="records_of_event"),
            models.Index(fields=["actor", "id"], name="records_of_actor"),
            models.Index(fields=["at"], name="records_by_time"),
            GinIndex(fields=["parties"], name="records_of_party"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    @property
    def number(self) -> int | None:
        """The place in the log, from 0; None while the record still waits for the sequencer."""
        position = getattr(self, "position", None)
        return position.number if position is not None else None


class Body(models.Model):
    """What the record says, and the salt of the commitment to it; deleting the row leaves the log whole."""

    record = models.OneToOneField(Record, models.CASCADE, primary_key=True, related_name="body", db_constraint=False)
    salt = models.BinaryField()
    content = models.TextField()


class Pending(models.Model):
    """A record that waits for its place; ids rise in the order of entering."""

    id = models.BigAutoField(primary_key=True)
    record = models.OneToOneField(Record, models.CASCADE, related_name="pending", db_constraint=False)


class Position(models.Model):
    """The place of a record in the log."""

    number = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(Record, models.PROTECT, related_name="position", db_constraint=False)


class Tile(models.Model):
    """Up to 256 hashes of one level: entry i of tile `index` at `level` covers 256**level leaves.

    `hashes` are SHA-256 and `twin` SM3, 32 bytes each, one after the other; only the last tile of a level grows.
    """

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    twin = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_a_place")]


class Checkpoint(models.Model):
    """A signed state of the log; `signed` is the envelope as JSON, the columns repeat it for searching."""

    epoch = models.PositiveIntegerField()
    size = models.BigIntegerField()
    at = models.DateTimeField()
    announces = models.CharField(max_length=120, blank=True)
    signed = models.TextField()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["epoch", "size"], name="checkpoints_by_size"),
            models.Index(fields=["announces", "id"], condition=~models.Q(announces=""), name="announcements"),
        ]


class Epoch(models.Model):
    """A stretch of the log between restores; `signed` names what was lost before it (see evidence.checkpoints)."""

    number = models.PositiveIntegerField(primary_key=True)
    size = models.BigIntegerField()
    opened_at = models.DateTimeField()
    signed = models.TextField()


class Restore(models.Model):
    """A return from an archive. While `ended_at` is empty the log is held: nothing is signed, because others may hold
    checkpoints beyond what came back. `told` is what they said: who -> the envelope they hold as JSON, or empty."""

    begun_at = models.DateTimeField()
    until = models.DateTimeField()
    told = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
