"""What the package carries, held beside the tables it came from where those are at hand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from zampa.standards import packaged
from zampa.standards.history import divisions

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
COUNTED = date(2023, 6, 30)


def beside(name: str) -> list[dict[str, str]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def carried(code: str) -> dict[str, str]:
    return {value.code: value.name for value in packaged.values(code)}


def test_every_list_says_what_it_is_and_counts_what_it_says() -> None:
    for head in packaged.lists():
        values = packaged.values(head.code)
        assert head.standard and head.edition and head.source
        if head.whole == "whole":
            assert len(values) == head.expected, head.code
        elif head.whole == "part":
            assert head.whole_note and (head.expected is None or len(values) < head.expected)
        assert len({(value.code, value.valid_from) for value in values}) == len(values), head.code
        codes = {value.code for value in values}
        assert all(value.parent in codes for value in values if value.parent), head.code


@pytest.mark.parametrize(
    ("code", "file", "column", "count"),
    [
        ("ethnic-groups", "02_code_tables/gbt3304_ethnic_groups.csv", "code", 58),
        ("industries", "02_code_tables/gbt4754_2017_industry.csv", "code", 1971),
        ("id-types", "02_code_tables/gat517_id_types_subset.csv", "code", 15),
    ],
)
def test_tables_agree_with_their_source(code: str, file: str, column: str, count: int) -> None:
    source = {row[column]: row["name"] for row in beside(file)}
    assert carried(code) == source
    assert len(source) == count


def test_countries_and_credit_code_bodies_agree_with_their_source() -> None:
    countries = {row["alpha2"]: row["cnname"] for row in beside("02_code_tables/gbt2659_iso3166_countries_zh_en.csv")}
    assert carried("countries") == countries
    rows = beside("02_code_tables/gb32100_2015_uscc_authority_category.csv")
    bodies = {row["prefix2"]: f"{row['authority']} · {row['category']}" for row in rows}
    assert carried("credit-code-bodies") == bodies


def test_divisions_agree_with_the_bureau_of_statistics() -> None:
    """All 2023 codes but the bureau's own statistical zones, whose third pair is 70 or more, and five places that it
    counts in its own way: the islands before they became districts of 三沙, and two without a code of GB/T 2260."""
    rows = beside("01_admin_codes/cn_divisions_2023_prov_city_county.csv")
    counted = {row["code"].ljust(6, "0"): row["name"] for row in rows}
    now = {
        row.code: row.name
        for row in divisions()
        if (row.valid_from is None or row.valid_from <= COUNTED) and (row.valid_to is None or row.valid_to > COUNTED)
    }
    unknown = {code for code in counted if code not in now}
    assert {code for code in unknown if code[4:] < "70"} == {"460321", "460322", "460323", "620201", "632857"}
    other = {code for code in counted if code in now and now[code] != counted[code]}
    assert other == {"419000", "429000", "469000", "659000", "232761", "232762", "232763", "232764"}


def test_a_retired_division_names_what_took_its_place() -> None:
    rows = {(row.code, row.valid_to): row for row in divisions()}
    assert rows["540125", date(2015, 1, 1)].replaced_by == ("540103",)
    assert rows["540422", date(2023, 1, 1)].replaced_by == ("540481",)
    assert [row.replaced_by for row in divisions() if row.code == "542421"] == [("540602",)]
    changed = [row for row in divisions() if row.code == "120110"]
    assert [(row.name, row.valid_to) for row in changed] == [("东郊区", date(1992, 1, 1)), ("东丽区", None)]
    now = {row.code for row in divisions() if row.valid_to is None}
    heirs = {heir for row in divisions() for heir in row.replaced_by}
    known = {row.code for row in divisions()}
    assert heirs <= known and len(heirs & now) > 1800
