"""The elements of an entry, the grounds of a change, and the verdict of a head or an authority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts import Draft
from zampa.catalogue.forms.classes import ClassField
from zampa.catalogue.forms.extras import extra_fields, format_fields, taken
from zampa.catalogue.forms.items import unsaid
from zampa.catalogue.models import GUIDE, Basis, Opening, Resource, Sharing
from zampa.catalogue.words import label_of
from zampa.census.queries import systems_of
from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm

NOTHING = [("", "—")]
GROUPS = (
    (_("是什么"), ("name", "name_bo", "abstract", "class_code", "category", "grade")),
    (_("从哪来"), ("format", "format_note", "system_id", "update_cycle", "related_codes")),
    (_("怎样共享"), ("sharing", "use_requirement", "ways", "conditions", "scope")),
    (_("不予共享的依据"), ("basis_kind", "basis_instrument", "basis_article")),
    (_("向社会开放"), ("opening", "opening_conditions")),
    (_("发布前的审查"), ("secrecy_checked",)),
    (_("其他格式"), tuple(format_fields())),
    (_("扩展要素"), tuple(extra_fields())),
)


class ResourceForm(DeskForm):
    """The thirteen elements, with classification and grade; the code and the date are given on publishing."""

    name = forms.CharField(label=_("信息资源名称"), max_length=200)
    name_bo = forms.CharField(
        label=_("藏文名称"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "bo"})
    )
    abstract = forms.CharField(
        label=_("信息资源摘要"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("写清内容、范围和来源，例：全区户籍登记的常住人口，每日更新"),
    )
    class_code = ClassField(
        label=_("信息资源分类"), required=False, help_text=_("键入名称或代码查找，例：guide-2017:101 国家人口")
    )
    category = forms.ChoiceField(label=_("数据分类"), choices=Resource.Category.choices)
    grade = forms.ChoiceField(
        label=_("数据分级"), choices=Resource.Grade.choices, help_text=_("不低于最敏感的信息项所要求的级别")
    )
    format = forms.ChoiceField(label=_("信息资源格式"), choices=Resource.Format.choices)
    format_note = forms.CharField(
        label=_("格式说明"), max_length=100, required=False, help_text=_("例：PostgreSQL、xlsx、JSON")
    )
    system_id = forms.ChoiceField(label=_("所属系统"), required=False)
    update_cycle = forms.ChoiceField(label=_("更新周期"), choices=Resource.Cycle.choices)
    related_codes = forms.CharField(
        label=_("关联资源代码"), required=False, help_text=_("同一资源在其他分类下的代码，用空格隔开，例：101/0003")
    )
    sharing = forms.ChoiceField(label=_("共享类型"), choices=Sharing.choices)
    use_requirement = forms.ChoiceField(
        label=_("使用要求"),
        choices=[*NOTHING, *Resource.Use.choices],
        required=False,
        help_text=_("无条件、有条件共享都要选"),
    )
    ways = forms.MultipleChoiceField(
        label=_("共享方式"), choices=Resource.Way.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    conditions = forms.CharField(
        label=_("共享条件"), widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text=_("有条件共享时填写")
    )
    scope = forms.CharField(
        label=_("共享范围"), required=False, help_text=_("有条件共享时填写，例：全区社会保险经办机构")
    )
    basis_kind = forms.ChoiceField(
        label=_("依据种类"),
        choices=[*NOTHING, *Basis.choices],
        required=False,
        help_text=_("不予共享时填写；地方性规定不能作为依据（条例第十四条）"),
    )
    basis_instrument = forms.CharField(
        label=_("依据名称"), max_length=200, required=False, help_text=_("例：中华人民共和国统计法")
    )
    basis_article = forms.CharField(label=_("条款"), max_length=100, required=False, help_text=_("例：第二十五条"))
    opening = forms.ChoiceField(label=_("开放类型"), choices=Opening.choices)
    opening_conditions = forms.CharField(label=_("开放条件"), required=False)
    secrecy_checked = forms.BooleanField(
        label=_("已做保密审查：不含国家秘密和工作秘密"), required=False, help_text=_("未审查不能提交")
    )

    def __init__(self, *args: Any, actor: Actor, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields.update(format_fields())
        self.fields.update(extra_fields())
        unsaid(self)
        mine = systems_of(actor).filter(department_id=actor.department)[:500]
        self.fields["system_id"].choices = [*NOTHING, *((str(row.pk), row.name) for row in mine)]

    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        """The fields as the page groups them."""
        return [(legend, [self[name] for name in names]) for legend, names in GROUPS]

    def draft(self) -> Draft:
        values = dict(self.cleaned_data)
        place = values.pop("class_code")
        extra, formats = taken(values)
        return Draft(
            **{
                **values,
                "extra": extra,
                "formats": formats,
                "code_scheme": place.scheme if place else GUIDE,
                "class_code": place.code if place else "",
                "system_id": values["system_id"] or None,
                "related_codes": values["related_codes"].replace("，", " ").replace(",", " ").split(),
            }
        )


class ChangeForm(DeskForm):
    """Why the next version is begun; a change of law or duties starts the ten working days of article 17."""

    ground = forms.ChoiceField(
        label=_("变更原因"),
        choices=Resource.Ground.choices,
        help_text=_("法律法规或职责变化须在 10 个工作日内更新（条例第十七条）"),
    )
    since = forms.DateField(label=_("变化发生之日"), required=False, help_text=_("留空则从今天起算"))
    reason = forms.CharField(label=_("说明"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class VerdictForm(DeskForm):
    """A head's or an authority's word: yes, or back with everything that is wrong, place by place."""

    verdict = forms.ChoiceField(
        label=_("意见"),
        choices=[("yes", _("同意")), ("return", _("退回修改"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
        help_text=_("退回时必填；请一次说全，下面可逐处写明"),
    )

    def __init__(self, *args: Any, places: list[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.places = [f"at:{place}" for place in places]
        for place in places:
            self.fields[f"at:{place}"] = forms.CharField(label=label_of(place), required=False, max_length=500)

    def remarks(self) -> dict[str, str]:
        return {name[3:]: self.cleaned_data[name] for name in self.places if self.cleaned_data[name].strip()}

    def marks(self) -> list[forms.BoundField]:
        return [self[name] for name in self.places]
