"""Tables of people and powers. Rows end, they are never deleted: the ledger names them for years."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zampa.ground.clock import utc_now
from zampa.ground.ids import new_id


class Region(models.Model):
    """A division of GB/T 2260, or a statistical zone that NBS counts beside them; kept when its code retires."""

    class Level(models.TextChoices):
        REGION = "region", _("自治区")
        PREFECTURE = "prefecture", _("地市")
        COUNTY = "county", _("县区")
        ZONE = "zone", _("统计用区")

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=100)
    name_bo = models.CharField(max_length=200, blank=True)
    name_bo_reviewed = models.BooleanField(default=False)
    name_key = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class Department(models.Model):
    """A body with duties; `governs` marks the data-sharing authority of its region."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=50, blank=True)
    name_bo = models.CharField(max_length=300, blank=True)
    name_bo_reviewed = models.BooleanField(default=False)
    name_key = models.CharField(max_length=400, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    governs = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("region_id", "name_key")
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(governs=True, closed_at=None), name="one_authority_a_region"
            )
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class PersonManager(BaseUserManager["Person"]):
    """Log-in looks people up by username; people are made by acts only."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """One who signs in. One name field: many people here have no family name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    name_bo = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="people")
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    is_staff = False
    is_superuser = False

    class Meta:
        ordering = ("name_key", "id")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class PostHolding(models.Model):
    """A post held from `starts` up to, not with, `ends`; administrators' posts belong to the installation."""

    class Post(models.TextChoices):
        EDITOR = "editor", _("编目员")
        SHARING_HEAD = "sharing_head", _("共享工作机构负责人")
        DEPARTMENT_HEAD = "department_head", _("部门负责人")
        AUTHORITY = "authority", _("政务数据共享主管部门")
        SYSTEM_ADMIN = "system_admin", _("系统管理员")
        SECURITY_ADMIN = "security_admin", _("安全管理员")
        AUDIT_ADMIN = "audit_admin", _("审计管理员")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="holdings")
    post = models.CharField(max_length=20, choices=Post)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "post"], condition=Q(ends=None), name="one_open_holding_a_post"),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="holding_ends_after_start"),
        ]
        indexes = [models.Index(fields=["department", "post"])]


class Deputy(models.Model):
    """`stand_in` may do what `person` may under `post`, from `starts` to `ends`, both days counted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="deputies")
    stand_in = models.ForeignKey(Person, models.PROTECT, related_name="stands_in_for")
    post = models.CharField(max_length=20, choices=PostHolding.Post)
    starts = models.DateField()
    ends = models.DateField()
    named_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="deputy_dates_in_order"),
            models.CheckConstraint(condition=~Q(person=F("stand_in")), name="nobody_deputises_themselves"),
        ]


class Invitation(models.Model):
    """A one-time link that lets one person set the password and second factor. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class PersonalToken(models.Model):
    """A person's key to the JSON API: scoped, expiring, shown once, kept as a digest."""

    class Scope(models.TextChoices):
        READ = "read", _("读取")
        WRITE = "write", _("办理")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    @property
    def state(self) -> str:
        """active, expired or revoked, as of now."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if utc_now() < self.expires_at else "expired"


class ConsumerKey(models.Model):
    """A key of a consuming system, named by value: `material` is a digest or a public key, never a secret."""

    class Algorithm(models.TextChoices):
        BEARER = "bearer", _("令牌")
        ED25519 = "ed25519", "Ed25519"
        P256 = "ecdsa-p256-sha256", "ECDSA P-256"
        SM2 = "sm2-sm3", "SM2"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system_id = models.UUIDField(db_index=True)
    system_name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="consumer_keys")
    algorithm = models.CharField(max_length=20, choices=Algorithm)
    material = models.CharField(max_length=200, unique=True)
    not_after = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=100, blank=True)
    revoke_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)

    def live_at(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.not_after

    def state_at(self, now: datetime) -> str:
        """live, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "live" if now < self.not_after else "expired"


class Message(models.Model):
    """消息: something a person should know. A code and parameters; the text is made when it is read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="inbox")
    code = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=300, blank=True)
    url_name = models.CharField(max_length=100, blank=True)
    url_arg = models.CharField(max_length=64, blank=True)
    cause = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["person"], condition=Q(read_at=None), name="unread_messages")]


class SignIn(models.Model):
    """登录记录: one line for each sign-in, failure, lockout and log-out, kept 180 days (Cybersecurity Law art. 23).

    A name that belongs to no account is not kept: people type passwords into that field.
    """

    class Outcome(models.TextChoices):
        SIGNED_IN = "signed_in", _("登录成功")
        FAILED = "failed", _("登录失败")
        LOCKED = "locked", _("锁定")
        SIGNED_OUT = "signed_out", _("退出")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="sign_ins")
    outcome = models.CharField(max_length=12, choices=Outcome)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["person", "outcome"])]
