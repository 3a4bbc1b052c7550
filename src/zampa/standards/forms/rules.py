"""Forms of quality rules. They ask; the acts decide."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.contracts.actors import Actor
from zampa.contracts.quality import DIMENSIONS, Rule, Test
from zampa.desk.forms import DeskForm
from zampa.desk.wording import text_of
from zampa.standards import queries
from zampa.standards.rules.quality import KINDS


class RuleForm(DeskForm):
    """A quality rule of an element; each kind reads the parameters that are its own."""

    PARAMS = {
        "max_length": ("length",), "min_length": ("length",), "pattern": ("regex",), "one_of": ("values",),
        "in_list": ("list", "valid"), "between": ("low", "high"),
    }  # fmt: skip

    kind = forms.ChoiceField(label=_("规则"))
    code = forms.CharField(
        label=_("代号"), max_length=59, required=False, help_text=_("不填就用规则的名字；同代号的规则会被换掉")
    )
    length = forms.IntegerField(label=_("字数"), required=False, min_value=1, help_text=_("最长、最短填写"))
    regex = forms.CharField(label=_("取值格式"), max_length=300, required=False, help_text=_("格式填写正则表达式"))
    values = forms.CharField(label=_("允许的取值"), max_length=2000, required=False, help_text=_("用空格隔开"))
    list = forms.ChoiceField(label=_("代码表"), required=False)
    valid = forms.ChoiceField(
        label=_("代码的时间"), choices=[("ever", _("含历史代码")), ("today", _("只认现行代码"))], required=False
    )
    low = forms.CharField(label=_("最小值"), max_length=40, required=False)
    high = forms.CharField(label=_("最大值"), max_length=40, required=False)
    dimension = forms.ChoiceField(label=_("评价维度"), required=False)
    severity = forms.ChoiceField(label=_("不合格时"))
    tolerance_percent = forms.FloatField(
        label=_("容许的不合格比例（%）"), min_value=0, max_value=100, initial=0, required=False
    )
    message = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("不合格时显示的话"))

    def __init__(self, actor: Actor, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(kind, _kind(kind)) for kind in KINDS]
        self.fields["list"].choices = [
            ("", "—"),
            *queries.code_lists(actor).filter(state="in_force").values_list("code", "name"),
        ]
        self.fields["dimension"].choices = [
            ("", _("按规则自带的")),
            *((one, text_of(f"standards.dimension.{one}")) for one in DIMENSIONS),
        ]
        self.fields["severity"].choices = [(one, text_of(f"standards.severity.{one}")) for one in ("blocks", "warns")]

    def rule(self) -> Rule:
        given = self.cleaned_data
        kind = given["kind"]
        params = {name: given[name] for name in self.PARAMS.get(kind, ())}
        params |= {"values": given["values"].split()} if kind == "one_of" else {}
        params |= {"length": params.get("length") or 0} if "length" in params else {}
        return Rule(
            code=given["code"] or kind,
            test=msgspec.convert({"kind": kind, **params}, Test),
            dimension=given["dimension"],
            severity=given["severity"],
            tolerance_percent=given["tolerance_percent"] or 0.0,
            message=given["message"],
        )


def _kind(kind: str) -> str:
    """A kind without its parameters."""
    return text_of(f"standards.kind.{kind}")
