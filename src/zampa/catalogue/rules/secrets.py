"""Words and markings that mean a state secret: what bears one does not enter (Order 809 art. 2).

A marking is "grade★period" (national rules on marking state secrets, FACT); "秘密" by itself is everyday speech and is
no marking without its star. Signs that only part a word (blanks, zero-width signs, punctuation) hide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from zampa.ground.errors import Fault

CARRIED = ("绝密", "机密★", "秘密★", "机密级", "秘密级")
STARS = str.maketrans({"☆": "★", "*": "★", "✩": "★", "⭐": "★", "✱": "★"})
PARTS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·.,，。、_\-]+")


def plain(text: str) -> str:
    """The text as it is compared: one form of each sign, one star, nothing that parts a word."""
    return PARTS.sub("", unicodedata.normalize("NFKC", text).translate(STARS)).casefold()


def secret_hits(texts: Mapping[str, str], words: Iterable[str]) -> list[Fault]:
    """A fault for each place (element, "items.N") and word found there."""
    known = [(word, plain(word)) for word in words if plain(word)]
    return [
        Fault(where, "catalogue.secret.found", {"word": word})
        for where, text in texts.items()
        for word, bare in known
        if bare in plain(text)
    ]
