"""Standards documents, who adopted them and when, and the papers that belong to them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department


class Document(models.Model):
    """A standards document of one of the plan's eight families; a new edition is a row that `replaces` the old one."""

    class Family(models.TextChoices):
        """The eight standards of the plan, section 二(五)."""

        COLLECTION = "collection", _("数据采集")
        QUALITY = "quality", _("数据质量")
        CATALOGUE = "catalogue", _("目录分类与管理")
        INTERFACE = "interface", _("共享交换接口")
        SERVICE = "service", _("共享交换服务")
        DOCKING = "docking", _("多级共享平台对接")
        OPERATION = "operation", _("平台运行管理")
        SECURITY = "security", _("网络安全保障")

    class Kind(models.TextChoices):
        NATIONAL = "national", _("国家标准")
        INDUSTRY = "industry", _("行业标准")
        LOCAL = "local", _("地方标准")
        PLATFORM = "platform", _("平台规范")
        DEPARTMENT = "department", _("部门规范")

    class State(models.TextChoices):
        DRAFT = "draft", _("起草")
        IN_FORCE = "in_force", _("现行")
        REPLACED = "replaced", _("被代替")
        ABOLISHED = "abolished", _("废止")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    family = models.CharField(max_length=12, choices=Family)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PLATFORM)
    number = models.CharField(max_length=60)
    edition = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    title_bo = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    name_key = models.CharField(max_length=400, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    abstract = models.TextField(blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="standards_documents"
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    issued_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=500, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    created_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("family", "number", "id")
        constraints = [models.UniqueConstraint(fields=["number", "edition"], name="one_document_a_number_and_edition")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class DocumentPaper(models.Model):
    """A file of a document: its text, a form, a note. Kept once by its SHA-256."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="papers")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    added_by_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("document_id", "added_at")
        constraints = [models.UniqueConstraint(fields=["document", "digest"], name="one_document_paper_a_digest")]


class Adoption(models.Model):
    """A department follows a document from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="adoptions")
    department = models.ForeignKey(Department, models.PROTECT, related_name="standards_adopted")
    adopted_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    noted_by_name = models.CharField(max_length=100)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("document_id", "adopted_on")
        constraints = [models.UniqueConstraint(fields=["document", "department"], name="one_adoption_a_department")]
