"""The entrance's own rows: lists too long to wait for, written to files by a job."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zampa.ground.ids import new_id
from zampa.identity.models import Person


class Export(models.Model):
    """A list as one person saw it: `address` is the list's own, with its filters, so that the job asks again what
    this person may see at that moment. The file is `id`.`kind` in the exports folder until `until`."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    address = models.TextField()
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "address"], condition=Q(state="waiting"), name="one_waiting_export_a_list"
            )
        ]
