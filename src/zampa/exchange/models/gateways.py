"""The gateways: who they are, the books they were given, how far their trails have come in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Gateway(models.Model):
    """网关. `department` is empty for a gateway of the centre. Numbers only rise: `book_number` never goes back."""

    class State(models.TextChoices):
        LIVE = "live", _("在用")
        RETIRED = "retired", _("已停用")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="gateways")
    address = models.CharField(max_length=300, blank=True)
    sign_public = models.CharField(max_length=200)
    sign_key_id = models.CharField(max_length=100, unique=True)
    seal_public = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    book_minutes = models.PositiveIntegerField(default=720)
    book_number = models.PositiveIntegerField(default=0)
    has_book = models.PositiveIntegerField(default=0)
    epoch = models.CharField(max_length=64, blank=True)
    accepted_through = models.BigIntegerField(default=-1)
    enrolled_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)
    trail_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class GatewayToken(models.Model):
    """A one-time token to enrol one gateway; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    made_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, blank=True, related_name="tokens")


class GatewayBook(models.Model):
    """One issued grant book. `envelope` is the signed text as sent; `facts` the digest of what it was made from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="books")
    number = models.PositiveIntegerField()
    facts = models.CharField(max_length=64)
    grants = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    envelope = models.JSONField()

    class Meta:
        ordering = ("gateway_id", "-number")
        constraints = [models.UniqueConstraint(fields=["gateway", "number"], name="one_book_a_number")]
