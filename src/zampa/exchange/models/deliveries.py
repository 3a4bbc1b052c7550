"""How the data got there: one row each time a grant is delivered by table or file, one for its interface."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.exchange.models.grants import Grant
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Delivery(models.Model):
    """交付. An interface is delivered when the gateway holds the book that names its grant."""

    class Kind(models.TextChoices):
        API = "api", _("接口")
        TABLE = "table", _("库表")
        FILE = "file", _("文件")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待交付")
        RUNNING = "running", _("交付中")
        DONE = "done", _("已交付")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="deliveries")
    requester = models.ForeignKey(Department, models.PROTECT, related_name="deliveries_received")
    provider = models.ForeignKey(Department, models.PROTECT, related_name="deliveries_made")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    run = models.UUIDField(null=True, blank=True, db_index=True)
    first = models.BooleanField(default=False)
    due = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=100)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.BigIntegerField(default=0)
    rows_written = models.BigIntegerField(default=0)
    rows_bad = models.BigIntegerField(default=0)
    digest_sent = models.CharField(max_length=100, blank=True)
    digest_stored = models.CharField(max_length=100, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["requester", "state"]),
            models.Index(fields=["provider", "state"]),
        ]

    def __str__(self) -> str:
        return self.number

    def late_at(self, now: datetime) -> bool:
        return self.due is not None and (self.finished_at or now) >= self.due
