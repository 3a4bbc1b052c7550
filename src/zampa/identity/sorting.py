"""The database sorts by code point; Chinese names are sorted by a pinyin key kept beside them."""

from __future__ import annotations

from pypinyin import lazy_pinyin


def name_key(name: str) -> str:
    """Pinyin without tones, lower case, syllables apart, at most 200 characters."""
    return " ".join(lazy_pinyin(name)).lower()[:200]
