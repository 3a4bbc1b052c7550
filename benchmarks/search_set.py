"""The entries of the search benchmarks: 88,883 real records of eight provinces' portals, multiplied by recombining.

Copy k > 1 of a record joins the first words of its title to the last words of another's, takes the description of the
first, the department of a third and the cycle, format and dates of a fourth, all drawn with a fixed seed: the lengths,
the words and how often they occur stay those of real catalogues. A title a department has already gets a number behind.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import rjieba

from zampa.ground.errors import Unavailable
from zampa.index import pinyin
from zampa.index.scripts import plain, runs

SOURCE = Path(__file__).resolve().parents[2] / "shared/data/04_catalogues/cn_open_gov_portals_metadata.jsonl.gz"
CYCLES = {
    "实时": "realtime", "日": "daily", "天": "daily", "周": "weekly", "月": "monthly", "半年": "half_yearly",
    "季": "quarterly", "年": "yearly", "不更新": "never",
}  # fmt: skip
FORMATS = {"接口": "service", "api": "service", "mysql": "database", "data": "database", "json": "self", "xls": "sheet",
           "csv": "sheet", "表": "sheet", "doc": "efile", "pdf": "efile", "file": "efile"}  # fmt: skip
LIVE = ("none", "none", "live", "live", "live", "stale", "broken", "applied")


class Made(NamedTuple):
    """One entry; `provider` and `region` count departments and portals, `number` begins at 0."""

    number: int
    name: str
    name_key: str
    abstract: str
    provider: int
    class_code: str
    class_name: str
    sharing: str
    format: str
    cycle: str
    day: str
    code: str
    live: str


class Real(NamedTuple):
    """A record as the portal had it; `keywords`, `theme` and `industry` are its own people's tags."""

    title: str
    description: str
    provider: int
    theme: str
    industry: str
    keywords: str
    sharing: str
    format: str
    cycle: str
    day: str


def real() -> tuple[list[Real], list[tuple[str, int]]]:
    """All records, and their departments as (name, number of their portal). Unavailable where the folder is absent."""
    if not SOURCE.exists():
        raise Unavailable("benchmarks.no_data", needed="shared/data/04_catalogues")
    departments: dict[tuple[str, str], int] = {}
    portals: dict[str, int] = {}
    found = []
    with gzip.open(SOURCE, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            portal = portals.setdefault(row["portal"], len(portals))
            name = str(row.get("provider") or row["portal"])[:200]
            key = (row["portal"], name)
            provider = departments.setdefault(key, len(departments))
            opened = str(row.get("open_type") or "")
            found.append(
                Real(
                    title=str(row["title"])[:180],
                    description=str(row.get("description") or ""),
                    provider=provider,
                    theme=str(row.get("theme") or "")[:100],
                    industry=str(row.get("industry") or ""),
                    keywords=str(row.get("keywords") or ""),
                    sharing="unconditional" if "无条件" in opened or "完全" in opened else "conditional",
                    format=_first(FORMATS, str(row.get("formats") or ""), "database"),
                    cycle=_first(CYCLES, str(row.get("update_cycle") or ""), "irregular"),
                    day=str(row.get("issued") or row.get("modified") or "2022-01-01")[:10],
                )
            )
            assert portal >= 0
    return found, [(name, portals[portal]) for portal, name in departments]


def _first(words: dict[str, str], text: str, otherwise: str) -> str:
    return next((value for word, value in words.items() if word in text.lower()), otherwise)


def multiplied(wanted: int) -> Iterator[Made]:
    """So many entries, the real ones first."""
    records, _ = real()
    chance = random.Random(809)
    taken: set[int] = set()
    cut: list[list[str]] = [rjieba.cut(one.title) for one in records]
    for number in range(wanted):
        own = number % len(records)
        base = records[own]
        title, provider, rest = base.title, base.provider, base
        if number >= len(records):
            other = chance.randrange(len(records))
            head, tail = cut[own], cut[other]
            title = "".join([*head[: -(-len(head) // 2)], *tail[len(tail) // 2 :]])[:180]
            provider, rest = records[chance.randrange(len(records))].provider, records[chance.randrange(len(records))]
        key = hash((provider, title))
        if key in taken:
            title = f"{title}（{number}）"
        taken.add(hash((provider, title)))
        yield _made(number, title, base, provider, rest)


def _made(number: int, title: str, base: Real, provider: int, rest: Real) -> Made:
    sounds = [sound for script, run in runs(plain(title)) if script == "han" for sound in pinyin.of_run(run)]
    theme = zlib.crc32(base.theme.encode()) % 12 + 201
    return Made(
        number=number,
        name=title,
        name_key=" ".join(sounds)[:200],
        abstract=base.description,
        provider=provider,
        class_code=str(theme),
        class_name=base.theme,
        sharing=rest.sharing,
        format=rest.format,
        cycle=rest.cycle,
        day=rest.day if len(rest.day) == 10 and rest.day[:2] == "20" else "2022-01-01",
        code=f"{theme}/{number:07d}",
        live=LIVE[number % len(LIVE)],
    )
