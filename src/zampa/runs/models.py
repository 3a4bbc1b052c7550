"""Tables of runs and of the rows they keep back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Run(models.Model):
    """One movement. `spec` is a contracts.deliveries.DeliverySpec as JSON; it names connections, never secrets.

    `sealed_key` opens with the master key only and opens the quarantined rows; with it gone they are gone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待中")
        RUNNING = "running", _("进行中")
        PAUSED = "paused", _("已暂停")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    class Mode(models.TextChoices):
        TABLE = "table", _("库表")
        FILE = "file", _("文件")

    class Phase(models.TextChoices):
        LOOKING = "looking", _("核对数据源")
        MOVING = "moving", _("搬运数据")
        QUARANTINING = "quarantining", _("隔离问题数据")
        COMPARING = "comparing", _("核对两端摘要")
        SWAPPING = "swapping", _("切换上线")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.UUIDField(db_index=True)
    cause = models.UUIDField(null=True, blank=True)
    resource = models.UUIDField()
    grant = models.UUIDField(db_index=True)
    grant_live = models.BooleanField(default=True)
    resource_name = models.CharField(max_length=200)
    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    requester = models.ForeignKey(Department, models.PROTECT, related_name="+")
    spec = models.JSONField()
    mode = models.CharField(max_length=8, choices=Mode)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    phase = models.CharField(max_length=12, choices=Phase, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.BigIntegerField(default=0)
    rows_written = models.BigIntegerField(default=0)
    rows_bad = models.BigIntegerField(default=0)
    rate = models.BigIntegerField(default=0)
    bad_by_code = models.JSONField(default=dict)
    algorithm = models.CharField(max_length=40, blank=True)
    digest_sent = models.CharField(max_length=100, blank=True)
    digest_stored = models.CharField(max_length=100, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_params = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    files_until = models.DateTimeField(null=True, blank=True)
    sealed_key = models.TextField(blank=True)
    quarantine_until = models.DateTimeField(null=True, blank=True)
    quarantine_cleared_at = models.DateTimeField(null=True, blank=True)
    replays = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replayed_by")

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["provider", "-id"]),
            models.Index(fields=["requester", "-id"]),
            models.Index(fields=["heard_at"], condition=models.Q(state="running"), name="runs_running"),
        ]

    def __str__(self) -> str:
        return self.resource_name

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def digests_agree(self) -> bool:
        return bool(self.digest_sent) and self.digest_sent == self.digest_stored


class BadRow(models.Model):
    """A row kept back, the `place`-th of its run. `commitment` is of its key; key, values and salt are sealed under the
    run's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="bad_rows")
    place = models.PositiveBigIntegerField()
    codes = ArrayField(models.CharField(max_length=100))
    commitment = models.CharField(max_length=100)
    sealed = models.TextField()

    class Meta:
        ordering = ("place",)
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="one_row_a_place")]

    def __str__(self) -> str:
        return self.commitment
