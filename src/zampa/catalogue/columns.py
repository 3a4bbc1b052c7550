"""Entries and items as the two sheets of a book: their columns, and their values in words a clerk writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Item, Resource
from zampa.catalogue.rules.entries import TYPE_LETTERS
from zampa.catalogue.words import ITEM_LABELS, LABELS
from zampa.desk.sheets import Part, said

ENTRY_FIELDS = (
    "name", "name_bo", "abstract", "class_code", "category", "grade", "format", "format_note", "system",
    "update_cycle", "related_codes", "sharing", "use_requirement", "ways", "conditions", "scope", "basis_kind",
    "basis_instrument", "basis_article", "opening", "opening_conditions", "secrecy_checked",
)  # fmt: skip
ITEM_FIELDS = (
    "name", "name_bo", "column", "element", "type", "length", "precision", "scale", "key", "nullable", "sensitivity",
    "sharing", "conditions", "basis_kind", "basis_instrument", "basis_article", "opening", "note",
)  # fmt: skip
ENTRY_COLUMNS: dict[str, str | Promise] = {
    **{name: LABELS[name] for name in ENTRY_FIELDS}, "id": _("目录标识（勿改）")
}  # fmt: skip
ITEM_COLUMNS: dict[str, str | Promise] = {
    "resource": LABELS["name"],
    **{name: ITEM_LABELS[name] for name in ITEM_FIELDS},
    "id": _("信息项标识（勿改）"),
}
PARTS = {
    "entries": Part(title=_("目录"), heads=ENTRY_COLUMNS, needed=("name",)),
    "items": Part(title=_("信息项"), heads=ITEM_COLUMNS, needed=("resource", "name")),
}
FLAGS = {"secrecy_checked", "key", "nullable"}
NUMBERS = {"length", "precision", "scale"}
YES_NO: tuple[tuple[str, str | Promise], ...] = (("yes", _("是")), ("no", _("否")))


def choices_of(model: type[Resource] | type[Item], name: str) -> list[tuple[str, Any]]:
    """Value and word of a field with a list, empty for any other."""
    if name in FLAGS:
        return list(YES_NO)
    if model is Item and name == "type":
        return [(word, word) for word in TYPE_LETTERS]
    if name == "ways":
        return list(Resource.Way.choices)
    if name in ("system", "resource", "id"):
        return []
    return list(getattr(model._meta.get_field(name), "flatchoices", ()))


def values_by_word(model: type[Resource] | type[Item], name: str) -> dict[str, str]:
    """Every spelling of a choice, in any of our languages and as its short word -> its value."""
    return {
        word.casefold(): str(value)
        for value, label in choices_of(model, name)
        for word in (str(value), *said(label))
        if value != ""
    }


def offered(model: type[Resource] | type[Item], columns: Mapping[str, object]) -> dict[int, list[str]]:
    """Column (from 0) -> the words its cells offer."""
    return {
        at: [str(label) for value, label in choices_of(model, name) if value != ""]
        for at, name in enumerate(columns)
        if name != "ways" and choices_of(model, name)
    }


def entry_cells(row: Resource) -> list[object]:
    said = {
        "id": str(row.pk),
        "system": row.system.name if row.system else "",
        "class_code": f"{row.code_scheme}:{row.class_code} {row.class_name}" if row.class_code else "",
        "related_codes": " ".join(row.related_codes),
    }
    return [said[name] if name in said else _cell(row, name) for name in ENTRY_COLUMNS]


def item_cells(row: Item) -> list[object]:
    said = {"id": str(row.pk), "resource": row.resource.name}
    return [said[name] if name in said else _cell(row, name) for name in ITEM_COLUMNS]


def _cell(row: Resource | Item, name: str) -> object:
    value = getattr(row, name)
    words = {str(one): str(label) for one, label in choices_of(type(row), name)}
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    if isinstance(value, list):
        return "、".join(str(words.get(one, one)) for one in value)
    return words.get(value, value) if words else value
