"""OpenLineage events: what ran, from which entry, to whom, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department


class LineageEvent(models.Model):
    """One event as it was emitted; `content` is the OpenLineage RunEvent as JSON, without addresses or values.

    `run` names the movement or check, `about` the delivery or entry whose job it is; `sent_at`: when it was taken.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("交付")
        CHECK = "check", _("质量检查")
        PROBE = "probe", _("数据源探测")

    class Type(models.TextChoices):
        START = "START", _("开始")
        COMPLETE = "COMPLETE", _("完成")
        FAIL = "FAIL", _("失败")
        ABORT = "ABORT", _("中止")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    type = models.CharField(max_length=10, choices=Type)
    run = models.UUIDField(db_index=True)
    about = models.UUIDField()
    resource = models.UUIDField()
    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    requester = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    content = models.JSONField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["resource", "kind", "-id"]),
            models.Index(fields=["id"], condition=Q(sent_at=None), name="lineage_to_send"),
        ]
