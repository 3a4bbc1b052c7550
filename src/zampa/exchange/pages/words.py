"""Masks and row filters in a reader's words."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from zampa.contracts.flowspecs import AllOf, Comparison, Filter, Mask
from zampa.exchange.forms import OPERATORS, PRESET_WORDS
from zampa.exchange.models import GrantField, RequestItem
from zampa.exchange.rules.suggestions import preset_of


def mask_words(row: GrantField | RequestItem) -> str:
    """A mask as its preset's word; one that somebody wrote by the API is shown as it is."""
    mask = msgspec.convert(row.mask or {}, Mask)
    preset = preset_of(mask)
    return str(PRESET_WORDS[preset]) if preset else f"{mask.kind} {mask.first or ''}{mask.to} {mask.last or ''}".strip()


def filter_words(tree: object) -> str:
    """A row filter as one line; values are the provider's own and are shown to both parties as they are."""
    return _told(msgspec.convert(tree, Filter))


def _told(part: Filter) -> str:
    if isinstance(part, Comparison):
        value = "、".join(part.value) if isinstance(part.value, list) else part.value
        return f"{part.field} {dict(OPERATORS).get(part.op, part.op)} {value}"
    word = _(" 且 ") if isinstance(part, AllOf) else _(" 或 ")
    return word.join(_told(one) for one in part.of)
