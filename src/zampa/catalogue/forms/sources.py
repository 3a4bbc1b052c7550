"""Where the data lies: the connection, then its table or its path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Item
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


class TimeItem(DeskForm):
    """Which item tells the time a row is of."""

    time_column = forms.ChoiceField(
        label=_("时间项"),
        required=False,
        help_text=_("哪个信息项记着数据的时间。探测时用它的最大值与更新周期比较，判断数据是否过期。"),
    )

    def __init__(self, *args: Any, items: Iterable[Item] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        rows = [(item.column, f"{item.name} · {item.column}") for item in items if item.column]
        self.fields["time_column"].choices = [("", _("不指定")), *rows]


class AttachForm(TimeItem, TableForm):
    """The real table behind an entry."""

    name = None  # type: ignore[assignment]
    field_order = ("table", "time_column")


class PathForm(TimeItem):
    """The path of an HTTP service behind an entry."""

    field_order = ("path", "methods", "response", "time_column")

    path = forms.CharField(label=_("服务路径"), max_length=300, help_text=_("例：/v1/persons"))
    methods = forms.MultipleChoiceField(
        label=_("允许的方法"), choices=METHODS, initial=["GET"], widget=forms.CheckboxSelectMultiple
    )
    response = forms.ChoiceField(
        label=_("返回格式"), choices=[("", _("整体转发")), ("json", "JSON"), ("ndjson", "NDJSON")], required=False
    )
