"""Words learned from use: an item bound to an element is a word for it next time."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.standards.models import Element, Synonym
from zampa.standards.rules.naming import word_key


def note_word(*, by: Actor, number: str, word: str, kind: str = "name", now: datetime | None = None) -> bool:
    """Notes that an item of this name (or column) was bound to the element; whether the word is new to it.

    The outer act makes the record. The element's own name and symbol are not noted, nor what is no word of a person's:
    a column of one sign, a number.
    """
    now, key = now or utc_now(), word_key(word)
    element = Element.objects.filter(number=number).first()
    if element is None or len(key) < 2 or key.isdigit() or key in (word_key(element.name), word_key(element.symbol)):
        return False
    row, made = Synonym.objects.get_or_create(
        element=element, kind=kind, word_key=key[:200],
        defaults={"word": word.strip()[:200], "learned": True, "noted_by_name": by.name, "noted_at": now},
    )  # fmt: skip
    if not made:
        Synonym.objects.filter(pk=row.pk).update(times=F("times") + 1)
    return made
