"""采集填报: what departments ask people for, so that nothing is asked for that is shared already."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.resources import Item, Resource
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Collection(models.Model):
    """One form or survey by which a department collects data.

    `feeds`: the entry that what is collected goes into. `overlaps`: rules.collections.Overlap as the check found them
    when it was registered; `plea`: why it is collected all the same, `ruling`: what the authority said to that.
    """

    class Whom(models.TextChoices):
        PERSONS = "persons", _("群众")
        ENTERPRISES = "enterprises", _("企业")
        ORGANISATIONS = "organisations", _("事业单位和社会组织")
        GRASSROOTS = "grassroots", _("乡镇村居等基层")
        DEPARTMENTS = "departments", _("其他部门")

    class Channel(models.TextChoices):
        COUNTER = "counter", _("窗口")
        ONLINE = "online", _("网上填报")
        MOBILE = "mobile", _("移动应用")
        PAPER = "paper", _("纸质表格")
        VISIT = "visit", _("入户走访")
        DEVICE = "device", _("设备自动采集")

    class Period(models.TextChoices):
        ONCE = "once", _("一次性")
        DAILY = "daily", _("每日")
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")
        QUARTERLY = "quarterly", _("每季度")
        YEARLY = "yearly", _("每年")
        ON_EVENT = "on_event", _("按事项办理时")

    class State(models.TextChoices):
        ASKED = "asked", _("待主管部门裁定")
        ACTIVE = "active", _("已登记")
        REFUSED = "refused", _("不予登记")
        ENDED = "ended", _("已停止")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="collections")
    basis = models.CharField(max_length=500)
    whom = models.CharField(max_length=16, choices=Whom)
    asked_whom = models.CharField(max_length=300)
    channel = models.CharField(max_length=12, choices=Channel)
    period = models.CharField(max_length=12, choices=Period)
    feeds = models.ForeignKey(Resource, models.SET_NULL, null=True, blank=True, related_name="fed_by")
    state = models.CharField(max_length=10, choices=State)
    overlaps = models.JSONField(default=list, blank=True)
    plea = models.TextField(blank=True)
    ruling = models.TextField(blank=True)
    ruled_by_name = models.CharField(max_length=100, blank=True)
    created_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["department", "state"])]

    def __str__(self) -> str:
        return self.name


class CollectedItem(models.Model):
    """One thing asked for; `source`: the catalogue's item it is taken from instead, so that nobody is asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    element = models.CharField(max_length=40, blank=True)
    source = models.ForeignKey(Item, models.SET_NULL, null=True, blank=True, related_name="+")
    source_name = models.CharField(max_length=400, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("collection_id", "position")
