"""Where the data lies: the connection, then its table or its path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as now_text
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
    """The real data behind an entry: a table or view; a folder of files of one shape; or one SELECT that only reads."""

    name = None  # type: ignore[assignment]
    pattern = forms.CharField(
        label=_("或：整个文件夹，文件名样式"),
        max_length=200,
        required=False,
        help_text=_("样式相符的文件合为一份数据，须结构相同。例：人口-*.csv"),
    )
    query = forms.CharField(
        label=_("或：查询"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}),
        help_text=_("只能是一条只读的 SELECT，表名前写明模式。例：select id, name from public.persons"),
    )
    field_order = ("table", "pattern", "query", "time_column")

    def __init__(self, *args: Any, engine: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["table"].required = False
        self.fields["table"].choices = [("", "—"), *self.fields["table"].choices]
        files = engine in ("csv", "xlsx", "parquet")
        for name, shown in (("pattern", files), ("query", engine == "postgresql")):
            if not shown:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if sum(bool(said.get(name)) for name in ("table", "pattern", "query")) != 1:
            self.add_error("table", _("选一张表，或者填写另一种来源，只能有一个。"))
        return said

    def chosen(self) -> TableRef:
        said = self.cleaned_data
        if said.get("query"):
            return TableRef(kind="query", name=str(now_text("查询")), query=said["query"])
        if said.get("pattern"):
            return TableRef(kind="folder", name=said["pattern"].strip())
        return super().chosen()


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


class TablesForm(DeskForm):
    """The tables of a connection that are to become drafts, all ticked."""

    tables = forms.MultipleChoiceField(label=_("表或文件"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tables: list[TableRef], **given: Any) -> None:
        super().__init__(*args, **given)
        choices = [
            (f"{row.schema}/{row.name}", f"{row.name}{' · ' + row.comment if row.comment else ''}") for row in tables
        ]
        self.fields["tables"].choices = choices
        self.fields["tables"].initial = [key for key, _label in choices]
