"""Forms of standards documents and code lists. They ask; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.contracts.actors import Actor
from zampa.desk.forms import DeskForm
from zampa.identity import queries as people
from zampa.standards import queries
from zampa.standards.models import CodeList, Document
from zampa.standards.rules import access
from zampa.standards.rules.documents import DocumentDraft, ListDraft


class DocumentForm(DeskForm):
    """`replaces` is asked when a document is registered."""

    family = forms.ChoiceField(label=_("类别"), choices=Document.Family.choices)
    kind = forms.ChoiceField(label=_("性质"), choices=Document.Kind.choices, initial=Document.Kind.PLATFORM)
    number = forms.CharField(label=_("标准号"), max_length=60, help_text=_("例：DB54/T 0123"))
    edition = forms.CharField(label=_("版本"), max_length=40, required=False, help_text=_("例：2026"))
    title = forms.CharField(label=_("名称"), max_length=200)
    title_bo = forms.CharField(
        label=_("藏文名称"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "bo"})
    )
    title_en = forms.CharField(label=_("英文名称"), max_length=300, required=False)
    issuer = forms.CharField(label=_("发布单位"), max_length=200, required=False)
    abstract = forms.CharField(label=_("范围"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    issued_on = forms.DateField(label=_("发布"), required=False)
    in_force_on = forms.DateField(label=_("实施"), required=False)
    replaces = forms.ChoiceField(label=_("代替"), required=False, help_text=_("实施之日，被代替的文件同时结束"))

    def __init__(self, actor: Actor, *args: Any, held: Document | None = None, **given: Any) -> None:
        names = DocumentDraft.__dataclass_fields__
        initial = {name: getattr(held, name) for name in names} if held else None
        super().__init__(*args, initial=initial, **given)
        if held is not None:
            del self.fields["replaces"]
            return
        rows = queries.documents(actor).filter(state="in_force", replaced_by=None)
        self.fields["replaces"].choices = [("", "—"), *((str(row.pk), str(row)) for row in rows)]

    def draft(self) -> DocumentDraft:
        return DocumentDraft(**{name: value for name, value in self.cleaned_data.items() if name != "replaces"})


class PaperForm(DeskForm):
    file = forms.FileField(label=_("材料"), help_text=_("PDF、OFD、DOCX、XLSX、PNG、JPG，每件不超过 20 MB。"))


class InForceForm(DeskForm):
    on = forms.DateField(label=_("实施"))


class ReasonForm(DeskForm):
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AdoptionForm(DeskForm):
    """An authority notes it for any department, everybody else for the own one."""

    department = forms.ChoiceField(label=_("部门"))
    on = forms.DateField(label=_("采用"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, actor: Actor, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        rows = people.departments(actor).filter(closed_at=None).order_by("name_key")
        if not access.may_keep(actor).allowed:
            rows = rows.filter(pk=actor.department or None)
        self.fields["department"].choices = [(str(row.pk), row.name) for row in rows]


class ListForm(DeskForm):
    code = forms.CharField(label=_("简称"), max_length=59, help_text=_("小写字母和横线，例：road-types，定了就不再改"))
    name = forms.CharField(label=_("名称"), max_length=200)
    name_bo = forms.CharField(
        label=_("藏文名称"), max_length=300, required=False, widget=forms.TextInput(attrs={"lang": "bo"})
    )
    name_en = forms.CharField(label=_("英文名称"), max_length=300, required=False)
    standard = forms.CharField(label=_("依据"), max_length=100, required=False, help_text=_("例：GB/T 2260"))
    edition = forms.CharField(label=_("版本"), max_length=100, help_text=_("例：2026"))
    source = forms.CharField(label=_("来源"), max_length=300, help_text=_("这份代码从哪里来"))
    whole = forms.ChoiceField(label=_("完整性"), choices=CodeList.Whole.choices, initial=CodeList.Whole.UNKNOWN)
    whole_note = forms.CharField(label=_("完整性说明"), max_length=500, required=False)
    expected = forms.IntegerField(label=_("标准所列个数"), required=False, min_value=1)

    def __init__(self, *args: Any, held: CodeList | None = None, **given: Any) -> None:
        initial = {name: getattr(held, name) for name in ListDraft.__dataclass_fields__} if held else None
        super().__init__(*args, initial=initial, **given)
        if held is not None:
            del self.fields["code"]

    def draft(self, code: str = "") -> ListDraft:
        given = dict(self.cleaned_data)
        return ListDraft(**{**given, "code": code or given.get("code", "")})
