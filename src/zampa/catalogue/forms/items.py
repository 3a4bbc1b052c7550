"""The items as a grid, and one item whole, with the checks a delivery makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts import ItemDraft
from zampa.catalogue.forms.extras import extra_fields, initial_extras, taken
from zampa.catalogue.models import Basis, Item, Opening, Sharing
from zampa.catalogue.rules.entries import TYPE_LETTERS
from zampa.contracts.flowspecs import Check
from zampa.desk.forms import DeskForm
from zampa.desk.wording import text_of
from zampa.ground.errors import Fault

NOTHING = [("", "—")]
TYPES = [(name, f"{name} ({letter})") for name, letter in TYPE_LETTERS.items()]
GRID = ("name", "column", "type", "length", "key", "sensitivity", "sharing")
PLAIN_CHECKS = ("not_null", "unique", "id_number", "credit_code", "calendar_date")


def unsaid(form: forms.Form) -> None:
    """A choice nobody has made yet stays empty instead of showing the first of its list as if it were chosen."""
    for name, field in form.fields.items():
        if type(field) is forms.ChoiceField and form.initial.get(name) == "" and field.required:
            field.choices, field.required = [*NOTHING, *field.choices], False


class GridRow(DeskForm):
    """One row of the grid."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        unsaid(self)

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("信息项名称"), max_length=200, required=False)
    column = forms.CharField(label=_("源表列名"), max_length=200, required=False)
    type = forms.ChoiceField(label=_("类型"), choices=TYPES)
    length = forms.IntegerField(label=_("长度"), required=False, min_value=1, max_value=1_000_000)
    key = forms.BooleanField(label=_("主键"), required=False)
    sensitivity = forms.ChoiceField(label=_("敏感程度"), choices=Item.Sensitivity.choices)
    sharing = forms.ChoiceField(label=_("共享类型"), choices=Sharing.choices)


class ItemsFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The whole grid; empty rows are left out, ticked ones dropped. What the grid does not show is kept."""

    def kept(self) -> list[forms.Form]:
        return [form for form in self.forms if form.cleaned_data.get("name") and form not in self.deleted_forms]

    def drafts(self, known: dict[str, ItemDraft]) -> list[ItemDraft]:
        """The rows as drafts; `known`: those stored, by id."""
        drafts = []
        for form in self.kept():
            values = {name: form.cleaned_data[name] for name in ("id", *GRID)}
            old = known.get(values["id"])
            drafts.append(replace(old, **values, checks=_carried(old, values)) if old else ItemDraft(**values))
        return drafts

    def show(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults beside their rows; those that belong to no row are given back."""
        rows, others = self.kept(), []
        for fault in faults:
            number = fault.where.removeprefix("items.").split(".")[0]
            if number.isdigit() and 0 < int(number) <= len(rows):
                rows[int(number) - 1].add_error("name", text_of(fault.code, fault.params))
            else:
                others.append(fault)
        return others


def _carried(old: ItemDraft, values: dict[str, Any]) -> list[Check]:
    """Checks follow their column, and the length that was set."""
    carried = []
    for check in old.checks:
        if check.kind == "max_length":
            if values["length"]:
                carried.append(
                    Check(
                        code=check.code,
                        field=values["column"] or values["name"],
                        kind="max_length",
                        params={"length": values["length"]},
                    )
                )
            continue
        carried.append(
            Check(code=check.code, field=values["column"] or values["name"], kind=check.kind, params=check.params)
        )
    return carried


Items = forms.formset_factory(GridRow, formset=ItemsFormSet, extra=2, can_delete=True, max_num=1000, absolute_max=1000)


