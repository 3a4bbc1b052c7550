"""Other platforms' catalogues coming in: how their columns read here, and each import with what it left empty."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models.peers import Peer
from zampa.ground.ids import new_id
from zampa.identity.models import Department, Person


class ColumnMap(models.Model):
    """How files of one shape are read. `columns`: our field -> their head; `values`: field -> their text -> our value;
    `fingerprint`: SHA-256 of the heads, by which the next file of this shape is known again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    values = models.JSONField(default=dict, blank=True)
    separator = models.CharField(max_length=4, default="|")
    peer = models.ForeignKey(Peer, models.SET_NULL, null=True, blank=True, related_name="+")
    made_by_name = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at",)
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="one_column_map_a_name")]
        indexes = [models.Index(fields=["department", "fingerprint"])]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One file on its way into drafts. `done`: rows taken, so that a killed worker's successor knows where to go on."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("待对应")
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在导入")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停下")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    table = models.CharField(max_length=200, blank=True)
    column_map = models.ForeignKey(ColumnMap, models.PROTECT, null=True, blank=True, related_name="imports")
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    noted = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    beat = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED)


class ImportNote(models.Model):
    """What of a row did not come in: a value left empty, or the whole row."""

    job = models.ForeignKey(Import, models.CASCADE, related_name="notes")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    text = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=80)

    class Meta:
        ordering = ("job", "id")
        indexes = [models.Index(fields=["job", "field"])]
