"""Tables of the inventory: systems, connections, and the networks that connections may reach."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Network(models.TextChoices):
    EXTRANET = "extranet", _("电子政务外网")
    PRIVATE = "private", _("业务专网")
    INTERNET = "internet", _("互联网")


class System(models.Model):
    """An information system of a department."""

    class State(models.TextChoices):
        BUILDING = "building", _("在建")
        RUNNING = "running", _("在用")
        STOPPED = "stopped", _("停用")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="systems")
    network = models.CharField(max_length=12, choices=Network)
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    purpose = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Connection(models.Model):
    """How the data of a department is reached. `sealed_secret` opens with the master key only."""

    class Engine(models.TextChoices):
        POSTGRESQL = "postgresql", "PostgreSQL"
        MYSQL = "mysql", "MySQL / MariaDB"
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        PARQUET = "parquet", "Parquet"
        HTTP = "http", "HTTP / JSON"

    class State(models.TextChoices):
        NEW = "new", _("未检查")
        LIVE = "live", _("正常")
        BROKEN = "broken", _("不通")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="connections")
    system = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="connections")
    engine = models.CharField(max_length=12, choices=Engine)
    network = models.CharField(max_length=12, choices=Network)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=0)
    database = models.CharField(max_length=100, blank=True)
    user = models.CharField(max_length=100, blank=True)
    sealed_secret = models.TextField(blank=True)
    folder = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    checked_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_params = models.JSONField(default=dict)
    server_version = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=100)

    class Meta:
        ordering = ("name_key", "id")
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="one_connection_a_name")]

    def __str__(self) -> str:
        return self.name


class AllowedNetwork(models.Model):
    """A network that connections may reach, approved by the security administrator (CIDR)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cidr = models.CharField(max_length=50)
    note = models.CharField(max_length=200, blank=True)
    approved_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("cidr",)
        constraints = [
            models.UniqueConstraint(fields=["cidr"], condition=Q(withdrawn_at=None), name="one_open_row_a_network")
        ]
