"""Forms of this room's pages. They ask; the acts decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.approvals import rules
from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm
from zampa.desk.wording import text_of
from zampa.identity import queries as people
from zampa.identity.models import PostHolding, Region

LINES = forms.Textarea(attrs={"rows": 3, "placeholder": "2026-02-15..2026-02-26"})


class DaysField(forms.CharField):
    """Lines of days and ranges, as a list of days."""

    widget = LINES

    def clean(self, value: Any) -> list[date]:
        text = super().clean(value)
        try:
            return rules.read_days(text)
        except ValueError:
            raise forms.ValidationError(text_of("approvals.calendar.bad_dates")) from None


class CalendarForm(DeskForm):
    region = forms.ModelChoiceField(label=_("适用地区"), queryset=Region.objects.none())
    off = DaysField(label=_("放假"), required=False, help_text=_("每行一天或一段，例如 2026-02-15..2026-02-26。"))
    works = DaysField(label=_("上班（调休）"), required=False)
    cleared = DaysField(label=_("取消（恢复国家日历）"), required=False)
    note = forms.CharField(label=_("依据的通知"), max_length=200)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layers = people.regions(actor).filter(valid_to=None, level__in=("region", "prefecture"))
        mine = [row.pk for row in layers if rules.may_edit_calendar(actor, row.pk).allowed]
        self.fields["region"].queryset = layers.filter(pk__in=mine)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        days, faults = rules.merge_days(given.get("off", []), given.get("works", []), given.get("cleared", []))
        for fault in faults:
            self.add_error(fault.where, text_of(fault.code, fault.params))
        given["days"] = days
        return given


class ExtensionForm(DeskForm):
    days = forms.IntegerField(label=_("延长工作日"), min_value=1)
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(DeskForm):
    verdict = forms.ChoiceField(
        label=_("意见"), choices=(("yes", _("同意")), ("no", _("不同意"))), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不同意时必填。"),
    )


class LeaverForm(DeskForm):
    reason = forms.CharField(label=_("理由"), max_length=500, help_text=_("例如：调往外单位。"))
    to_post = forms.ChoiceField(
        label=_("其名下待办转给本部门的"),
        choices=[(post.value, post.label) for post in PostHolding.Post][:3],
        initial=PostHolding.Post.SHARING_HEAD,
    )


class ProfileForm(DeskForm):
    file = forms.FileField(label=_("政策口径文件（JSON）"))
