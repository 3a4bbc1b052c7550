"""Cataloguing a whole database: one job, a row a table, so that it shows where it stands and can go on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.resources import Resource
from zampa.census.models import Connection
from zampa.ground.ids import new_id
from zampa.identity.models import Department, Person


class DraftingJob(models.Model):
    """Drafts from every chosen table of one connection. `beat`: when the worker last wrote; a job whose worker was
    killed is seen by its old beat and taken up again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在编目")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停下")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    beat = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=("waiting", "running")), name="one_open_drafting_job"
            )
        ]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED)


class DraftingTable(models.Model):
    """One table of a job. `table_ref` is a contracts.schemas.TableRef as JSON; `problem` says why no draft was made."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待编目")
        DRAFTED = "drafted", _("已成草稿")
        THERE = "there", _("已在目录")
        FAILED = "failed", _("未成")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(DraftingJob, models.CASCADE, related_name="tables")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    comment = models.CharField(max_length=500, blank=True)
    table_ref = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    resource = models.ForeignKey(Resource, models.SET_NULL, null=True, blank=True, related_name="+")
    items = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("job", "position")
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="one_row_a_drafted_table")]
        indexes = [models.Index(fields=["job", "state", "position"])]
