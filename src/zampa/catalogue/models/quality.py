"""数据质量: rules an entry states beside its items' own, what came of carrying them out, and rows that failed.

Figures are kept by rule and item over time; a row's values only sealed, for thirty days, for their owner.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.attachments import Attachment
from zampa.catalogue.models.resources import Resource
from zampa.ground.ids import new_id


class QualityRule(models.Model):
    """A rule the entry itself states; `spec` is a contracts.quality.Rule as JSON, its names those of items."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="quality_rules")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    spec = models.JSONField()
    stated_by_name = models.CharField(max_length=100)
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ("resource_id", "id")
        constraints = [models.UniqueConstraint(fields=["resource", "code"], name="one_quality_rule_a_code")]

    def __str__(self) -> str:
        return self.code


class Judgement(models.Model):
    """One carrying-out of an entry's rules on its data, or what a delivery's own checks told of it.

    `score` and `scores` (by dimension of GB/T 36344) are percentages in tenths. `latest`: the newest that looked at
    the whole table; one of a delivery, which sees only what was granted, never is. `sealed_key` opens with the master
    key only and opens the sampled rows; with it gone they are gone.
    """

    class Occasion(models.TextChoices):
        ATTACHED = "attached", _("挂接时")
        SCHEDULED = "scheduled", _("定期")
        ASKED = "asked", _("人工发起")
        DELIVERED = "delivered", _("交付时")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="judgements")
    attachment = models.ForeignKey(Attachment, models.CASCADE, null=True, related_name="judgements")
    occasion = models.CharField(max_length=12, choices=Occasion)
    delivery = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by_name = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    scores = models.JSONField(default=dict, blank=True)
    kept = models.PositiveIntegerField(default=0)
    broken = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    latest = models.BooleanField(default=False)
    sealed_key = models.TextField(blank=True)
    samples_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["resource"], condition=Q(latest=True), name="one_latest_judgement")
        ]
        indexes = [
            models.Index(fields=["resource", "-asked_at"]),
            models.Index(fields=["score"], condition=Q(latest=True), name="latest_judgements"),
            models.Index(fields=["samples_until"], condition=~Q(samples_until=None), name="judgements_with_samples"),
        ]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class Ruling(models.Model):
    """What came of one rule. `held`: kept within its tolerance; None when it could not be carried out (`problem`).

    `measured`: counts and days of a rule of the whole table, never a value.
    """

    class Origin(models.TextChoices):
        ITEM = "item", _("信息项")
        ELEMENT = "element", _("数据元")
        OWN = "own", _("本资源")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    judgement = models.ForeignKey(Judgement, models.CASCADE, related_name="rulings")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=300)
    origin = models.CharField(max_length=8, choices=Origin)
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=200, blank=True)
    dimension = models.CharField(max_length=12)
    spec = models.JSONField()
    checked = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    held = models.BooleanField(null=True)
    problem = models.CharField(max_length=100, blank=True)
    measured = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("judgement_id", "position")
        constraints = [models.UniqueConstraint(fields=["judgement", "code"], name="one_ruling_a_rule")]


class TableProfile(models.Model):
    """数据画像: a picture of an entry's table (flows.profiling.Picture as JSON), without a value of a personal item."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="profiles")
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="profiles")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    picture = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        indexes = [models.Index(fields=["resource", "-asked_at"])]


class SampledRow(models.Model):
    """A row that failed a rule, for its owner: `commitment` is of its key, everything else sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ruling = models.ForeignKey(Ruling, models.CASCADE, related_name="samples")
    place = models.PositiveSmallIntegerField()
    commitment = models.CharField(max_length=100)
    sealed = models.TextField()

    class Meta:
        ordering = ("place",)
        constraints = [models.UniqueConstraint(fields=["ruling", "place"], name="one_sample_a_place")]
