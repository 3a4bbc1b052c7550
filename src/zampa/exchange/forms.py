"""Forms of the exchange: the five elements with their items, the answer item by item, reasons, terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Item, Resource
from zampa.census import queries as census
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import AllOf, Comparison, Filter, Mask, Operator
from zampa.desk.forms import DeskForm
from zampa.exchange.acts.requests import Ask
from zampa.exchange.models import Request, RequestItem, Way
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.exchange.rules.requests import FILE_FORMATS
from zampa.exchange.rules.suggestions import PRESETS, Suggestion, preset_of, presets_for, suggest

PRESET_WORDS: dict[str, str | Promise] = {
    "none": _("不脱敏"),
    "drop": _("只核验，不返回"),
    "first": _("留首字"),
    "ends": _("留前 3 后 4 位"),
    "edges": _("留前 6 后 4 位"),
    "hash": _("换成不可还原的代号"),
    "month": _("到月"),
    "year": _("到年"),
    "county": _("到县"),
    "prefecture": _("到地市"),
}
OPERATORS = (
    ("=", "="),
    ("!=", "≠"),
    (">=", "≥"),
    ("<=", "≤"),
    ("starts", _("开头是")),
    ("in", _("属于（用逗号隔开）")),
)
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("用接口时"), ("system_id", "calls_per_day", "calls_per_minute")),
    (_("用库表时"), ("destination_id", "destination_schema", "destination_table")),
    (_("用文件时"), ("file_format",)),
)
_DAY = {"type": "date"}


def _area(rows: int, example: str | Promise) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": example})


class RequestForm(DeskForm):
    """The five elements of Order 809 art. 20; every item is a tick (`item_ID`) with its purpose (`purpose_ID`)."""

    basis = forms.CharField(
        label=_("使用依据"), required=False, max_length=2000, help_text=_("写明法律、法规或文件名称和条款。"),
        widget=_area(2, _("例：《社会保险法》第七十四条")),
    )  # fmt: skip
    scenario = forms.CharField(
        label=_("使用场景"), required=False, max_length=2000, help_text=_("办什么事、在哪个环节用。"),
        widget=_area(2, _("例：养老待遇领取资格静默认证")),
    )  # fmt: skip
    scope = forms.CharField(
        label=_("使用范围"), required=False, max_length=2000, help_text=_("涉及哪些人或事、多大数量、谁来使用。"),
        widget=_area(2, _("例：全区在领人员约 118,000 人，按身份证号核验")),
    )  # fmt: skip
    ways = forms.MultipleChoiceField(
        label=_("共享方式"), required=False, choices=Way.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("使用时限 起"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    ends_on = forms.DateField(label=_("使用时限 止"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    system_id = forms.ChoiceField(label=_("调用系统"), required=False, help_text=_("接口方式必填：由哪个系统来调用。"))
    calls_per_day = forms.IntegerField(label=_("每日调用次数上限"), required=False, min_value=0, max_value=100_000_000)
    calls_per_minute = forms.IntegerField(
        label=_("每分钟次数上限"), required=False, min_value=0, max_value=1_000_000, help_text=_("不填为不限。")
    )
    destination_id = forms.ChoiceField(
        label=_("接收数据库"), required=False, help_text=_("库表方式必填：本部门登记的数据连接。")
    )
    destination_schema = forms.CharField(label=_("接收模式（schema）"), required=False, max_length=63)
    destination_table = forms.CharField(label=_("接收表名"), required=False, max_length=63)
    file_format = forms.ChoiceField(
        label=_("文件格式"), required=False, choices=[("", "—"), *((name, name.upper()) for name in FILE_FORMATS)]
    )

    def __init__(self, *args: Any, actor: Actor, resource: Resource, source: str, **given: Any) -> None:
        super().__init__(*args, **given)
        systems = [(str(row.pk), row.name) for row in census.systems_of(actor).filter(department_id=actor.department)]
        places = [
            (str(row.pk), row.name) for row in census.connections_of(actor) if row.engine in ("postgresql", "mysql")
        ]
        self.fields["system_id"].choices = [("", "—"), *systems]  # type: ignore[attr-defined]
        self.fields["destination_id"].choices = [("", "—"), *places]  # type: ignore[attr-defined]
        offered = [pair for pair in Way.choices if (pair[0] == Way.PASS) == (source == "http")]
        self.fields["ways"].choices = offered  # type: ignore[attr-defined]
        self.rows = list(Item.objects.filter(resource=resource).order_by("position"))
        for item in self.rows:
            self.fields[f"item_{item.pk}"] = forms.BooleanField(label=item.name, required=False)
            self.fields[f"purpose_{item.pk}"] = forms.CharField(
                label=_("用途"),
                required=False,
                max_length=500,
                widget=forms.TextInput({"placeholder": _("为什么需要它")}),
            )

    def asked_items(self) -> Iterable[tuple[Item, forms.BoundField, forms.BoundField]]:
        for item in self.rows:
            yield item, self[f"item_{item.pk}"], self[f"purpose_{item.pk}"]

    def plain_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if not bound.name.startswith(("item_", "purpose_"))]

    def groups(self) -> Iterable[tuple[str | Promise, list[forms.BoundField]]]:
        """The five elements first, then what each way of sharing needs beside them."""
        names = {name for _title, inside in GROUPS for name in inside}
        yield "", [bound for bound in self.plain_fields() if bound.name not in names]
        for title, inside in GROUPS:
            yield title, [self[name] for name in inside]

    def ask(self) -> Ask:
        """What was filled in, as the act takes it."""
        found = self.cleaned_data
        items = {str(item.pk): found[f"purpose_{item.pk}"] for item in self.rows if found[f"item_{item.pk}"]}
        plain = {bound.name: found[bound.name] for bound in self.plain_fields()}
        for name in ("calls_per_day", "calls_per_minute"):
            plain[name] = plain[name] or 0
        return Ask(items=items, **plain)

    @staticmethod
    def initial_of(request: Request) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: getattr(request, name)
            for name in (*RequestForm.base_fields, "system_id", "destination_id")
            if hasattr(request, name)
        }
        for row in request.items.all():
            found |= {f"item_{row.item}": True, f"purpose_{row.item}": row.purpose}
        return found


class AnswerForm(DeskForm):
    """The provider's answer: a verdict, a mask and a reason for each item, then the terms of the grant."""

    starts_on = forms.DateField(label=_("授权 起"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    ends_on = forms.DateField(label=_("授权 止"), required=False, widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    quota_per_day = forms.IntegerField(label=_("每日次数"), required=False, min_value=0)
    rate_per_minute = forms.IntegerField(label=_("每分钟次数"), required=False, min_value=0, help_text=_("0 为不限"))
    filter_field = forms.ChoiceField(label=_("只给符合条件的行"), required=False)
    filter_op = forms.ChoiceField(label=_("条件"), required=False, choices=OPERATORS)
    filter_value = forms.CharField(label=_("值"), required=False, max_length=500)
    opinion = forms.CharField(label=_("办理意见"), required=False, max_length=1000, widget=_area(2, ""))

    def __init__(self, *args: Any, asked: Request, rows: Sequence[RequestItem], **given: Any) -> None:
        self.rows = rows
        self.suggested = {row.pk: _suggestion(asked, row) for row in rows}
        super().__init__(*args, initial=self._initial(asked), **given)
        names = [(item.name, item.name) for item in Item.objects.filter(resource_id=asked.resource_id)]
        self.fields["filter_field"].choices = [("", _("不限")), *names]  # type: ignore[attr-defined]
        for row in rows:
            offered = [(name, PRESET_WORDS[name]) for name in presets_for(row.type)]
            self.fields[f"verdict_{row.pk}"] = forms.ChoiceField(
                label=row.name,
                required=False,
                choices=[("yes", _("同意")), ("no", _("不予"))],
                widget=forms.RadioSelect,
            )
            self.fields[f"mask_{row.pk}"] = forms.ChoiceField(label=_("脱敏"), required=False, choices=offered)
            self.fields[f"reason_{row.pk}"] = forms.CharField(
                label=_("理由"),
                required=False,
                max_length=500,
                widget=forms.TextInput({"placeholder": _("不予时必填")}),
            )

    def _initial(self, asked: Request) -> dict[str, Any]:
        found: dict[str, Any] = {
            "starts_on": asked.starts_on,
            "ends_on": asked.ends_on,
            "quota_per_day": asked.calls_per_day,
            "rate_per_minute": asked.calls_per_minute,
        }
        for row in self.rows:
            hint = self.suggested[row.pk]
            decided = row.decision != RequestItem.Decision.OPEN
            found[f"verdict_{row.pk}"] = row.decision if decided else ""
            mask = preset_of(msgspec.convert(row.mask or {}, Mask)) if decided else hint.preset
            found[f"mask_{row.pk}"] = mask or "none"
            found[f"reason_{row.pk}"] = row.reason
        return found

    def lines(self) -> Iterable[tuple[RequestItem, Suggestion, forms.BoundField, forms.BoundField, forms.BoundField]]:
        for row in self.rows:
            parts = (self[f"{name}_{row.pk}"] for name in ("verdict", "mask", "reason"))
            verdict, mask, reason = parts
            yield row, self.suggested[row.pk], verdict, mask, reason

    def term_fields(self) -> list[forms.BoundField]:
        names = ("starts_on", "ends_on", "quota_per_day", "rate_per_minute")
        return [self[name] for name in names]

    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("filter_field", "filter_op", "filter_value")]

    def decisions(self) -> list[ItemDecision]:
        found = self.cleaned_data
        return [
            ItemDecision(
                str(row.pk),
                found[f"verdict_{row.pk}"],
                PRESETS[found[f"mask_{row.pk}"] or "none"],
                found[f"reason_{row.pk}"].strip(),
            )
            for row in self.rows
        ]

    def terms(self, asked: Request) -> GrantTerms:
        """Dates left empty are those asked for."""
        found = self.cleaned_data
        starts, ends = found["starts_on"] or asked.starts_on, found["ends_on"] or asked.ends_on
        assert starts is not None and ends is not None  # a request without them cannot be submitted
        return GrantTerms(starts, ends, found["quota_per_day"] or 0, found["rate_per_minute"] or 0)

    def row_filter(self) -> Filter | None:
        found = self.cleaned_data
        if not found["filter_field"] or not found["filter_value"].strip():
            return None
        text, op = found["filter_value"].strip(), found["filter_op"] or "="
        value: str | list[str] = text
        if op == "in":
            value = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
        return AllOf((Comparison(field=found["filter_field"], op=cast(Operator, op), value=value),))


def _suggestion(asked: Request, row: RequestItem) -> Suggestion:
    return suggest(
        purpose=row.purpose, key=row.key, sensitivity=row.sensitivity, data_type=row.type, ways=list(asked.ways)
    )


class ReasonForm(DeskForm):
    """One reason, asked for when something is refused, ended or taken back."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=_area(3, ""))


class MissingForm(DeskForm):
    """What is missing, one thing a line; told once and in full."""

    missing = forms.CharField(
        label=_("需要补正的材料"), max_length=4000, widget=_area(5, _("一行一项，例：使用依据缺少条款号")),
        help_text=_("只能告知一次，请一次写全（国务院令第 809 号第二十一条）。"),
    )  # fmt: skip

    def lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["missing"].splitlines() if line.strip()]


class PaperForm(DeskForm):
    file = forms.FileField(label=_("材料"), help_text=_("PDF、OFD、DOCX、XLSX、PNG、JPG，每件不超过 20 MB。"))


class TokenForm(DeskForm):
    """A one-time token for one gateway."""

    name = forms.CharField(label=_("网关名称"), max_length=100, help_text=_("例：公安厅网关"))
    department_id = forms.ChoiceField(
        label=_("所在部门"), required=False, help_text=_("不选为中心网关，服务没有自有网关的部门。")
    )

    def __init__(self, *args: Any, departments: Iterable[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["department_id"].choices = [("", _("中心")), *departments]  # type: ignore[attr-defined]


class GatewayForm(DeskForm):
    book_minutes = forms.IntegerField(
        label=_("授权簿有效时长（分钟）"), min_value=5, max_value=72 * 60,
        help_text=_("5 分钟到 72 小时。失去与中心的联系后，网关最多还服务这么久。"),
    )  # fmt: skip
