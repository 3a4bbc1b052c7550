"""Forms that lose nothing typed: errors stand beside their fields, a count at the top."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.desk.wording import text_of
from zampa.ground.errors import Conflict, NotAllowed, NotValid, Unavailable

T = TypeVar("T")
# Django has no Tibetan, and its own Chinese lines do not say what to do.
SAID = {
    "required": _("请填写这一项。"),
    "invalid": _("格式不对，请参照示例。"),
    "invalid_choice": _("请从列出的选项中选择。"),
    "invalid_date": _("请按 2026-12-12 的样式填写日期。"),
}


class DeskForm(forms.Form):
    """Base of every form of a staff page; rendered by {% fields form %} or {% field form.name %}."""

    required_css_class = "required"
    error_css_class = "wrong"
    use_required_attribute = False  # the browser's own bubbles speak the browser's language, not the reader's

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            said = {**SAID, "invalid": SAID["invalid_date"]} if isinstance(field, forms.DateField) else SAID
            field.error_messages.update({code: text for code, text in said.items() if code in field.error_messages})
            if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
                field.widget.attrs["rows"] = "4"
            if isinstance(field, forms.DateField) and isinstance(field.widget, forms.DateInput):
                field.widget = forms.DateInput({**field.widget.attrs, "type": "date"}, format="%Y-%m-%d")

    def faults(self) -> int:
        """How many things are wrong, for the line at the top."""
        return sum(len(errors) for errors in self.errors.values())


def run_act(form: forms.BaseForm, call: Callable[[], T]) -> T | None:
    """Run an act from a valid form; None when the form or the act refuses, the reasons then stand on the form.

    A fault whose `where` is a field of the form lands beside that field, every other at the top. NotFound is
    not caught: it becomes the 404 page. After an act that itself returns None, ask `form.is_valid()`.
    """
    if not form.is_valid():
        return None
    try:
        return call()
    except NotValid as error:
        for fault in error.faults:
            where = fault.where if fault.where in form.fields else None
            form.add_error(where, text_of(fault.code, fault.params))
        if not error.faults:
            form.add_error(None, text_of(error.code, error.params))
    except (NotAllowed, Conflict, Unavailable) as error:
        form.add_error(None, text_of(error.code, error.params))
    return None
