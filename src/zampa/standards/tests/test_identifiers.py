"""Identity numbers and credit codes: no false alarm on a code that was ever given, every wrong check character caught.

The codes are all that the room's own list of divisions has ever held, so that people born in a county that is no more
keep their number.
"""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from zampa.flows.identifiers import (
    CREDIT_ALPHABET,
    CREDIT_FIRST,
    is_credit_code,
    is_resident_number,
    modern_resident_number,
    resident_region,
)
from zampa.standards import packaged

TODAY = date(2026, 11, 24)
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))  # GB 32100-2015


def resident(first: str) -> str:
    """The number whose first 17 digits these are; reckoned here from the standard, not by the code under test."""
    total = sum(int(digit) * weight for digit, weight in zip(first, RESIDENT_WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


def credit(first: str) -> str:
    total = sum(CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(first, CREDIT_WEIGHTS, strict=True))
    return first + CREDIT_ALPHABET[(31 - total % 31) % 31]


def somebody(draw: Random, code: str) -> str:
    """A made-up number of a person born in that division."""
    born = f"19{draw.randint(50, 99)}0{draw.randint(1, 9)}{draw.randint(10, 28)}"
    return resident(f"{code}{born}{draw.randint(0, 999):03}")


REGIONS = sorted({value.code for value in packaged.values("regions")})


def test_the_examples_of_the_standards() -> None:
    assert resident("11010519491231002") == "11010519491231002X"
    assert is_resident_number("11010519491231002X", TODAY) and is_resident_number("11010519491231002x", TODAY)
    for code in ("91350100M000100Y43", "11100000000013338W", "113700000045046442"):
        assert credit(code[:17]) == code and is_credit_code(code)


@pytest.mark.parametrize(
    "code", ["542100", "542200", "542300", "542400", "542600", "540125", "540126", "540422", "540530"]
)
def test_retired_codes_of_xizang_stand_for_life(code: str) -> None:
    assert is_resident_number(resident(code + "19700101001"), TODAY)
    assert resident_region(resident(code + "19700101001")) == code


def test_no_code_ever_given_is_refused() -> None:
    assert len(REGIONS) > 6_000
    draw = Random(54)
    for code in [*REGIONS, "810000", "820000", "830000", "900000"]:
        number = somebody(draw, code)
        assert is_resident_number(number, TODAY), number
        body = "".join(draw.choice(CREDIT_ALPHABET) for _ in range(9))
        assert is_credit_code(credit(draw.choice(CREDIT_FIRST) + draw.choice("1239") + code + body)), code


def test_rural_collectives_and_every_class_of_the_list_pass() -> None:
    for value in packaged.values("credit-code-bodies"):
        assert is_credit_code(credit(value.code + "542400" + "MB1A2B3C4")), value.code
    assert is_credit_code(credit("N2540602MF1234567"))


def test_every_wrong_check_character_is_caught() -> None:
    draw = Random(11)
    for _ in range(300):
        code = draw.choice(REGIONS)
        number = somebody(draw, code)
        assert not any(is_resident_number(number[:17] + sign, TODAY) for sign in "0123456789X" if sign != number[17])
        given = credit(draw.choice(CREDIT_FIRST) + "1" + code + "".join(draw.choice(CREDIT_ALPHABET) for _ in range(9)))
        assert not any(is_credit_code(given[:17] + sign) for sign in CREDIT_ALPHABET if sign != given[17])


def test_every_single_slip_and_every_swap_of_neighbours_in_the_sequence_is_caught() -> None:
    draw = Random(7)
    for _ in range(100):
        number = resident(f"{draw.choice(REGIONS)}19850{draw.randint(1, 9)}15{draw.randint(0, 999):03}")
        for place in (*range(6), 14, 15, 16):
            for digit in "0123456789":
                if digit != number[place]:
                    assert not is_resident_number(number[:place] + digit + number[place + 1 :], TODAY)
        for place in (0, 1, 2, 3, 4, 14, 15):
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert swapped == number or not is_resident_number(swapped, TODAY)


@pytest.mark.parametrize(
    "text",
    ["", "1101051949123100", "11010519491231002", "11010519491331002X", "110105194912310O2X",
     resident("54010220301231001"), "110105491231002", " 11010519491231002X", "11010519491231002\uff38"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_resident_number(text, TODAY)


def test_fifteen_digits_become_eighteen() -> None:
    assert modern_resident_number("110105491231002") == "11010519491231002X"
    assert is_resident_number(modern_resident_number("542421700101003"), TODAY)
    for text in ("", "11010549123100X", "110105491331002", "11010519491231002X"):
        assert modern_resident_number(text) == ""
