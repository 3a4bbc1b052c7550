"""Made-up people, the same ones every time: valid identity numbers, Han and Tibetan names, a planted few that are bad.

Nobody here exists: region codes are real, birthdays and sequences are drawn from a seeded generator.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from stdnum.cn import ric

DATA = Path(__file__).parent / "data"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉梅红建国志文"
BAD = {"id_checksum": 15, "id_date": 8, "no_name": 7, "id_twice": 2, "no_number": 3}
BAD_ROWS = sum(BAD.values()) + BAD["id_twice"]  # 37: of two rows with one number neither can be trusted
COLUMNS = ("id_number", "name", "name_bo", "sex", "ethnicity", "born", "division", "address", "deceased")


@dataclass(frozen=True)
class Made:
    """A row of the police's table, and why it is bad, when it is."""

    row: tuple[str | None, ...]
    bad: str = ""


def _names(source: random.Random, elements: list[tuple[str, str]]) -> tuple[str, str, str]:
    """A name in Chinese script, in Tibetan script where it has one, and the code of the ethnic group (GB/T 3304)."""
    if source.random() < 0.86:
        first, second = source.sample(elements, 2)
        return first[0] + second[0], f"{first[1]}་{second[1]}".replace("་་", "་"), "04"
    given = "".join(source.sample(GIVEN, source.choice((1, 2))))
    return source.choice(SURNAMES) + given, "", "01"


def _identity(region: str, born: date, order: int) -> str:
    body = f"{region}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


def _spoil(kind: str, row: list[str | None], before: str) -> None:
    number = str(row[0])
    if kind == "id_checksum":
        row[0] = number[:-1] + ("1" if number[-1] != "1" else "2")
    elif kind == "id_date":
        row[0] = number[:10] + "1332" + number[14:]
    elif kind == "no_name":
        row[1] = None
    elif kind == "id_twice":
        row[0] = before
    else:
        row[0] = None


def people(count: int = 100_000, seed: int = 540000) -> Iterator[Made]:
    """`count` people, of whom the planted bad ones lie spread evenly; the same for the same seed."""
    source = random.Random(seed)
    with (DATA / "name_elements.csv").open(encoding="utf-8") as text:
        elements = [(line["zh"], line["bo"].rstrip("་")) for line in csv.DictReader(text)]
    with (DATA / "stations.csv").open(encoding="utf-8") as text:
        regions = sorted({line["county"] for line in csv.DictReader(text) if not line["county"].endswith("00")})
    kinds = [kind for kind, times in BAD.items() for _ in range(times)]
    source.shuffle(kinds)
    step = count // (len(kinds) + 1)
    spoiled = {step * (index + 1): kind for index, kind in enumerate(kinds)}
    used: set[str] = set()
    before = ""
    for index in range(count):
        number = ""
        while not number or number in used:
            region = source.choice(regions)
            born = date(1935, 1, 1) + timedelta(days=source.randrange(32_500))
            order = source.randrange(1, 999)
            number = _identity(region, born, order)
        used.add(number)
        name, name_bo, group = _names(source, elements)
        row: list[str | None] = [
            number,
            name,
            name_bo or None,
            "1" if order % 2 else "2",
            group,
            born.isoformat(),
            region,
            f"{region}第{source.randrange(1, 400)}号",
            "1" if source.random() < 0.03 else "0",
        ]
        kind = spoiled.get(index, "")
        if kind:
            _spoil(kind, row, before)
        before = number
        yield Made(tuple(row), kind)
