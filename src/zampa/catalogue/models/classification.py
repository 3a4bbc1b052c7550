"""分类: schemes side by side, their nodes, how one is told in another, and where each resource stands in them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.resources import Resource
from zampa.ground.ids import new_id

GUIDE = "guide-2017"


class Scheme(models.Model):
    """A classification with its edition and source; `complete` says whether its edition is here in full."""

    class Standing(models.TextChoices):
        NATIONAL = "national", _("国家分类")
        LOCAL = "local", _("地方分类")
        DEPARTMENT = "department", _("行业或部门分类")

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.LOCAL)
    edition = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)
    complete = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()
    loaded_by_name = models.CharField(max_length=100)

    class Meta:
        ordering = ("-standing", "code")

    def __str__(self) -> str:
        return self.name


class ClassNode(models.Model):
    """A node of a scheme: 类 (1 digit), 项 (3), 目 (6) and below. `lineage`: codes from the root to itself.

    `retired`: no longer in its scheme's file; what stands there stays, nothing new is placed there.
    """

    scheme = models.CharField(max_length=40, default=GUIDE)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    parent = models.CharField(max_length=40, blank=True)
    depth = models.PositiveSmallIntegerField()
    lineage = ArrayField(models.CharField(max_length=40), default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("scheme", "code")
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_row_a_class_code")]
        indexes = [models.Index(fields=["scheme", "parent", "code"]), GinIndex(fields=["lineage"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ClassMap(models.Model):
    """A node is told in another scheme as this one."""

    node = models.ForeignKey(ClassNode, models.CASCADE, related_name="maps")
    other = models.ForeignKey(ClassNode, models.CASCADE, related_name="mapped_from")
    made_by_name = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("node", "other")
        constraints = [models.UniqueConstraint(fields=["node", "other"], name="one_row_a_class_map")]


class Placement(models.Model):
    """分类挂载: where a resource stands. `code` = class code / sequence, given on publishing, never given again.

    The main placement is the one the resource itself repeats as its class and code; the codes of the others are its
    related codes (关联资源代码)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="placements")
    node = models.ForeignKey(ClassNode, models.PROTECT, related_name="placements")
    code = models.CharField(max_length=60, blank=True)
    main = models.BooleanField(default=False)

    class Meta:
        ordering = ("resource", "-main", "node")
        constraints = [
            models.UniqueConstraint(fields=["resource", "node"], name="one_placement_a_class"),
            models.UniqueConstraint(fields=["resource"], condition=Q(main=True), name="one_main_placement"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_placement_a_code"),
        ]
