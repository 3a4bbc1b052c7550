"""Divisions of China down to county since 1980, with their years and what took their place.

The years are python-stdnum's (cn/loc.dat), one for each change: a division begins on the first of January of its year
and ends on the first of January of the year in which another took its place. Xizang's rows, their Tibetan names and
their successors are identity's. Elsewhere a successor is named where the same province has, from that very year, one
division of the same name (its 县, 市 or 区 apart): a rule, and no guess, since two candidates name none. What that
table has not heard of yet stands in data/regions-more.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

from zampa.identity import divisions as xizang

OWN = "54"
_ENTRY = re.compile(r'^ +([0-9]{4}) county="(.*)"$')
_PROVINCE = re.compile(r"^([0-9]{2}) ")
_SPAN = re.compile(r"\[([0-9]*)-([0-9]*)\]([^,\[]+)")
_ENDING = re.compile(r"(?:自治[州县旗]|地区|林区|特区|[县市区盟旗])$")


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    parent: str
    depth: int
    valid_from: date | None = None
    valid_to: date | None = None
    name_bo: str = ""
    replaced_by: tuple[str, ...] = ()


def divisions() -> list[Division]:
    """Every division of every time, by code and then by time."""
    text = files("stdnum").joinpath("cn/loc.dat").read_text(encoding="utf-8")
    rows = [row for row in _parsed(text.splitlines()) if not row.code.startswith(OWN)]
    rows += _later({row.code for row in rows})
    return sorted([*_succeeded(_placed(rows)), *_own()], key=lambda row: (row.code, row.valid_from or date.min))


def _later(known: set[str]) -> Iterator[Division]:
    text = files("zampa.standards").joinpath("data/regions-more.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["code"] not in known:
            yield Division(row["code"], row["name"], "", int(row["depth"]), date.fromisoformat(row["valid_from"]))


def _parsed(lines: Iterable[str]) -> Iterator[Division]:
    province = ""
    for line in lines:
        if head := _PROVINCE.match(line):
            province = head[1]
        elif entry := _ENTRY.match(line):
            code = province + entry[1]
            yield from _spans(code, entry[2])


def _spans(code: str, text: str) -> Iterator[Division]:
    depth = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
    spans = [(start, end, name.strip()) for start, end, name in _SPAN.findall(text)] or [("", "", text)]
    for place, (start, end, name) in enumerate(spans):
        following = spans[place + 1][0] if place + 1 < len(spans) else ""
        if end and start > end:  # "[1983-1982]": there before the table's first year
            start = ""
        yield Division(code, name, "", depth, _year(start), _year(following or end))


def _year(text: str) -> date | None:
    return date(int(text), 1, 1) if text else None


def _placed(rows: list[Division]) -> Iterator[Division]:
    """Each under its prefecture where that has a code, else under its province."""
    known = {row.code for row in rows}
    for row in rows:
        above = row.code[:4] + "00"
        if row.depth == 1:
            yield row
        else:
            yield replace(row, parent=above if row.depth == 3 and above in known else row.code[:2] + "0000")


def _stem(name: str) -> str:
    return _ENDING.sub("", name) if len(name) > 2 else name


def _succeeded(placed: Iterable[Division]) -> Iterator[Division]:
    rows = list(placed)
    began: dict[tuple[str, str, date], set[str]] = {}
    for row in rows:
        if row.valid_from is not None:
            began.setdefault((row.code[:2], _stem(row.name), row.valid_from), set()).add(row.code)
    for row in rows:
        found = began.get((row.code[:2], _stem(row.name), row.valid_to), set()) if row.valid_to else set()
        heirs = sorted(found - {row.code}) if _stem(row.name) != "市辖" else []
        yield replace(row, replaced_by=tuple(heirs)) if len(heirs) == 1 else row


def _own() -> Iterator[Division]:
    depths = {"region": 1, "prefecture": 2, "county": 3}
    parsed, _faults = xizang.parse(xizang.packaged())
    for row in parsed:
        if row.level in depths:
            yield Division(
                row.code, row.name, row.parent, depths[row.level], row.valid_from, row.valid_to, row.name_bo,
                (row.successor,) if row.successor else (),
            )  # fmt: skip