class ItemForm(DeskForm):
    """One item whole."""

    name = forms.CharField(label=_("信息项名称"), max_length=200)
    name_bo = forms.CharField(
        label=_("藏文名称"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "bo"})
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    column = forms.CharField(label=_("源表列名"), max_length=200, required=False)
    path = forms.CharField(
        label=_("返回路径"), max_length=300, required=False, help_text=_("服务接口返回的 JSON 路径，例：data[].name")
    )
    element = forms.CharField(
        label=_("数据元"), max_length=40, required=False, help_text=_("数据元的编号，例：DE00001")
    )
    type = forms.ChoiceField(label=_("类型"), choices=TYPES)
    length = forms.IntegerField(label=_("长度"), required=False, min_value=1, max_value=1_000_000)
    precision = forms.IntegerField(label=_("精度"), required=False, min_value=1, max_value=1000)
    scale = forms.IntegerField(label=_("小数位"), required=False, min_value=0, max_value=1000)
    key = forms.BooleanField(label=_("主键"), required=False)
    nullable = forms.BooleanField(label=_("可为空"), required=False)
    sensitivity = forms.ChoiceField(label=_("敏感程度"), choices=Item.Sensitivity.choices)
    sharing = forms.ChoiceField(label=_("共享类型"), choices=Sharing.choices)
    conditions = forms.CharField(label=_("共享条件"), max_length=500, required=False)
    basis_kind = forms.ChoiceField(label=_("不予共享的依据"), choices=[*NOTHING, *Basis.choices], required=False)
    basis_instrument = forms.CharField(label=_("依据名称"), max_length=200, required=False)
    basis_article = forms.CharField(label=_("条款"), max_length=100, required=False, help_text=_("例：第二十五条"))
    opening = forms.ChoiceField(label=_("开放类型"), choices=Opening.choices)
    checks = forms.MultipleChoiceField(
        label=_("质量规则"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("交付时逐行检查，不合格的行进入隔离区"),
    )
    pattern = forms.CharField(
        label=_("取值格式"), max_length=300, required=False, help_text=_("正则表达式，整值匹配，例：\\d{6}")
    )
    values = forms.CharField(
        label=_("允许的取值"), required=False, max_length=5000, help_text=_("代码值，用空格隔开，例：0 1 2 9")
    )
    low = forms.CharField(label=_("最小值"), required=False, max_length=40)
    high = forms.CharField(label=_("最大值"), required=False, max_length=40)

    def __init__(self, *args: Any, item: ItemDraft, **given: Any) -> None:
        self.item = item
        super().__init__(*args, initial=_initial(item), **given)
        self.fields.update(extra_fields(item=True))
        unsaid(self)
        self.fields["checks"].choices = [(kind, text_of(f"catalogue.check.{kind}")) for kind in PLAIN_CHECKS]

    def draft(self) -> ItemDraft:
        values = dict(self.cleaned_data)
        extra, _formats = taken(values)
        field, kinds = values["column"] or values["name"], values.pop("checks")
        checks = [Check(code=kind, field=field, kind=kind) for kind in PLAIN_CHECKS if kind in kinds]
        if values["length"] and values["type"] == "text":
            checks.append(Check(code="max_length", field=field, kind="max_length", params={"length": values["length"]}))
        checks += [check for check in self.item.checks if check.kind == "min_length"]  # of its element: not shown here
        if pattern := values.pop("pattern"):
            checks.append(Check(code="pattern", field=field, kind="pattern", params={"regex": pattern}))
        if allowed := values.pop("values").split():
            checks.append(Check(code="one_of", field=field, kind="one_of", params={"values": allowed}))
        bounds = {side: values.pop(side) for side in ("low", "high")}
        if any(bounds.values()):
            params: dict[str, str | int | list[str]] = {side: value for side, value in bounds.items() if value}
            checks.append(Check(code="between", field=field, kind="between", params=params))
        return replace(self.item, **values, checks=checks, extra=extra)


def _initial(item: ItemDraft) -> dict[str, Any]:
    """The item as the form shows it: checks taken apart into their fields."""
    by_kind = {check.kind: check.params for check in item.checks}
    between = by_kind.get("between", {})
    values = by_kind.get("one_of", {}).get("values", [])
    shown = {name: getattr(item, name) for name in ItemDraft.__dataclass_fields__ if name != "checks"}
    return {
        **shown,
        **initial_extras(item.extra),
        "checks": [kind for kind in PLAIN_CHECKS if kind in by_kind],
        "pattern": by_kind.get("pattern", {}).get("regex", ""),
        "values": " ".join(str(value) for value in values) if isinstance(values, list) else "",
        "low": between.get("low", ""),
        "high": between.get("high", ""),
    }
