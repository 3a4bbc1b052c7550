"""Text as it is compared, and its runs by script: Han, Tibetan, Latin with digits."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Script = Literal["han", "bo", "latin"]
_RUNS = re.compile(
    r"(?P<han>[〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<bo>[\u0f00-\u0fff]+)"
    r"|(?P<latin>[a-z0-9\u00c0-\u024f]+)"
)
_SEPARATE = re.compile(r"(?:[^\w\u0f71-\u0fbc]|_)+")


def plain(text: str) -> str:
    """Lower case and NFKC: full-width letters become narrow, a non-breaking tsheg an ordinary one (Unicode TR 15)."""
    return (text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)).lower()


def runs(text: str) -> list[tuple[Script, str]]:
    """The runs of an already plain text with their script; punctuation and spaces separate."""
    return [(found.lastgroup, found[0]) for found in _RUNS.finditer(text)]  # type: ignore[misc]


def whole(text: str) -> str:
    """A name as one token: plain, without spaces and punctuation; Tibetan keeps its vowels and stacked letters."""
    return _SEPARATE.sub("", plain(text))
