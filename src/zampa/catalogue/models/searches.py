"""What the search index has still to take in, and the searches people keep."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from zampa.ground.ids import new_id
from zampa.identity.models import Person


class Change(models.Model):
    """An entry changed in some way the index shows. Written by triggers, in the very transaction of the change, so that
    nothing that changes an entry can forget it.

    `number` is given after the commit, under a lock: whoever has read up to a number misses nothing below it, which a
    number drawn inside the transactions would not give. One row an entry is kept, the newest (`note_old_changes`).
    """

    id = models.BigAutoField(primary_key=True)
    resource_id = models.UUIDField()
    number = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(number=None), name="changes_without_number"),
            models.Index(fields=["resource_id", "number"]),
        ]


class SavedSearch(models.Model):
    """A search a person keeps and, with `notify`, is told of new hits of.

    `looked_to`: the newest publication told so far; `told`: entries told of that lie near it, so that one published by
    a transaction that ended late is neither missed nor told twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=200)
    words = models.CharField(max_length=200, blank=True)
    chosen = models.JSONField(default=dict, blank=True)
    notify = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    looked_to = models.DateTimeField()
    told = ArrayField(models.UUIDField(), default=list, blank=True)
    new_hits = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="one_saved_search_a_name")]

    def __str__(self) -> str:
        return self.name
