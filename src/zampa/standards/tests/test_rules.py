"""Naming and conformance, case by case."""

from __future__ import annotations

from time import perf_counter

import pytest

from zampa.contracts.flowspecs import Check
from zampa.standards.rules.conformance import Asked, Given, compared, figure
from zampa.standards.rules.naming import LEAST, Index, Known, Word, suggest_elements, word_key

NAME = Known(number="DE-1", name="姓名", type="text", key="xing ming", symbol="XM",
             words=(Word("当事人姓名", "synonym"), Word("full_name", "column")))  # fmt: skip
NUMBER = Known(number="DE-2", name="公民身份号码", type="text", key="gong min shen fen hao ma", symbol="GMSFHM",
               words=(Word("身份证号", "synonym"), Word("身份证件号", "learned")))  # fmt: skip
BORN = Known(number="DE-3", name="出生日期", type="date", key="chu sheng ri qi", symbol="CSRQ")
OWN = Known(number="GA-1", name="户籍地址", type="text", key="hu ji di zhi", owner="police")
INDEX = Index([NAME, NUMBER, BORN, OWN])


@pytest.mark.parametrize(
    ("said", "number", "reason"),
    [
        ({"name": "姓名"}, "DE-1", "name"),
        ({"name": "姓 名（必填）"}, "DE-1", "name"),
        ({"name": "身份证号"}, "DE-2", "synonym"),
        ({"name": "身份证件号"}, "DE-2", "learned"),
        ({"name": "字段3", "column": "FULL_NAME"}, "DE-1", "column"),
        ({"name": "字段3", "column": "gmsfhm"}, "DE-2", "column"),
        ({"name": "字段3", "column": "xingming"}, "DE-1", "pinyin"),
        ({"name": "c1", "column": "c1", "comment": "出生日期，公历"}, "DE-3", "comment"),
        ({"name": "法定代表人姓名"}, "DE-1", "ends"),
        ({"name": "公民的身份号码"}, "DE-2", "alike"),
    ],
)
def test_the_likeliest_element_comes_first_and_says_why(said: dict[str, str], number: str, reason: str) -> None:
    first = suggest_elements(INDEX, **said)[0]
    assert first.number == number
    assert first.reasons[0][0] == f"standards.suggest.{reason}"
    assert LEAST <= first.score <= 100


def test_nothing_speaks_for_a_stranger() -> None:
    assert suggest_elements(INDEX, name="降水量", column="rain_mm", comment="毫米") == []


def test_a_type_that_cannot_hold_the_values_counts_against() -> None:
    fitting = suggest_elements(INDEX, name="出生日期", type="date")[0]
    clashing = suggest_elements(INDEX, name="出生日期", type="integer")[0]
    assert clashing.score < fitting.score
    assert clashing.reasons[-1] == ("standards.suggest.clash", {"type": "integer"})


def test_a_departments_own_elements_are_suggested_to_itself() -> None:
    assert suggest_elements(INDEX, name="户籍地址") == []
    assert suggest_elements(INDEX, name="户籍地址", owner="police")[0].number == "GA-1"


def test_words_are_compared_in_one_width_and_case() -> None:
    assert word_key("ＧＭ_SFHM-1 ") == "gmsfhm1"


def test_ten_thousand_elements_answer_quickly() -> None:
    signs = "户籍婚姻地址号码日期时间单位机构法人企业税务登记注册证件照金额数量面积等级状态类型名称编号"
    many = [
        Known(number=f"DE-{n}", name=signs[n % 40 :][:4] + signs[n // 40 % 40 :][:2] + str(n // 1600), type="text")
        for n in range(10_000)
    ]  # fmt: skip
    start = perf_counter()
    index = Index([*many, NUMBER])
    built = perf_counter() - start
    start = perf_counter()
    for _ in range(50):
        assert suggest_elements(index, name="法人公民身份号码", column="sfzh")[0].number == "DE-2"
    assert built < 3 and (perf_counter() - start) / 50 < 0.05


SEX = Asked(number="DE-4", name="性别", type="text", length=1, domain="list", list_name="人的性别代码",
            codes=frozenset("0129"), names=("性别代码",), sensitivity="personal")  # fmt: skip


def check(kind: str, **params: object) -> Check:
    return Check(code=kind, field="x", kind=kind, params=params)  # type: ignore[arg-type]


def departures(asked: Asked, **given: object) -> list[str]:
    rows = compared(asked, Given(**given)).departures  # type: ignore[arg-type]
    return [row.code.removeprefix("standards.departs.") for row in rows]


def test_an_item_that_follows_its_element_departs_in_nothing() -> None:
    whole = {"name": "性别代码", "type": "text", "length": 1, "sensitivity": "sensitive"}
    assert departures(SEX, **whole, checks=(check("one_of", values=["1", "2"]),)) == []


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"name": "性質"}, ["name"]),
        ({"type": "integer"}, ["type"]),
        ({"sensitivity": "public"}, ["sensitivity"]),
        ({"length": None}, []),
        ({"length": 200}, []),
        ({"checks": ()}, ["domain"]),
        ({"checks": (check("one_of", values=["1", "男"]),)}, ["codes"]),
    ],
)
def test_each_departure_is_named(changed: dict[str, object], codes: list[str]) -> None:
    whole = {"name": "性别", "type": "text", "length": 1, "sensitivity": "personal",
             "checks": (check("one_of", values=["1"]),)}  # fmt: skip
    assert departures(SEX, **{**whole, **changed}) == codes


def test_lengths_and_precisions_that_cut_values_off_depart() -> None:
    number = Asked(number="DE-5", name="号码", type="text", length=18, domain="id_number")
    assert departures(number, name="号码", type="text", length=15, checks=(check("id_number"),)) == ["length"]
    money = Asked(number="DE-6", name="金额", type="decimal", precision=18, scale=2, domain="range", low="0")
    assert departures(money, name="金额", type="decimal", precision=10, scale=2) == ["precision", "domain"]
    kept = check("between", low="0")
    assert departures(money, name="金额", type="decimal", precision=20, scale=4, checks=(kept,)) == []
    born = Asked(number="DE-7", name="生日", type="date", domain="calendar_date")
    assert departures(born, name="生日", type="date") == []
    assert departures(born, name="生日", type="text") == ["type", "domain"]
    count = Asked(number="DE-8", name="人数", type="integer")
    assert departures(count, name="人数", type="decimal", scale=2) == ["type"]
    assert departures(Asked(number="DE-9", name="旧", type="text", state="abolished"), name="旧", type="text") == [
        "abolished"
    ]


def test_the_figure_counts_points_and_is_silent_without_bound_items() -> None:
    good = compared(SEX, Given(name="性别", type="text", length=1, sensitivity="personal",
                               checks=(check("one_of", values=["1"]),)))  # fmt: skip
    bad = compared(SEX, Given(name="x", type="text", length=1, sensitivity="personal"))
    told = figure(7, [good, bad])
    assert (told.items, told.bound, told.whole) == (7, 2, 1)
    assert told.percent == (good.asked + bad.asked - 2) * 100 // (good.asked + bad.asked)
    assert figure(7, []).percent is None
