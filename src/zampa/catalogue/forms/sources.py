"""Where the data lies: the connection, then its table or its path."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.census.queries import connections_of
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import TableRef
from zampa.desk.forms import DeskForm

METHODS = [(name, name) for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")]


class SourceForm(DeskForm):
    """Which connection; the tables of it are shown on the next page."""

    connection_id = forms.ChoiceField(label=_("数据连接"))

    def __init__(self, *args: Any, actor: Actor, **given: Any) -> None:
        super().__init__(*args, **given)
        rows = connections_of(actor)[:500]
        self.fields["connection_id"].choices = [
            (str(row.pk), f"{row.name} · {row.get_engine_display()}") for row in rows
        ]


class TableForm(DeskForm):
    """One table of a connection, and the name of the entry drafted from it."""

    table = forms.ChoiceField(label=_("表或文件"))
    name = forms.CharField(
        label=_("信息资源名称"), max_length=200, required=False, help_text=_("留空则用表的注释或表名")
    )

    def __init__(self, *args: Any, tables: list[TableRef], **given: Any) -> None:
        super().__init__(*args, **given)
        self.tables = {f"{row.schema}/{row.name}": row for row in tables}
        self.fields["table"].choices = [
            (key, f"{row.schema + '.' if row.schema else ''}{row.name}{' · ' + row.comment if row.comment else ''}")
            for key, row in self.tables.items()
        ]

    def chosen(self) -> TableRef:
        return self.tables[self.cleaned_data["table"]]


class AttachForm(TableForm):
    """The real table behind an entry."""

    name = None  # type: ignore[assignment]


class PathForm(DeskForm):
    """The path of an HTTP service behind an entry."""

    path = forms.CharField(label=_("服务路径"), max_length=300, help_text=_("例：/v1/persons"))
    methods = forms.MultipleChoiceField(
        label=_("允许的方法"), choices=METHODS, initial=["GET"], widget=forms.CheckboxSelectMultiple
    )
    response = forms.ChoiceField(
        label=_("返回格式"), choices=[("", _("整体转发")), ("json", "JSON"), ("ndjson", "NDJSON")], required=False
    )
