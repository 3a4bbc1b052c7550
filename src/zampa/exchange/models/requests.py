"""What one department asks of another: Order 809 art. 20's five elements, item by item, with the papers behind them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Resource
from zampa.catalogue.rules.entries import TYPE_LETTERS
from zampa.census.models import Connection, System
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Way(models.TextChoices):
    """共享方式: how the data is to be had. The first three go through a gateway, the last two are runs."""

    QUERY = "query", _("接口查询")
    VERIFY = "verify", _("接口核验")
    PASS = "pass", _("接口直通")
    TABLE = "table", _("库表交换")
    FILE = "file", _("文件下载")


class Numbering(models.Model):
    """The last number given of a kind in a year. A row, not a sequence object: no gaps, and a backup carries it."""

    kind = models.CharField(max_length=1)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_numbering_a_year")]


class Request(models.Model):
    """申请. `basis`, `scenario`, `scope`, `ways` and the two dates are the five elements."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待申请方负责人签发")
        SIGNED = "signed", _("待提供方审批")
        UNDER_REVIEW = "under_review", _("提供方办理中")
        RETURNED = "returned", _("退回补正")
        GRANTED = "granted", _("已授权")
        REFUSED = "refused", _("不予共享")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Sharing(models.TextChoices):
        UNCONDITIONAL = "unconditional", _("无条件共享")
        CONDITIONAL = "conditional", _("有条件共享")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    requester = models.ForeignKey(Department, models.PROTECT, related_name="requests_made")
    provider = models.ForeignKey(Department, models.PROTECT, related_name="requests_received")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="requests")
    resource_version = models.PositiveIntegerField(default=1)
    sharing = models.CharField(max_length=16, choices=Sharing)
    system = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="requests")
    basis = models.TextField(blank=True)
    scenario = models.TextField(blank=True)
    scope = models.TextField(blank=True)
    ways = ArrayField(models.CharField(max_length=8, choices=Way), default=list, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    calls_per_day = models.PositiveIntegerField(default=0)
    calls_per_minute = models.PositiveIntegerField(default=0)
    row_filter = models.JSONField(null=True, blank=True)
    destination = models.ForeignKey(Connection, models.PROTECT, null=True, blank=True, related_name="+")
    destination_schema = models.CharField(max_length=63, blank=True)
    destination_table = models.CharField(max_length=63, blank=True)
    file_format = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    drafted_by = models.CharField(max_length=64)
    drafted_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by_name = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=100, blank=True)
    by_standing_decision = models.BooleanField(default=False)
    missing = models.JSONField(default=list, blank=True)
    missing_told_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by_name = models.CharField(max_length=100, blank=True)
    held_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(requester=F("provider")), name="nobody_asks_themselves"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="request_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["requester", "state"]),
            models.Index(fields=["provider", "state"]),
        ]

    def __str__(self) -> str:
        return self.number


class RequestItem(models.Model):
    """One item asked for, as the entry described it when the request was made, with the provider's word on it."""

    class Decision(models.TextChoices):
        OPEN = "open", _("待定")
        YES = "yes", _("同意")
        NO = "no", _("不予")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, models.CASCADE, related_name="items")
    item = models.UUIDField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    column = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=20)
    length = models.PositiveIntegerField(null=True, blank=True)
    key = models.BooleanField(default=False)
    sensitivity = models.CharField(max_length=20, blank=True)
    sharing = models.CharField(max_length=16, blank=True)
    path = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    mask = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["request", "item"], name="one_row_an_item_of_a_request")]

    @property
    def short_type(self) -> str:
        """The type as the catalogue spells it, such as C18."""
        return TYPE_LETTERS.get(self.type, self.type) + str(self.length or "")


class Paper(models.Model):
    """依据与材料: a file by its SHA-256; the bytes lie once under the files folder, whoever attached them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, models.CASCADE, related_name="papers")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    added_by_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["request", "digest"], name="one_row_a_paper_of_a_request")]
