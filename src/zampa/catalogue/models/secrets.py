"""Words an authority added to those the product carries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zampa.ground.ids import new_id


class SecretWord(models.Model):
    """A word or marking that keeps an entry out. Rows are never changed: one is withdrawn, another added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    word = models.CharField(max_length=100)
    reason = models.CharField(max_length=300)
    added_by_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("word",)
        constraints = [models.UniqueConstraint(fields=["word"], condition=Q(withdrawn_at=None), name="one_secret_word")]

    def __str__(self) -> str:
        return self.word
