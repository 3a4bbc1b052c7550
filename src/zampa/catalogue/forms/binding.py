"""Which element each item means: a choice among what is suggested, or another element's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Item
from zampa.desk.forms import DeskForm
from zampa.standards.rules.naming import Suggested

SURE = 80  # of 100: a suggestion that stands chosen until the clerk says otherwise


class BindingForm(DeskForm):
    """Two fields an item: `to_<id>` among the suggestions, `other_<id>` for any other number, which wins."""

    def __init__(self, items: Sequence[Item], said: dict[str, list[Suggested]], *args: Any, **given: Any) -> None:
        self.items = list(items)
        super().__init__(*args, **given)
        for item in self.items:
            key, shown = str(item.pk), said[str(item.pk)]
            choices = [("", _("— 不对应 —")), *((one.number, f"{one.name}  {one.number}") for one in shown)]
            if item.element and item.element not in dict(choices):
                choices.append((item.element, item.element))
            first = shown[0].number if shown and shown[0].score >= SURE else ""
            self.fields[f"to_{key}"] = forms.ChoiceField(
                label=item.name, choices=choices, required=False, initial=item.element or first
            )
            self.fields[f"other_{key}"] = forms.CharField(label=_("其他编号"), required=False, max_length=40)

    def bound(self) -> dict[str, str]:
        """Element numbers by item id."""
        given = self.cleaned_data
        keys = [str(item.pk) for item in self.items]
        return {key: given[f"other_{key}"].strip() or given[f"to_{key}"] for key in keys}
