"""The impact assessment as a form: what articles 55 and 56 of the law ask, in their order."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Impact
from zampa.catalogue.rules.impacts import Answers
from zampa.desk.forms import DeskForm

LONGEST = 4000


def _text(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, max_length=LONGEST)


class ImpactForm(DeskForm):
    """Signed by whoever hands it in; every question is answered by the department itself."""

    situations = forms.MultipleChoiceField(
        label=_("属于哪些情形"),
        choices=Impact.Situation.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("个人信息保护法第五十五条；可多选"),
    )
    purpose = _text(_("处理目的"), _("为什么处理这些个人信息，例：核对社保待遇领取资格"), 2)
    manner = _text(_("处理方式"), _("怎样收集、存储、使用和提供，例：按次核验，不留存"), 2)
    basis = _text(_("合法性依据"), _("写明法律法规名称和条款，例：社会保险法第七十四条"), 2)
    necessity = _text(_("正当性和必要性"), _("为什么每一项都是履职所必需，有没有更少的办法"))
    effect = _text(_("对个人权益的影响"), _("泄露或误用会给个人带来什么后果，有多大可能"))
    risk = forms.ChoiceField(label=_("安全风险"), choices=Impact.Risk.choices, widget=forms.RadioSelect)
    protection = _text(_("保护措施"), _("是否合法、有效并与风险相适应，例：加密传输、脱敏、按岗位授权、留存使用记录"))

    def answers(self) -> Answers:
        values = dict(self.cleaned_data)
        return Answers(**{**values, "situations": tuple(values["situations"])})
