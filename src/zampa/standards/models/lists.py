"""Code lists: values with the days between which each is valid."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department
from zampa.standards.models.documents import Document


class CodeList(models.Model):
    """代码表. States its edition, source, count and whether it is whole; `department` empty: the whole region's.

    `packaged`: shipped with the product and renewed with it, so that no page changes its values.
    `size` counts the values valid when it was last loaded; `expected` is what the standard itself counts.
    """

    class Whole(models.TextChoices):
        WHOLE = "whole", _("完整")
        PART = "part", _("部分")
        UNKNOWN = "unknown", _("未核对")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审核")
        RETURNED = "returned", _("退回修改")
        IN_FORCE = "in_force", _("现行")
        ABOLISHED = "abolished", _("废止")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_bo = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    name_key = models.CharField(max_length=400, blank=True)
    standard = models.CharField(max_length=100, blank=True)
    edition = models.CharField(max_length=100)
    source = models.CharField(max_length=300)
    whole = models.CharField(max_length=8, choices=Whole, default=Whole.UNKNOWN)
    whole_note = models.CharField(max_length=500, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    size = models.PositiveIntegerField(default=0)
    pattern = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="code_lists")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="code_lists")
    state = models.CharField(max_length=12, choices=State, default=State.IN_FORCE)
    returned_reason = models.CharField(max_length=500, blank=True)
    packaged = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name_key", "id")

    def __str__(self) -> str:
        return self.name


class CodeValue(models.Model):
    """A value: valid from `valid_from` (that day counts) until `valid_to` (that day no more); empty = without end.

    `replaced_by`: the codes that took its place; a code that came back under another name has a row for each time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="values")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    name_bo = models.CharField(max_length=400, blank=True)
    name_en = models.CharField(max_length=400, blank=True)
    name_key = models.CharField(max_length=400, blank=True)
    parent = models.CharField(max_length=60, blank=True)
    depth = models.PositiveSmallIntegerField(default=1)
    other = models.JSONField(default=dict, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    replaced_by = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ("code_list_id", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["code_list", "code", "valid_from"], nulls_distinct=False, name="one_value_a_code_and_time"
            )
        ]
        indexes = [
            models.Index(fields=["code_list", "parent", "position"]),
            models.Index(fields=["code_list", "code"], condition=Q(valid_to=None), name="standards_value_now"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)
