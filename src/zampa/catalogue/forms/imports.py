"""A file of another platform, and which of its columns and words mean what here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts.imports import SEPARATORS
from zampa.catalogue.coded import words_of
from zampa.catalogue.models import ColumnMap, Peer
from zampa.catalogue.queries_imports import FIELDS
from zampa.desk.forms import DeskForm
from zampa.desk.sheets import said

NOTHING = [("", "—")]
SIGNS = [(sign, _("空格") if sign == " " else sign) for sign in SEPARATORS]


class ForeignFileForm(DeskForm):
    """The file as the other platform gave it."""

    file = forms.FileField(
        label=_("文件"), help_text=_("CSV、XLSX、JSON、JSON Lines 或 SQL，可用 gzip 压缩，最大 50 MB；编码自动辨认")
    )


class MapForm(DeskForm):
    """`col.<field>` chooses a column, `values.<field>.<key>` our word for a text that no map covers."""

    name = forms.CharField(label=_("这份对应关系的名字"), max_length=100, help_text=_("例：某市开放平台导出"))
    peer = forms.ChoiceField(label=_("对方平台的代码"), required=False, help_text=_("选了平台，就按它的代码对照翻译"))
    separator = forms.ChoiceField(label=_("信息项之间的分隔符"), choices=SIGNS)

    def __init__(
        self,
        *args: Any,
        heads: Sequence[str],
        labels: Mapping[str, str],
        held: ColumnMap | None,
        open_values: Mapping[str, Mapping[str, int]],
        **given: Any,
    ) -> None:
        super().__init__(*args, initial=_initial(heads, held), **given)
        self.fields["peer"].choices = [*NOTHING, *((row.pk, row.name) for row in Peer.objects.all())]
        choices = [*NOTHING, *((head, f"{head}（{labels[head]}）" if head in labels else head) for head in heads)]
        for field, label in FIELDS.items():
            self.fields[f"col.{field}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.texts: dict[str, tuple[str, str]] = {}
        self.counts: dict[str, int] = {}
        kept = held.values if held else {}
        for field in dict.fromkeys([*kept, *open_values]):
            for text in dict.fromkeys([*kept.get(field, {}), *open_values.get(field, {})]):
                self._ask(field, text, kept.get(field, {}).get(text, ""), open_values.get(field, {}).get(text, 0))

    def _ask(self, field: str, text: str, value: str, count: int) -> None:
        name = f"values.{field}.{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        self.texts[name], self.counts[name] = (field, text), count
        words = [("", _("留空")), *words_of(field).items()]
        self.fields[name] = forms.ChoiceField(label=text, choices=words, required=False, initial=value)

    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"col.{name}"] for name in FIELDS if self.cleaned_data.get(f"col.{name}")}

    def values(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, (field, text) in self.texts.items():
            if self.cleaned_data.get(name):
                found.setdefault(field, {})[text] = self.cleaned_data[name]
        return found

    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"col.{name}"] for name in FIELDS]

    def value_fields(self) -> list[tuple[object, forms.BoundField, int]]:
        return [(FIELDS[field], self[name], self.counts[name]) for name, (field, _text) in self.texts.items()]


def _initial(heads: Sequence[str], held: ColumnMap | None) -> dict[str, str]:
    """The map as it is kept; without one, columns headed exactly as we call a field."""
    if held is not None:
        shown = {f"col.{field}": head for field, head in held.columns.items() if head in heads}
        return {"name": held.name, "peer": held.peer_id or "", "separator": held.separator, **shown}
    called = {word.casefold(): field for field, label in FIELDS.items() for word in (field, *said(label))}
    return {"separator": "|"} | {f"col.{called[h.casefold()]}": h for h in heads if h.casefold() in called}
