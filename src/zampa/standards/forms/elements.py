"""Forms of data elements. They ask; the acts decide."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm
from zampa.standards import queries
from zampa.standards.models import Element
from zampa.standards.rules.elements import ElementDraft

_BETWEEN = re.compile(r"[,，、;；\n]+")


def words(text: str) -> list[str]:
    """What stands between commas or on lines of its own."""
    return [word.strip() for word in _BETWEEN.split(text) if word.strip()]


class ElementForm(DeskForm):
    """A data element; `reason` is asked for a new version only."""

    number = forms.CharField(label=_("编号"), max_length=39, help_text=_("例：DE00001，定了就不再改"))
    name = forms.CharField(label=_("名称"), max_length=200)
    name_bo = forms.CharField(
        label=_("藏文名称"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "bo"})
    )
    name_en = forms.CharField(label=_("英文名称"), max_length=300, required=False)
    symbol = forms.CharField(label=_("标识符"), max_length=59, required=False, help_text=_("通常是拼音首字母，例：XM"))
    definition = forms.CharField(label=_("定义"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    object_class = forms.CharField(label=_("对象类"), max_length=100, required=False, help_text=_("例：自然人"))
    property = forms.CharField(label=_("特性"), max_length=100, required=False, help_text=_("例：出生日期"))
    standard = forms.CharField(label=_("依据"), max_length=100, required=False, help_text=_("例：GB 11643"))
    synonyms = forms.CharField(
        label=_("同义词"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("用逗号隔开")
    )
    columns = forms.CharField(label=_("常用列名"), required=False, help_text=_("用逗号隔开，例：name, full_name"))
    type = forms.ChoiceField(label=_("类型"), choices=Element.Type.choices)
    min_length = forms.IntegerField(label=_("最短"), required=False, min_value=1, help_text=_("字符填写"))
    length = forms.IntegerField(label=_("长度"), required=False, min_value=1, help_text=_("字符填写，最多多少个字符"))
    precision = forms.IntegerField(label=_("精度"), required=False, min_value=1, help_text=_("小数填写，总位数"))
    scale = forms.IntegerField(label=_("小数位"), required=False, min_value=0)
    unit = forms.CharField(label=_("计量单位"), max_length=40, required=False)
    domain = forms.ChoiceField(label=_("值域"), choices=Element.Domain.choices)
    code_list = forms.ChoiceField(label=_("代码表"), required=False, help_text=_("值域为代码表时选择"))
    pattern = forms.CharField(
        label=_("取值格式"), max_length=300, required=False, help_text=_("值域为格式时填写正则表达式，整值匹配")
    )
    low = forms.CharField(label=_("最小值"), max_length=40, required=False, help_text=_("值域为范围时填写"))
    high = forms.CharField(label=_("最大值"), max_length=40, required=False)
    sensitivity = forms.ChoiceField(label=_("敏感程度"), choices=Element.Sensitivity.choices)
    reason = forms.CharField(label=_("修改的理由"), max_length=500)

    def __init__(
        self, actor: Actor, *args: Any, held: ElementDraft | None = None, new_version: bool = False, **given: Any
    ) -> None:
        super().__init__(*args, initial=_initial(held) if held else None, **given)
        rows = queries.code_lists(actor).filter(state="in_force").values_list("code", "name")
        self.fields["code_list"].choices = [("", "—"), *rows]
        if held is not None:
            del self.fields["number"]
        if not new_version:
            del self.fields["reason"]

    def draft(self, number: str = "") -> ElementDraft:
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        given |= {name: words(given[name]) for name in ("synonyms", "columns")}
        return ElementDraft(**{**given, "number": number or given.get("number", "")})


def _initial(draft: ElementDraft) -> dict[str, Any]:
    return {**vars(draft), "synonyms": "，".join(draft.synonyms), "columns": ", ".join(draft.columns)}


class DecideForm(DeskForm):
    """The authority's word on what a department proposed."""

    verdict = forms.ChoiceField(
        label=_("意见"),
        choices=[("yes", _("同意")), ("return", _("退回修改"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    reason = forms.CharField(
        label=_("理由"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退回时必填"),
    )  # fmt: skip


class EndForm(DeskForm):
    """Why something no longer stands, and what takes its place."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    replaced_by = forms.CharField(label=_("由哪个编号代替"), max_length=40, required=False, help_text=_("不填就是废止"))


class FileForm(DeskForm):
    """A file of ours, filled in elsewhere."""

    file = forms.FileField(label=_("文件"), help_text=_("XLSX 或 CSV，表头与模板相同"))
