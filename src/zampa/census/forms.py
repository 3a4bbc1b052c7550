"""Forms of this room's pages. They ask; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.census import queries
from zampa.census.models import Connection, Network, System
from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm
from zampa.identity import queries as people
from zampa.identity.models import ConsumerKey


class SystemForm(DeskForm):
    code = forms.CharField(label=_("编码"), max_length=40, help_text=_("大写字母、数字和横线，例如 GAT-RK-01。"))
    name = forms.CharField(label=_("名称"), max_length=200)
    network = forms.ChoiceField(label=_("所在网络"), choices=Network.choices)
    state = forms.ChoiceField(label=_("状态"), choices=System.State.choices, initial=System.State.RUNNING)
    purpose = forms.CharField(label=_("用途"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SystemChangeForm(SystemForm):
    code = None  # type: ignore[assignment]


class ConnectionForm(DeskForm):
    name = forms.CharField(label=_("名称"), max_length=200)
    engine = forms.ChoiceField(label=_("类型"), choices=Connection.Engine.choices)
    system = forms.ModelChoiceField(label=_("所属系统"), queryset=System.objects.none(), required=False)
    network = forms.ChoiceField(label=_("所在网络"), choices=Network.choices)
    host = forms.CharField(label=_("主机"), max_length=255, required=False, help_text=_("数据库填写，例如 10.24.3.8。"))
    port = forms.IntegerField(label=_("端口"), required=False, help_text=_("PostgreSQL 通常 5432，MySQL 通常 3306。"))
    database = forms.CharField(label=_("数据库"), max_length=100, required=False)
    user = forms.CharField(label=_("用户"), max_length=100, required=False)
    secret = forms.CharField(
        label=_("密码或令牌"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("加密保存，不再显示。"),
    )
    folder = forms.CharField(
        label=_("文件夹"), max_length=500, required=False, help_text=_("CSV、XLSX、Parquet 填写。")
    )
    url = forms.CharField(label=_("接口地址"), max_length=500, required=False, help_text=_("HTTP 接口填写。"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = queries.systems_of(actor).filter(people.in_own_department(actor))
        self.fields["system"].queryset = mine  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The cleaned fields as the acts take them."""
        given = dict(self.cleaned_data)
        system = given.pop("system")
        return {**given, "port": given["port"] or 0, "system_id": system.pk if system else None}


class ConnectionChangeForm(ConnectionForm):
    engine = None  # type: ignore[assignment]

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["secret"].help_text = _("留空则不改。")


class NetworkForm(DeskForm):
    cidr = forms.CharField(label=_("网段"), max_length=50, help_text=_("例如 10.24.0.0/16。"))
    note = forms.CharField(label=_("用途"), max_length=200)


class KeyForm(DeskForm):
    system = forms.ModelChoiceField(label=_("系统"), queryset=System.objects.none())
    algorithm = forms.ChoiceField(
        label=_("类型"),
        choices=[
            (ConsumerKey.Algorithm.BEARER, _("令牌（由平台生成，只显示一次）")),
            (ConsumerKey.Algorithm.ED25519, _("Ed25519 签名（上传公钥）")),
            (ConsumerKey.Algorithm.P256, _("ECDSA P-256 签名（上传公钥）")),
            (ConsumerKey.Algorithm.SM2, _("SM2 签名（上传公钥）")),
        ],
    )
    public_key = forms.CharField(
        label=_("公钥"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("签名类型填写：PEM，或 base64、十六进制的原始公钥。私钥留在系统自己手里。"),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = queries.systems_of(actor).filter(people.in_own_department(actor))
        self.fields["system"].queryset = mine  # type: ignore[attr-defined]
