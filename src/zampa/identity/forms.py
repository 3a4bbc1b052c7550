"""Forms of this room's pages. They ask; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm
from zampa.identity import queries, rules
from zampa.identity.models import Department, Person, PersonalToken, PostHolding, Region


class InvitationForm(DeskForm):
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput)
    again = forms.CharField(label=_("再输一次"), widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("两次输入的密码不一致。"))
        return given


class DepartmentForm(DeskForm):
    code = forms.CharField(
        label=_("统一社会信用代码"), max_length=24, help_text=_("18 位，例如 11540000MB1234567A；空格会自动去掉。")
    )
    name = forms.CharField(label=_("全称"), max_length=200)
    short_name = forms.CharField(label=_("简称"), max_length=50, required=False)
    name_bo = forms.CharField(label=_("藏文名称"), max_length=300, required=False)
    region_code = forms.ModelChoiceField(label=_("所在区划"), queryset=Region.objects.none())
    parent = forms.ModelChoiceField(label=_("上级部门"), queryset=Department.objects.none(), required=False)
    governs = forms.BooleanField(label=_("本区划的政务数据共享主管部门"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region_code"].queryset = queries.regions(actor).filter(valid_to=None)  # type: ignore[attr-defined]
        self.fields["parent"].queryset = queries.departments(actor).filter(closed_at=None)  # type: ignore[attr-defined]


class DepartmentChangeForm(DeskForm):
    name = forms.CharField(label=_("全称"), max_length=200)
    short_name = forms.CharField(label=_("简称"), max_length=50, required=False)
    name_bo = forms.CharField(label=_("藏文名称"), max_length=300, required=False)
    name_bo_reviewed = forms.BooleanField(label=_("藏文名称已审校"), required=False)
    governs = forms.BooleanField(label=_("本区划的政务数据共享主管部门"), required=False)


class PersonForm(DeskForm):
    username = forms.CharField(
        label=_("账号"), max_length=64, help_text=_("小写字母、数字、点、横线，3 位以上，例如 ciren.dolma。")
    )
    name = forms.CharField(label=_("姓名"), max_length=100)
    name_bo = forms.CharField(label=_("藏文姓名"), max_length=200, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False, help_text=_("只用来接收消息提醒，不含数据内容。"))
    department = forms.ModelChoiceField(
        label=_("部门"), queryset=Department.objects.none(), required=False, help_text=_("三员可以不属于任何部门。")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = queries.departments(actor).filter(closed_at=None)  # type: ignore[attr-defined]


class PersonChangeForm(DeskForm):
    name = forms.CharField(label=_("姓名"), max_length=100)
    name_bo = forms.CharField(label=_("藏文姓名"), max_length=200, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False, help_text=_("只用来接收消息提醒，不含数据内容。"))


class PersonMoveForm(DeskForm):
    department = forms.ModelChoiceField(
        label=_("调入部门"),
        queryset=Department.objects.none(),
        help_text=_("岗位不随人走，请先由安全管理员免去现有岗位。"),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = queries.departments(actor).filter(closed_at=None)  # type: ignore[attr-defined]


class PostForm(DeskForm):
    post = forms.ChoiceField(label=_("岗位"), choices=PostHolding.Post.choices)


class ReasonForm(DeskForm):
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DeputyForm(DeskForm):
    post = forms.ChoiceField(label=_("岗位"))
    stand_in = forms.ModelChoiceField(label=_("代理人"), queryset=Person.objects.none())
    starts = forms.DateField(label=_("自"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(label=_("至（含当日）"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, actor: Actor, held: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lendable = [
            (post.value, post.label) for post in PostHolding.Post if post in held and post in rules.DECIDING_POSTS
        ]
        self.fields["post"].choices = lendable  # type: ignore[attr-defined]
        colleagues = queries.people(actor).filter(queries.in_own_department(actor), is_active=True)
        self.fields["stand_in"].queryset = colleagues.exclude(pk=actor.id)  # type: ignore[attr-defined]


class TokenForm(DeskForm):
    name = forms.CharField(label=_("用途"), max_length=100, help_text=_("例如：夜间报表脚本。"))
    scopes = forms.MultipleChoiceField(
        label=_("范围"), choices=PersonalToken.Scope.choices, widget=forms.CheckboxSelectMultiple, initial=["read"]
    )
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=rules.TOKEN_LIFE_DAYS, initial=90)


class LanguageForm(DeskForm):
    language = forms.ChoiceField(label=_("界面语言"), choices=settings.LANGUAGES)
