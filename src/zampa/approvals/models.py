"""Tables of what waits: policy profiles, calendar layers, clocks, tasks and reviews."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department, Person, PostHolding, Region


class PolicyProfile(models.Model):
    """One version of a profile's data file; a clock keeps the version it was started under."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("code", "-version")
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_row_a_profile_version")]


class CalendarDay(models.Model):
    """A day that differs from the layer below: regional (the autonomous region) or prefecture."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="calendar_days")
    day = models.DateField()
    works = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    edited_by = models.CharField(max_length=100)
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ("region_id", "day")
        constraints = [models.UniqueConstraint(fields=["region", "day"], name="one_row_a_layer_day")]


class Clock(models.Model):
    """A deadline running for one department; only this room computes `due` (24:00 of the last working day)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=40)
    profile = models.ForeignKey(PolicyProfile, models.PROTECT, related_name="clocks")
    department = models.ForeignKey(Department, models.PROTECT, related_name="clocks")
    told = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    started = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    extended = models.PositiveSmallIntegerField(default=0)
    paused_days = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(db_index=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "name"], condition=Q(met_at=None), name="one_open_clock_a_name"
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def late_at(self, now: datetime) -> bool:
        return (self.met_at or now) >= self.due


class ClockChange(models.Model):
    """Why a due date is not what it was: extended, paused, resumed, or the calendar changed."""

    class What(models.TextChoices):
        STARTED = "started", _("开始计时")
        PAUSED = "paused", _("暂停")
        RESUMED = "resumed", _("继续")
        EXTENDED = "extended", _("延期")
        CALENDAR = "calendar", _("日历调整")
        MET = "met", _("办结")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="changes")
    what = models.CharField(max_length=12, choices=What)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField()
    by_name = models.CharField(max_length=100)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Extension(models.Model):
    """A department asks its authority for more working days; the authority answers by a task."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待答复")
        APPROVED = "approved", _("已同意")
        REFUSED = "refused", _("不同意")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    authority = models.ForeignKey(Department, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(state="waiting"), name="one_waiting_extension_a_clock"
            )
        ]


class Task(models.Model):
    """Something waits for a post in a department, or for one person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="tasks")
    post = models.CharField(max_length=20, choices=PostHolding.Post, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="tasks")
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=300, blank=True)
    url_name = models.CharField(max_length=100)
    url_arg = models.CharField(max_length=64, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="tasks")
    due = models.DateTimeField(null=True, blank=True)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | (Q(department__isnull=False) & ~Q(post="")),
                name="task_waits_for_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["department", "post"], condition=Q(closed=None), name="open_tasks_of_post"),
            models.Index(fields=["person"], condition=Q(closed=None), name="open_tasks_of_person"),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]


class Review(models.Model):
    """One decision on one step; rows are never changed."""

    class Verdict(models.TextChoices):
        YES = "yes", _("同意")
        NO = "no", _("不同意")
        RETURN = "return", _("退回")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=100)
    post = models.CharField(max_length=20, choices=PostHolding.Post, blank=True)
    deputy_for = models.CharField(max_length=100, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]
