"""挂接: the real table or service behind an entry, what the probe found there, and who depends on it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.resources import Resource
from zampa.census.models import Connection
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Attachment(models.Model):
    """`table_ref` is a contracts.schemas.TableRef as JSON; `path`, `methods`, `response` describe an HTTP service.

    `time_column`: the column whose largest value tells how new the data is, chosen on attaching. `seen`: the columns
    (contracts.schemas.Field) as the last look found them; `differences`: what of them the items do not say.
    `due_at`: when it is looked at next; `troubled_since`: since when it is stale or broken without a pause.
    """

    class Kind(models.TextChoices):
        TABLE = "table", _("库表或文件")
        VIEW = "view", _("视图")
        FOLDER = "folder", _("文件夹")
        QUERY = "query", _("查询")
        HTTP = "http", _("服务接口")

    class State(models.TextChoices):
        APPLIED = "applied", _("待审核")
        APPROVED = "approved", _("待探测")
        LIVE = "live", _("在线")
        STALE = "stale", _("过期")
        BROKEN = "broken", _("不通")
        REFUSED = "refused", _("未通过")
        ENDED = "ended", _("已解除")

    OPEN = ("applied", "approved", "live", "stale", "broken")
    LOOKED_AT = ("approved", "live", "stale", "broken")
    READABLE = ("live", "stale")
    MOVABLE = ("table", "view", "folder", "query")
    TROUBLED = ("stale", "broken")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="attachments")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TABLE)
    table_ref = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    methods = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    response = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED)
    applied_by_name = models.CharField(max_length=100)
    applied_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    time_column = models.CharField(max_length=200, blank=True)
    newest_at = models.DateTimeField(null=True, blank=True)
    seen = models.JSONField(default=list, blank=True)
    differences = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    troubled_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(state__in=("applied", "approved", "live", "stale", "broken")),
                name="one_attachment_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["state", "probed_at"]),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("approved", "live", "stale", "broken")),
                name="attachments_to_look_at",
            ),
        ]

    @property
    def reads_as(self) -> str:
        """table: rows with columns, whatever holds them; http: calls passed on."""
        return "table" if self.kind in self.MOVABLE else "http"

    @property
    def readable(self) -> bool:
        """Whether rows may be read through it now."""
        return self.state in self.READABLE


class Probe(models.Model):
    """One look at an attachment: a measurement, not an act. Counts and columns only; no value of a row is kept.

    `failed`: check code -> how many of the sampled rows failed it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="probes")
    at = models.DateTimeField()
    well = models.BooleanField()
    milliseconds = models.PositiveIntegerField(default=0)
    rows = models.BigIntegerField(null=True, blank=True)
    sampled = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    differences = models.JSONField(default=list, blank=True)
    failed = models.JSONField(default=dict, blank=True)
    newest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["attachment", "-at"])]


class SourceDay(models.Model):
    """One day of an attachment, kept when its probes are gone: the worst state it was in, how often it was looked at.

    Counted for the yearly evaluation (809 art. 38: the sharing record decides money)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="days")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=Attachment.State)
    probes = models.PositiveIntegerField(default=0)
    well = models.PositiveIntegerField(default=0)
    slowest = models.PositiveIntegerField(default=0)
    rows = models.BigIntegerField(null=True, blank=True)
    newest_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-day",)
        constraints = [models.UniqueConstraint(fields=["attachment", "day"], name="one_row_a_source_day")]
        indexes = [models.Index(fields=["day", "state"])]


class Dependant(models.Model):
    """What would break if the entry went away; told by the room that depends (note_dependant).

    `items`: the items it uses; `plain`: those of them it gets whole, no value masked and no row left out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="dependants")
    kind = models.CharField(max_length=60)
    dependant = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    items = models.JSONField(default=list)
    plain = models.JSONField(default=list, blank=True)
    cause = models.UUIDField(null=True, blank=True)
    since = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-since",)
        constraints = [models.UniqueConstraint(fields=["kind", "dependant", "resource"], name="one_row_a_dependant")]
        indexes = [models.Index(fields=["resource"], condition=Q(gone_at=None), name="live_dependants")]
