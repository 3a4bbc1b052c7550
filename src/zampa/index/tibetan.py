"""Tibetan as tokens: syllables between tshegs, and neighbouring syllables two by two.

Words are not written apart and how to find them is an open question (W3C tlreq), so syllables are what is searched.
The particle that leans on a syllable without a tsheg of its own ('i, 'o, 'am, 'ang, 'u after an open syllable) is cut
off, so that a word hits with and without it.
"""

from __future__ import annotations

import re
from itertools import pairwise

_BETWEEN = re.compile(r"[^\u0f40-\u0fbc\u0f20-\u0f33\u0f71-\u0f84]+")
_LEANING = re.compile(r"(?<=[\u0f40-\u0fbc])\u0f60(?:\u0f72|\u0f7c|\u0f44|\u0f58|\u0f74)$")
# Case and joining particles: alone they say nothing of what a text is about.
_PARTICLES = "གི ཀྱི གྱི ཡི གིས ཀྱིས གྱིས ཡིས སུ ཏུ དུ རུ ལ ན ནས ལས དང ནི ཀྱང ཡང འང སྟེ ཏེ དེ ཅིང ཤིང ཞིང པ བ པའི བའི པར བར པོ མོ"
PARTICLES = frozenset(_PARTICLES.split())


def syllables(run: str) -> list[str]:
    """The syllables of a plain run, leaning particles cut off: བོད་ལྗོངས་ཀྱི -> བོད, ལྗོངས, ཀྱི."""
    return [_LEANING.sub("", one) for one in _BETWEEN.split(run) if one]


def telling(parts: list[str]) -> list[str]:
    """The syllables that say something; all of them when there are only particles."""
    return [one for one in parts if one not in PARTICLES] or parts


def pairs(parts: list[str]) -> list[str]:
    return [f"{first}་{second}" for first, second in pairwise(parts)]


def tokens(run: str) -> list[str]:
    """What a run is found by: its syllables and their pairs, each once."""
    parts = syllables(run)
    return list(dict.fromkeys((*parts, *pairs(parts))))
