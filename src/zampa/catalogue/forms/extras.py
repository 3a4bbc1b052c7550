"""The elements beside the thirteen, and the formats beside the first, as fields of the form of an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Resource
from zampa.catalogue.rules import EXTRAS, FORMAT_KINDS, ITEM_EXTRAS
from zampa.catalogue.words import EXTRA_LABELS, EXTRA_WORDS

NOTHING = [("", "—")]
FORMAT_ROWS = 3


def extra_fields(item: bool = False) -> dict[str, forms.Field]:
    """Field name -> field of every element beside the thirteen."""
    made: dict[str, forms.Field] = {}
    for name, words in (ITEM_EXTRAS if item else EXTRAS).items():
        label = EXTRA_LABELS[name]
        if words:
            choices = [*NOTHING, *((word, EXTRA_WORDS.get(word, word)) for word in words)]
            made[f"extra.{name}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        else:
            made[f"extra.{name}"] = forms.CharField(label=label, max_length=500, required=False)
    return made


def format_fields() -> dict[str, forms.Field]:
    """Rows of the formats beside the first: class and kind."""
    kinds = "、".join(kind for kinds in FORMAT_KINDS.values() for kind in kinds[:2])
    made: dict[str, forms.Field] = {}
    for row in range(1, FORMAT_ROWS + 1):
        made[f"formats.{row}"] = forms.ChoiceField(
            label=_("其他格式"), choices=[*NOTHING, *Resource.Format.choices], required=False
        )
        made[f"formats.{row}.kind"] = forms.CharField(
            label=_("具体种类"), max_length=100, required=False, help_text=kinds if row == 1 else ""
        )
    return made


def initial_extras(extra: Mapping[str, str], formats: Sequence[Mapping[str, str]] = ()) -> dict[str, str]:
    """What is stored, as the form shows it."""
    shown = {f"extra.{name}": text for name, text in extra.items()}
    for row, one in enumerate(formats, start=1):
        shown |= {f"formats.{row}": one.get("category", ""), f"formats.{row}.kind": one.get("kind", "")}
    return shown


def taken(values: dict[str, Any]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The extras and formats taken out of a form's cleaned values."""
    extra = {name[6:]: values.pop(name) for name in list(values) if name.startswith("extra.")}
    formats = []
    for row in range(1, FORMAT_ROWS + 1):
        category, kind = values.pop(f"formats.{row}", ""), values.pop(f"formats.{row}.kind", "")
        if category:
            formats.append({"category": category, "kind": kind})
    return {name: text for name, text in extra.items() if text}, formats
