"""Personal-information impact assessments, as they were signed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.resources import Opening, Resource, Sharing
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Impact(models.Model):
    """个人信息保护影响评估: one signed assessment of an entry; never changed, the next one follows it.

    `items`: rows {"key", "name", "sensitivity"} that were looked at; `sharing`, `opening`: how far they went then.
    It outlives its entry: it is kept three years at least (Personal Information Protection Law art. 56).
    """

    class Situation(models.TextChoices):
        SENSITIVE = "sensitive", _("处理敏感个人信息")
        AUTOMATED = "automated", _("利用个人信息进行自动化决策")
        PROVIDING = "providing", _("委托处理或向其他部门提供个人信息")
        PUBLISHING = "publishing", _("公开个人信息")
        ABROAD = "abroad", _("向境外提供个人信息")
        OTHER = "other", _("其他对个人权益有重大影响的活动")

    class Risk(models.TextChoices):
        LOW = "low", _("低")
        MEDIUM = "medium", _("中")
        HIGH = "high", _("高")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.SET_NULL, null=True, related_name="impacts")
    resource_name = models.CharField(max_length=200)
    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    items = models.JSONField(default=list)
    sharing = models.CharField(max_length=16, choices=Sharing)
    opening = models.CharField(max_length=16, choices=Opening)
    situations = ArrayField(models.CharField(max_length=12, choices=Situation), default=list)
    purpose = models.TextField()
    manner = models.TextField()
    basis = models.TextField()
    necessity = models.TextField()
    effect = models.TextField()
    risk = models.CharField(max_length=8, choices=Risk)
    protection = models.TextField()
    signed_by = models.CharField(max_length=64)
    signed_by_name = models.CharField(max_length=100)
    signed_at = models.DateTimeField()
    followed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-signed_at", "-id")
        constraints = [models.UniqueConstraint(fields=["resource", "number"], name="one_impact_a_number")]
        indexes = [models.Index(fields=["provider", "signed_at"])]

    def __str__(self) -> str:
        return self.resource_name
