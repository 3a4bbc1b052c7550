"""The fields whose values are words of a list, so that another platform writes codes for them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.columns import choices_of, values_by_word
from zampa.catalogue.models import Item, Resource
from zampa.catalogue.rules import EXTRAS
from zampa.catalogue.words import EXTRA_LABELS, EXTRA_WORDS, LABELS

OF_ENTRY = (
    "update_cycle",
    "sharing",
    "opening",
    "format",
    "ways",
    "use_requirement",
    "category",
    "grade",
    "basis_kind",
)
EXTRA = tuple(f"extra.{name}" for name, words in EXTRAS.items() if words)
CODED: dict[str, str | Promise] = {
    **{name: LABELS[name] for name in OF_ENTRY},
    "type": _("信息项类型"),
    "sensitivity": _("敏感程度"),
    **{name: EXTRA_LABELS[name[6:]] for name in EXTRA},
}


def choices(field: str) -> list[tuple[str, Any]]:
    """Value and word of a coded field."""
    if field.startswith("extra."):
        return [(word, EXTRA_WORDS.get(word, word)) for word in EXTRAS[field[6:]]]
    return choices_of(Item if field in ("type", "sensitivity") else Resource, field)


def words_of(field: str) -> dict[str, str]:
    """Value -> its word in the reader's language."""
    return {str(value): str(word) for value, word in choices(field) if value != ""}


def spellings(field: str) -> dict[str, str]:
    """Every spelling of our own, in any of our languages -> its value."""
    if field.startswith("extra."):
        return {str(word).casefold(): value for value, word in choices(field)}
    return values_by_word(Item if field in ("type", "sensitivity") else Resource, field)
