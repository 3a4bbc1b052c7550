"""A quality rule as a form: one of its kinds, and what that kind needs."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue import queries, queries_quality
from zampa.catalogue.models import Resource
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Comparison
from zampa.contracts.quality import DIMENSIONS, Rule
from zampa.desk.forms import DeskForm
from zampa.desk.wording import text_of
from zampa.standards.queries import code_lists

NOTHING = [("", "—")]
KINDS = [
    ("not_null", _("必填")), ("unique", _("不重复")), ("min_length", _("最小长度")), ("max_length", _("最大长度")),
    ("pattern", _("格式（正则）")), ("one_of", _("列举的取值")), ("in_list", _("代码表")), ("between", _("取值范围")),
    ("id_number", _("公民身份号码")), ("credit_code", _("统一社会信用代码")), ("calendar_date", _("存在的日期")),
    ("compare", _("与另一项比较")), ("implies", _("条件：如果…则…")), ("fresh", _("及时性")),
    ("refers", _("存在于另一资源")), ("matches", _("与另一资源一致")), ("counts", _("行数与另一资源一致")),
]  # fmt: skip
ORDERINGS = [("=", "="), ("!=", "≠"), ("<", "<"), ("<=", "≤"), (">", ">"), (">=", "≥")]
CONDITIONS = [*ORDERINGS, ("starts", _("开头是")), ("filled", _("不为空")), ("empty", _("为空"))]


ALWAYS = ("code", "severity", "tolerance_percent", "dimension", "message")
NEEDS: dict[str, tuple[str, ...]] = {
    "min_length": ("length",), "max_length": ("length",), "pattern": ("regex",), "one_of": ("values",),
    "in_list": ("list",), "between": ("low", "high"), "compare": ("op", "other"), "fresh": ("days",),
    "implies": ("when_field", "when_op", "when_value", "then_field", "then_op", "then_value"),
    "refers": ("resource", "item"), "matches": ("resource", "item", "key", "key_there"),
    "counts": ("resource", "within_percent"),
}  # fmt: skip


class RuleForm(DeskForm):
    """A rule of one kind: only the fields that this kind needs."""

    code = forms.SlugField(
        label=_("代号"), max_length=40, allow_unicode=True, help_text=_("在本资源内不重复，例：adult-birth")
    )
    field = forms.ChoiceField(label=_("信息项"), required=False)
    length = forms.IntegerField(label=_("长度"), required=False, min_value=1)
    regex = forms.CharField(label=_("格式"), required=False, max_length=300, help_text=_("整值匹配，例：54\\d{4}"))
    values = forms.CharField(label=_("取值"), required=False, max_length=5000, help_text=_("用空格隔开，例：0 1 2 9"))
    list = forms.ChoiceField(label=_("代码表"), required=False)
    low = forms.CharField(label=_("最小值"), required=False, max_length=40)
    high = forms.CharField(label=_("最大值"), required=False, max_length=40)
    op = forms.ChoiceField(label=_("比较"), choices=ORDERINGS, required=False)
    other = forms.ChoiceField(label=_("另一项"), required=False)
    when_field = forms.ChoiceField(label=_("如果"), required=False)
    when_op = forms.ChoiceField(label=_("条件"), choices=CONDITIONS, required=False)
    when_value = forms.CharField(label=_("值"), required=False, max_length=200)
    then_field = forms.ChoiceField(label=_("则"), required=False)
    then_op = forms.ChoiceField(label=_("条件"), choices=CONDITIONS, required=False)
    then_value = forms.CharField(label=_("值"), required=False, max_length=200)
    days = forms.IntegerField(
        label=_("容许天数"), required=False, min_value=0, help_text=_("不填按目录的更新周期")
    )
    resource = forms.ChoiceField(
        label=_("另一资源"), required=False, help_text=_("本部门的资源，或不脱敏地授权给本部门的资源")
    )
    item = forms.CharField(label=_("另一资源的信息项"), required=False, max_length=200)
    key = forms.ChoiceField(label=_("本资源的对照主键"), required=False)
    key_there = forms.CharField(label=_("另一资源的对照主键"), required=False, max_length=200)
    within_percent = forms.FloatField(label=_("行数相差不超过（%）"), required=False, min_value=0, max_value=100)
    severity = forms.ChoiceField(
        label=_("严重程度"),
        choices=[("blocks", _("阻断：交付时不合格的行进入隔离区")), ("warns", _("提醒：只计数，不阻断交付"))],
    )
    tolerance_percent = forms.FloatField(
        label=_("容许不合格比例（%）"), required=False, min_value=0, max_value=100, initial=0
    )
    dimension = forms.ChoiceField(label=_("质量维度"), required=False, help_text=_("不选按规则种类（GB/T 36344）"))
    message = forms.CharField(label=_("说明"), required=False, max_length=200)

    def __init__(self, *args: Any, kind: str, actor: Actor, resource: Resource, **given: Any) -> None:
        self.kind = kind
        super().__init__(*args, **given)
        items = [(item.name, item.name) for item in queries.items_of(resource.pk) if item.column]
        for name in ("field", "other", "when_field", "then_field", "key"):
            self.fields[name].choices = [*NOTHING, *items]
        self.fields["dimension"].choices = [
            *NOTHING, *((name, text_of(f"catalogue.dimension.{name}")) for name in DIMENSIONS)
        ]  # fmt: skip
        self.fields["list"].choices = [
            *NOTHING, *code_lists(actor).order_by("name_key").values_list("code", "name")[:500]
        ]  # fmt: skip
        others = queries_quality.usable_resources(actor).exclude(pk=resource.pk).order_by("name_key")[:500]
        self.fields["resource"].choices = [*NOTHING, *((str(row.pk), f"{row.name} · {row.provider}") for row in others)]
        own = () if kind in ("implies", "counts") else ("field",)
        shown = {*ALWAYS, *NEEDS.get(kind, ()), *own}
        for name in set(self.fields) - shown:
            del self.fields[name]

    def rule(self) -> Rule:
        """The rule as stated; NotValid is the act's to say."""
        said = self.cleaned_data
        test = {"kind": self.kind, **self._params(said)}
        return msgspec.convert(
            {
                "code": said["code"], "test": test, "dimension": said["dimension"], "severity": said["severity"],
                "field": said.get("field", ""),
                "tolerance_percent": said["tolerance_percent"] or 0.0, "message": said["message"],
            },
            Rule,
        )  # fmt: skip

    def _params(self, said: dict[str, Any]) -> dict[str, Any]:
        if self.kind == "implies":
            return {side: msgspec.to_builtins(_comparison(said, side)) for side in ("when", "then")}
        if self.kind == "matches":
            return {"resource": said["resource"], "item": said["item"], "key": (said["key"], said["key_there"])}
        found = {name: said[name] for name in NEEDS.get(self.kind, ())}
        if self.kind == "one_of":
            found["values"] = said["values"].split()
        for name, nothing in (("length", 0), ("within_percent", 0.0)):
            if name in found:
                found[name] = found[name] or nothing
        return found


def _comparison(said: dict[str, Any], side: str) -> Comparison:
    name, op, value = said[f"{side}_field"], said[f"{side}_op"], said[f"{side}_value"]
    if op in ("filled", "empty"):
        return Comparison(field=name, op="is_null", value="true" if op == "empty" else "false")
    return Comparison(field=name, op=op, value=value)
