"""What clerks fill in: the elements of an entry, its items as a grid, its source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts import Draft, ItemDraft
from zampa.catalogue.models import Basis, Item, Resource
from zampa.catalogue.models.resources import Opening, Sharing
from zampa.catalogue.queries import class_nodes
from zampa.census.queries import connections_of, systems_of
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import TableRef
from zampa.desk.forms import DeskForm

NOTHING = [("", "—")]


class ResourceForm(DeskForm):
    """The thirteen elements, with classification and grade; the code and the date are given on publishing."""

    name = forms.CharField(label=_("信息资源名称"), max_length=200)
    name_bo = forms.CharField(label=_("藏文名称"), max_length=300, required=False)
    abstract = forms.CharField(label=_("信息资源摘要"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    class_code = forms.ChoiceField(label=_("信息资源分类"), required=False)
    format = forms.ChoiceField(label=_("信息资源格式"), choices=Resource.Format.choices)
    system_id = forms.ChoiceField(label=_("所属系统"), required=False)
    update_cycle = forms.ChoiceField(label=_("更新周期"), choices=Resource.Cycle.choices)
    grade = forms.ChoiceField(label=_("数据分级"), choices=Resource.Grade.choices)
    sharing = forms.ChoiceField(label=_("共享类型"), choices=Sharing.choices)
    use_requirement = forms.ChoiceField(label=_("使用要求"), choices=[*NOTHING, *Resource.Use.choices], required=False)
    conditions = forms.CharField(
        label=_("共享条件"), widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text=_("有条件共享时填写")
    )
    scope = forms.CharField(
        label=_("共享范围"), required=False, help_text=_("有条件共享时填写，例：全区社会保险经办机构")
    )
    basis_kind = forms.ChoiceField(label=_("不予共享的依据"), choices=[*NOTHING, *Basis.choices], required=False)
    basis_instrument = forms.CharField(
        label=_("依据名称"), max_length=200, required=False, help_text=_("不予共享时填写，例：中华人民共和国统计法")
    )
    basis_article = forms.CharField(label=_("条款"), max_length=100, required=False, help_text=_("例：第二十五条"))
    opening = forms.ChoiceField(label=_("向社会开放"), choices=Opening.choices)
    opening_conditions = forms.CharField(label=_("开放条件"), required=False)

    def __init__(self, *args: Any, actor: Actor, **given: Any) -> None:
        super().__init__(*args, **given)
        nodes = [(node.code, f"{node.code} {node.name}") for node in class_nodes() if node.depth > 1]
        self.fields["class_code"].choices = [*NOTHING, *nodes]
        mine = systems_of(actor).filter(department_id=actor.department)[:500]
        self.fields["system_id"].choices = [*NOTHING, *((str(row.pk), row.name) for row in mine)]

    def draft(self) -> Draft:
        values = dict(self.cleaned_data)
        return Draft(**{**values, "system_id": values["system_id"] or None})


class ItemForm(DeskForm):
    """One row of the grid."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("信息项名称"), max_length=200, required=False)
    column = forms.CharField(label=_("源表列名"), max_length=200, required=False)
    type = forms.ChoiceField(
        label=_("类型"),
        choices=[
            (t, t)
            for t in (
                "text",
                "integer",
                "decimal",
                "double",
                "boolean",
                "date",
                "time",
                "timestamp",
                "timestamptz",
                "binary",
                "json",
                "uuid",
            )
        ],
    )
    length = forms.IntegerField(label=_("长度"), required=False, min_value=1, max_value=1_000_000)
    key = forms.BooleanField(label=_("主键"), required=False)
    sensitivity = forms.ChoiceField(label=_("敏感程度"), choices=Item.Sensitivity.choices)
    sharing = forms.ChoiceField(label=_("共享类型"), choices=Sharing.choices)


class ItemsFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The whole grid; empty rows are left out, ticked ones dropped."""

    def drafts(self, known: dict[str, Item]) -> list[ItemDraft]:
        rows = [
            form.cleaned_data for form in self.forms if form.cleaned_data.get("name") and form not in self.deleted_forms
        ]
        return [self._draft(row, known.get(row["id"])) for row in rows]

    @staticmethod
    def _draft(row: dict[str, Any], old: Item | None) -> ItemDraft:
        kept = (
            {}
            if old is None
            else {
                "name_bo": old.name_bo,
                "path": old.path,
                "precision": old.precision,
                "scale": old.scale,
                "nullable": old.nullable,
                "opening": old.opening,
                "note": old.note,
            }
        )
        names = ("id", "name", "column", "type", "length", "key", "sensitivity", "sharing")
        return ItemDraft(**{name: row[name] for name in names}, **kept)


Items = forms.formset_factory(ItemForm, formset=ItemsFormSet, extra=2, can_delete=True, max_num=1000, absolute_max=1000)


class SourceForm(DeskForm):
    """Which connection; the tables of it are shown on the next page."""

    connection_id = forms.ChoiceField(label=_("数据连接"))

    def __init__(self, *args: Any, actor: Actor, **given: Any) -> None:
        super().__init__(*args, **given)
        rows = connections_of(actor)[:500]
        self.fields["connection_id"].choices = [
            (str(row.pk), f"{row.name} · {row.get_engine_display()}") for row in rows
        ]


class TableForm(DeskForm):
    """One table of a connection, and the name of the entry drafted from it."""

    table = forms.ChoiceField(label=_("表或文件"))
    name = forms.CharField(
        label=_("信息资源名称"), max_length=200, required=False, help_text=_("留空则用表的注释或表名")
    )

    def __init__(self, *args: Any, tables: list[TableRef], **given: Any) -> None:
        super().__init__(*args, **given)
        self.tables = {f"{row.schema}/{row.name}": row for row in tables}
        self.fields["table"].choices = [
            (key, f"{row.schema + '.' if row.schema else ''}{row.name}{' · ' + row.comment if row.comment else ''}")
            for key, row in self.tables.items()
        ]

    def chosen(self) -> TableRef:
        return self.tables[self.cleaned_data["table"]]


class AttachForm(TableForm):
    """The real table behind an entry."""

    name = None  # type: ignore[assignment]


class PathForm(DeskForm):
    """The path of an HTTP service behind an entry."""

    path = forms.CharField(label=_("服务路径"), max_length=300, help_text=_("例：/v1/persons"))
    response = forms.ChoiceField(
        label=_("返回格式"), choices=[("", _("整体转发")), ("json", "JSON"), ("ndjson", "NDJSON")], required=False
    )


class ReasonForm(DeskForm):
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
