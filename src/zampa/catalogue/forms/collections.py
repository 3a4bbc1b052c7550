"""A collection as a form: one item a line, with the number of its data element after a bar where it is known."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts import CollectionDraft
from zampa.catalogue.models import Collection
from zampa.catalogue.queries import resources_of
from zampa.catalogue.rules.collections import Wanted
from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm


class CollectionForm(DeskForm):
    """`way`: what to do with items that are shared already, asked once the check has found some."""

    name = forms.CharField(label=_("采集名称"), max_length=200, help_text=_("例：城乡居民养老保险待遇资格认证表"))
    basis = forms.CharField(
        label=_("采集依据"), max_length=500, help_text=_("法律法规和条款，例：社会保险法第七十四条")
    )
    whom = forms.ChoiceField(label=_("采集对象"), choices=Collection.Whom.choices)
    asked_whom = forms.CharField(label=_("具体对象"), max_length=300, help_text=_("例：全区领取养老待遇的人员"))
    channel = forms.ChoiceField(label=_("采集渠道"), choices=Collection.Channel.choices)
    period = forms.ChoiceField(label=_("采集周期"), choices=Collection.Period.choices)
    feeds_id = forms.ChoiceField(label=_("汇入的目录"), required=False, help_text=_("采集的数据进入本部门哪条目录"))
    items = forms.CharField(
        label=_("采集的数据项"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("一行一项；知道数据元编号时写在竖线后，例：公民身份号码 | DE-0001"),
    )
    way = forms.ChoiceField(
        label=_("已能共享取得的项"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("take", _("改从共享取得，不再采集")), ("plead", _("确需采集，报主管部门裁定"))],
    )
    plea = forms.CharField(
        label=_("确需采集的理由"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )

    def __init__(self, *args: Any, actor: Actor, **given: Any) -> None:
        super().__init__(*args, **given)
        own = resources_of(actor).filter(provider_id=actor.department, replaces=None).exclude(state="withdrawn")[:500]
        self.fields["feeds_id"].choices = [("", "—"), *((str(row.pk), row.name) for row in own)]

    def draft(self) -> CollectionDraft:
        names = ("name", "basis", "whom", "asked_whom", "channel", "period")
        said = self.cleaned_data
        return CollectionDraft(**{name: said[name] for name in names}, feeds_id=said["feeds_id"] or None)

    def wanted(self) -> list[Wanted]:
        lines = [line.replace("｜", "|").partition("|") for line in self.cleaned_data["items"].splitlines()]
        return [Wanted(name=name.strip(), element=element.strip()) for name, _bar, element in lines if name.strip()]
