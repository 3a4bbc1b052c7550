"""What gateways wrote of their calls: whole segments as signed, and a row a call for the lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.exchange.models.gateways import Gateway
from zampa.ground.ids import new_id


class TrailSegment(models.Model):
    """A stretch of a gateway's trail; `content` is the signed envelope, compressed, `record` its ledger record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="segments")
    epoch = models.CharField(max_length=64)
    first = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=100)
    opened = models.DateTimeField()
    closed = models.DateTimeField()
    received_at = models.DateTimeField()
    record = models.UUIDField()
    content = models.BinaryField()

    class Meta:
        ordering = ("gateway_id", "epoch", "first")
        constraints = [models.UniqueConstraint(fields=["gateway", "epoch", "first"], name="one_segment_a_place")]


class CallRow(models.Model):
    """One call. Departments and grant by value, so that a refused call before any grant was known is a row too."""

    class Outcome(models.TextChoices):
        OPEN = "", _("未结束")
        ANSWERED = "answered", _("已应答")
        REFUSED = "refused", _("已拒绝")
        PROVIDER_FAILED = "provider_failed", _("提供方异常")
        CONSUMER_GONE = "consumer_gone", _("调用方断开")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="calls")
    call = models.CharField(max_length=64)
    at = models.DateTimeField()
    grant = models.UUIDField(null=True, blank=True)
    grant_number = models.CharField(max_length=20, blank=True)
    resource = models.UUIDField(null=True, blank=True)
    requester = models.UUIDField(null=True, blank=True)
    provider = models.UUIDField(null=True, blank=True)
    provider_region = models.CharField(max_length=12, blank=True)
    consumer = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=8, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default="", blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=100, blank=True)
    alarm = models.CharField(max_length=100, blank=True)
    rows = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    opened_segment = models.ForeignKey(TrailSegment, models.PROTECT, null=True, related_name="+")
    opened_index = models.PositiveIntegerField(default=0)
    closed_segment = models.ForeignKey(TrailSegment, models.PROTECT, null=True, related_name="+")
    closed_index = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [models.UniqueConstraint(fields=["gateway", "call"], name="one_row_a_call")]
        indexes = [
            models.Index(fields=["grant", "-at"], condition=Q(grant__isnull=False), name="calls_of_grant"),
            models.Index(fields=["requester", "-at"]),
            models.Index(fields=["provider", "-at"]),
        ]
