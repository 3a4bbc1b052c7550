"""What was allowed: which fields, masked how, which rows, how often, until when. No grant, no data."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Resource
from zampa.catalogue.rules.entries import TYPE_LETTERS
from zampa.census.models import Connection, System
from zampa.exchange.models.gateways import Gateway
from zampa.exchange.models.requests import Request, Way
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Grant(models.Model):
    """授权. `sealed_mask_key` opens with the master key only.

    `gateway` is the one gateway that owns it; `in_book` the number of the first book of that gateway to name it.
    `free_at`: no other gateway serves it before, because the one it left may still hold a valid book that names it.
    `left` is the gateway it was moved away from, `left_book` the last book that named it there: once that gateway
    holds a later one, the grant is free at once.
    """

    class State(models.TextChoices):
        LIVE = "live", _("有效")
        SUSPENDED = "suspended", _("已暂停")
        REVOKED = "revoked", _("已撤销")
        EXPIRED = "expired", _("已到期")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    request = models.OneToOneField(Request, models.PROTECT, related_name="grant")
    requester = models.ForeignKey(Department, models.PROTECT, related_name="grants_held")
    provider = models.ForeignKey(Department, models.PROTECT, related_name="grants_given")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="grants")
    system = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="grants")
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, blank=True, related_name="grants")
    free_at = models.DateTimeField(null=True, blank=True)
    left = models.ForeignKey(Gateway, models.PROTECT, null=True, blank=True, related_name="+")
    left_book = models.PositiveIntegerField(default=0)
    in_book = models.PositiveIntegerField(null=True, blank=True)
    actions = ArrayField(models.CharField(max_length=8, choices=Way))
    purpose = models.TextField()
    row_filter = models.JSONField(null=True, blank=True)
    quota_per_day = models.PositiveIntegerField(default=0)
    rate_per_minute = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sealed_mask_key = models.TextField()
    destination = models.ForeignKey(Connection, models.PROTECT, null=True, blank=True, related_name="+")
    destination_schema = models.CharField(max_length=63, blank=True)
    destination_table = models.CharField(max_length=63, blank=True)
    file_format = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.LIVE)
    granted_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=100, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="grant_times_in_order")]
        indexes = [
            models.Index(fields=["requester", "state"]),
            models.Index(fields=["provider", "state"]),
            models.Index(fields=["gateway"], condition=Q(state="live"), name="live_grants_of_gateway"),
        ]

    def __str__(self) -> str:
        return self.number

    def serves_at(self, now: datetime) -> bool:
        return self.state == self.State.LIVE and self.starts_at <= now < self.ends_at


class GrantField(models.Model):
    """A granted item: `name` as delivered, `column` at the source, shown behind `mask`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="fields")
    item = models.UUIDField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    column = models.CharField(max_length=200)
    type = models.CharField(max_length=20)
    key = models.BooleanField(default=False)
    mask = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["grant", "name"], name="one_field_a_name_of_a_grant")]

    @property
    def short_type(self) -> str:
        """The type as the catalogue spells it, such as C18."""
        return TYPE_LETTERS.get(self.type, self.type)
