"""A classification's file, a map between two nodes, and the classes a resource stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.acts import Place, SchemeFacts
from zampa.catalogue.models import GUIDE, Placement, Scheme
from zampa.desk.forms import DeskForm

LARGEST = 20 * 1024 * 1024
BLANKS = 2
FINDS = {"autocomplete": "off", "spellcheck": "false"}


class ImportClassesForm(DeskForm):
    """A scheme with its file."""

    file = forms.FileField(
        label=_("分类文件"), help_text=_("CSV，列：code、name、parent、depth；UTF-8 或 GB 18030，最大 20 MB")
    )
    code = forms.CharField(label=_("方案代码"), max_length=40, help_text=_("小写字母、数字和短横，例：national-2017"))
    name = forms.CharField(label=_("方案名称"), max_length=200)
    standing = forms.ChoiceField(label=_("属于"), choices=Scheme.Standing.choices)
    edition = forms.CharField(label=_("版本"), max_length=200, help_text=_("例：2017 年版"))
    source = forms.CharField(label=_("来源"), max_length=300, help_text=_("写明文件从哪里来"))
    complete = forms.BooleanField(label=_("本版本的全部分类都在文件里"), required=False)

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(_("文件超过 20 MB。"))
        return bytes(given.read())

    def facts(self) -> SchemeFacts:
        names = ("code", "name", "standing", "edition", "source", "complete")
        return SchemeFacts(**{name: self.cleaned_data[name] for name in names})


class ClassField(forms.CharField):
    """A class as typed or picked: "scheme:code", or a bare code of the guide; a name after it is left aside."""

    widget = forms.TextInput(attrs=FINDS)

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        self.widget.attrs["list"] = f"{bound.auto_id}_options"
        return bound

    def clean(self, value: Any) -> Any:
        head = super().clean(value).split(" ", 1)[0]
        if not head:
            return None
        scheme, _colon, code = head.rpartition(":")
        return Place(scheme=scheme or GUIDE, code=code)


class MapForm(DeskForm):
    """What a node is called in another scheme."""

    other = ClassField(label=_("对应到"), help_text=_("键入名称或代码查找"))


class PlacesForm(DeskForm):
    """The classes of one resource, the main one on the first line."""

    def __init__(self, *args: Any, rows: Sequence[Placement], **given: Any) -> None:
        super().__init__(*args, **given)
        known = [f"{row.node.scheme}:{row.node.code} {row.node.name}" for row in rows]
        for place, value in enumerate([*known, *[""] * max(BLANKS, 3 - len(known))], start=1):
            label = _("主分类") if place == 1 else _("其他分类")
            self.fields[f"places.{place}"] = ClassField(label=label, required=False, initial=value)

    def places(self) -> list[Place]:
        return [value for value in self.cleaned_data.values() if value]
