"""An entry of the catalogue: the thirteen elements of the 2017 guide, with classification and grade (809 art. 13)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zampa.census.models import System
from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Sharing(models.TextChoices):
    UNCONDITIONAL = "unconditional", _("无条件共享")
    CONDITIONAL = "conditional", _("有条件共享")
    NONE = "none", _("不予共享")


class Opening(models.TextChoices):
    OPEN = "open", _("向社会开放")
    CONDITIONAL = "conditional", _("有条件开放")
    NONE = "none", _("不开放")


class Basis(models.TextChoices):
    """What a refusal to share may rest on (Order 809 art. 14); a local rule is listed to be refused with its reason."""

    LAW = "law", _("法律")
    REGULATION = "regulation", _("行政法规")
    DECISION = "decision", _("国务院决定")
    LOCAL = "local", _("地方性规定")


class Resource(models.Model):
    """信息资源. `code` = class code / sequence, given when it is published for the first time.

    `formats`: rows {"category", "kind", "note"}, `format` is the first's; `extra`: rules.extras; `suggestions`:
    element -> what drafting suggested and why.
    `remarks` (element or "items.N" -> reason): all that the last return asked for.
    A change is prepared in a row of its own that `replaces` the published one, which stays in use as it is meanwhile.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待部门负责人签发")
        SIGNED = "signed", _("待主管部门审核")
        RETURNED = "returned", _("退回修改")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已下架")

    class Format(models.TextChoices):
        EFILE = "efile", _("电子文件")
        SHEET = "sheet", _("电子表格")
        DATABASE = "database", _("数据库")
        IMAGE = "image", _("图形图像")
        STREAM = "stream", _("流媒体")
        SELF = "self", _("自描述格式")
        SERVICE = "service", _("服务接口")

    class Cycle(models.TextChoices):
        REALTIME = "realtime", _("实时")
        DAILY = "daily", _("每日")
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")
        QUARTERLY = "quarterly", _("每季度")
        HALF_YEARLY = "half_yearly", _("每半年")
        YEARLY = "yearly", _("每年")
        IRREGULAR = "irregular", _("不定期")
        NEVER = "never", _("不更新")

    class Use(models.TextChoices):
        BASIS = "basis", _("作为行政依据")
        REFERENCE = "reference", _("工作参考")
        CHECKING = "checking", _("数据校核")
        COOPERATION = "cooperation", _("业务协同")

    class Grade(models.TextChoices):
        G1 = "1", _("一级")
        G2 = "2", _("二级")
        G3 = "3", _("三级")
        G4 = "4", _("四级")

    class Category(models.TextChoices):
        PERSONAL = "personal", _("个人信息数据")
        ORGANISATION = "organisation", _("法人与组织数据")
        SPACE = "space", _("自然资源与空间数据")
        BUSINESS = "business", _("公共管理业务数据")
        STATISTICS = "statistics", _("统计数据")

    class Ground(models.TextChoices):
        LAW = "law", _("法律法规调整")
        DUTIES = "duties", _("部门职责变化")
        CORRECTION = "correction", _("内容更正")
        SOURCE = "source", _("数据源变化")

    class Online(models.TextChoices):
        """Whether the data may be had, apart from whether the entry is published."""

        NEVER = "never", _("未上线")
        ON_ASKED = "on_asked", _("上线审核中")
        ON = "on", _("已上线")
        OFF_ASKED = "off_asked", _("下线审核中")
        OFF = "off", _("已下线")

    class Way(models.TextChoices):
        SERVICE = "service", _("服务接口")
        BATCH = "batch", _("批量交换")
        FILE = "file", _("文件下载")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    replaces = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="change")
    code = models.CharField(max_length=60, blank=True)
    code_scheme = models.CharField(max_length=40, default="guide-2017")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, blank=True)
    name_bo = models.CharField(max_length=300, blank=True)
    provider = models.ForeignKey(Department, models.PROTECT, related_name="resources")
    system = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="resources")
    abstract = models.TextField(blank=True)
    class_code = models.CharField(max_length=40, blank=True)
    class_name = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=12, choices=Format, default=Format.DATABASE)
    format_note = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=16, choices=Category, blank=True)
    sharing = models.CharField(max_length=16, choices=Sharing, default=Sharing.UNCONDITIONAL)
    use_requirement = models.CharField(max_length=16, choices=Use, blank=True)
    conditions = models.TextField(blank=True)
    scope = models.TextField(blank=True)
    ways = ArrayField(models.CharField(max_length=12, choices=Way), default=list, blank=True)
    basis_kind = models.CharField(max_length=12, choices=Basis, blank=True)
    basis_instrument = models.CharField(max_length=200, blank=True)
    basis_article = models.CharField(max_length=100, blank=True)
    opening = models.CharField(max_length=16, choices=Opening, default=Opening.NONE)
    opening_conditions = models.TextField(blank=True)
    update_cycle = models.CharField(max_length=12, choices=Cycle, default=Cycle.IRREGULAR)
    grade = models.CharField(max_length=2, choices=Grade, default=Grade.G2)
    published_on = models.DateField(null=True, blank=True)
    formats = models.JSONField(default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    suggestions = models.JSONField(default=dict, blank=True)
    related_codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    secrecy_checked = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    online_state = models.CharField(max_length=10, choices=Online, default=Online.NEVER, db_default="never")
    online_reason = models.TextField(blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)
    returned_reason = models.TextField(blank=True)
    remarks = models.JSONField(default=dict, blank=True)
    change_ground = models.CharField(max_length=12, choices=Ground, blank=True)
    change_reason = models.TextField(blank=True)
    signed_by = models.CharField(max_length=64, blank=True)
    signed_by_name = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    created_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name_key", "id")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_resource_a_code"),
            models.UniqueConstraint(
                fields=["provider", "name"],
                condition=~Q(state="withdrawn") & Q(replaces=None),
                name="one_resource_a_name_of_a_provider",
            ),
        ]
        indexes = [models.Index(fields=["provider", "state"]), models.Index(fields=["state", "sharing"])]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """信息项: one field, with sharing attributes of its own; `column` at the source, `path` in a service's answer.

    `element`: the number of the data element it means (standards.Element), empty while nobody has said.
    """

    class Sensitivity(models.TextChoices):
        PUBLIC = "public", _("一般")
        INTERNAL = "internal", _("内部")
        PERSONAL = "personal", _("个人信息")
        SENSITIVE = "sensitive", _("敏感个人信息")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    name_bo = models.CharField(max_length=300, blank=True)
    column = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=300, blank=True)
    element = models.CharField(max_length=40, blank=True, db_index=True)
    type = models.CharField(max_length=20, default="text")
    type_letter = models.CharField(max_length=1, default="C")
    length = models.PositiveIntegerField(null=True, blank=True)
    precision = models.PositiveIntegerField(null=True, blank=True)
    scale = models.PositiveIntegerField(null=True, blank=True)
    key = models.BooleanField(default=False)
    nullable = models.BooleanField(default=True)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity, default=Sensitivity.PUBLIC)
    suggestion = models.JSONField(default=dict, blank=True)
    sharing = models.CharField(max_length=16, choices=Sharing, default=Sharing.UNCONDITIONAL)
    conditions = models.CharField(max_length=500, blank=True)
    basis_kind = models.CharField(max_length=12, choices=Basis, blank=True)
    basis_instrument = models.CharField(max_length=200, blank=True)
    basis_article = models.CharField(max_length=100, blank=True)
    opening = models.CharField(max_length=16, choices=Opening, default=Opening.NONE)
    checks = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("resource_id", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "name"], name="one_item_a_name", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """An entry as it was published: the whole of it, so that two can be compared field by field."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()
    differences = models.JSONField(default=list)
    published_at = models.DateTimeField()
    published_by_name = models.CharField(max_length=100)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("resource_id", "-number")
        constraints = [models.UniqueConstraint(fields=["resource", "number"], name="one_version_a_number")]


class StandingDecision(models.Model):
    """The yes to every request for an unconditional resource, signed once by the provider's office head."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="standing_decisions")
    version = models.PositiveIntegerField()
    signed_by = models.CharField(max_length=64)
    signed_by_name = models.CharField(max_length=100)
    signed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "version"], condition=Q(ended_at=None), name="one_standing_decision"
            )
        ]
