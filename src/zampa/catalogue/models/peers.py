"""Other platforms: what each writes for the words that are canonical here."""

from __future__ import annotations

from django.db import models


class Peer(models.Model):
    """A platform whose catalogue comes in or whose codes ours goes out in."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class PeerCode(models.Model):
    """`code` of a platform stands for our `value` of `field`; of several for one value the first goes out.

    `mark`: FACT where it was read in that platform's own source, OPEN where a person stated it here."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="codes")
    field = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    value = models.CharField(max_length=40)
    mark = models.CharField(max_length=8, default="OPEN")
    stated_by_name = models.CharField(max_length=100)
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ("peer", "field", "id")
        constraints = [models.UniqueConstraint(fields=["peer", "field", "code"], name="one_peer_code")]
