"""Data elements (数据元, GB/T 18391): what a field means and how its values look, with the words it goes by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zampa.ground.ids import new_id
from zampa.identity.models import Department
from zampa.standards.models.documents import Document
from zampa.standards.models.lists import CodeList


class Element(models.Model):
    """A data element. `department` empty: the whole region's, kept by the authority; else that department's own.

    `length` is the greatest number of characters (digits for numbers), `min_length` the least.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PROPOSED = "proposed", _("待审核")
        RETURNED = "returned", _("退回修改")
        IN_FORCE = "in_force", _("现行")
        REPLACED = "replaced", _("被代替")
        ABOLISHED = "abolished", _("废止")

    class Domain(models.TextChoices):
        FREE = "free", _("不限")
        LIST = "list", _("代码表")
        RANGE = "range", _("范围")
        PATTERN = "pattern", _("格式")
        RESIDENT = "id_number", _("公民身份号码")
        CREDIT = "credit_code", _("统一社会信用代码")
        DATE = "calendar_date", _("日期")

    class Type(models.TextChoices):
        TEXT = "text", _("字符")
        INTEGER = "integer", _("整数")
        DECIMAL = "decimal", _("小数")
        DOUBLE = "double", _("双精度")
        BOOLEAN = "boolean", _("是否")
        DATE = "date", _("日期")
        TIME = "time", _("时间")
        TIMESTAMP = "timestamp", _("日期时间")
        TIMESTAMPTZ = "timestamptz", _("带时区的日期时间")
        BINARY = "binary", _("二进制")
        JSON = "json", "JSON"
        UUID = "uuid", "UUID"

    class Sensitivity(models.TextChoices):
        PUBLIC = "public", _("一般")
        INTERNAL = "internal", _("内部")
        PERSONAL = "personal", _("个人信息")
        SENSITIVE = "sensitive", _("敏感个人信息")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True)
    symbol = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    name_bo = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    name_key = models.CharField(max_length=400, blank=True)
    definition = models.TextField(blank=True)
    object_class = models.CharField(max_length=100, blank=True)
    property = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=12, choices=Type, default=Type.TEXT)
    min_length = models.PositiveIntegerField(null=True, blank=True)
    length = models.PositiveIntegerField(null=True, blank=True)
    precision = models.PositiveIntegerField(null=True, blank=True)
    scale = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    domain = models.CharField(max_length=16, choices=Domain, default=Domain.FREE)
    code_list = models.ForeignKey(CodeList, models.PROTECT, null=True, blank=True, related_name="elements")
    pattern = models.CharField(max_length=300, blank=True)
    low = models.CharField(max_length=40, blank=True)
    high = models.CharField(max_length=40, blank=True)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity, default=Sensitivity.PUBLIC)
    standard = models.CharField(max_length=100, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="elements")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="elements")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    returned_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    in_force_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    packaged = models.BooleanField(default=False)
    created_by_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        indexes = [models.Index(fields=["state", "department"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Synonym(models.Model):
    """Another word for an element: an item's name or a column's. `word_key` is the word as it is compared."""

    class Kind(models.TextChoices):
        NAME = "name", _("名称")
        COLUMN = "column", _("列名")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    element = models.ForeignKey(Element, models.CASCADE, related_name="synonyms")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NAME)
    word = models.CharField(max_length=200)
    word_key = models.CharField(max_length=200)
    learned = models.BooleanField(default=False)
    times = models.PositiveIntegerField(default=1)
    noted_by_name = models.CharField(max_length=100, blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("element_id", "kind", "word")
        constraints = [
            models.UniqueConstraint(fields=["element", "kind", "word_key"], name="one_synonym_a_word_of_an_element")
        ]
        indexes = [models.Index(fields=["word_key"])]


class ElementVersion(models.Model):
    """An element as it was when a version came into force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    element = models.ForeignKey(Element, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()
    differences = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        ordering = ("element_id", "-number")
        constraints = [models.UniqueConstraint(fields=["element", "number"], name="one_element_version_a_number")]


class ElementRule(models.Model):
    """A quality rule of an element, as data: `spec` is contracts.quality's rule in its JSON form."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    element = models.ForeignKey(Element, models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    spec = models.JSONField()
    added_by_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("element_id", "position", "id")
        constraints = [models.UniqueConstraint(fields=["element", "code"], name="one_element_rule_a_code")]
