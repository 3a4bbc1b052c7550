from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from zampa.contracts.flowspecs import AllOf, Check, CheckKind, Comparison
from zampa.contracts.quality import (
    DIMENSIONS,
    Compare,
    Fresh,
    Implies,
    InList,
    NotNull,
    OneOf,
    Rule,
    Test,
    Unique,
    check_of,
    resolved,
    rule_of,
)

PARAMS: dict[str, dict[str, str | int | list[str]]] = {
    "max_length": {"length": 18}, "min_length": {"length": 2}, "pattern": {"regex": r"\d{6}"},
    "one_of": {"values": ["1", "2"]}, "between": {"low": "0", "high": "9"},
}


@pytest.mark.parametrize("kind", get_args(CheckKind))
def test_every_check_is_a_rule_and_comes_back_as_it_was(kind: CheckKind) -> None:
    check = Check(code=kind, field="姓名", kind=kind, params=PARAMS.get(kind, {}))
    rule = rule_of(check)
    assert rule.kind == kind and rule.measures in DIMENSIONS
    assert check_of(rule) == check
    assert check_of(msgspec.json.decode(msgspec.json.encode(rule), type=Rule)) == check


@pytest.mark.parametrize("test", get_args(Test))
def test_every_test_has_a_spelled_kind_and_a_dimension(test: type[msgspec.Struct]) -> None:
    needed = {"length": 1, "regex": ".", "values": ("1",), "list": "sex", "op": "<=", "other": "终止日期",
              "when": Comparison(field="状态", op="=", value="注销"), "then": AllOf(()), "resource": "r", "item": "i",
              "key": ("a", "b")}
    made = test(**{name: needed[name] for name in test.__struct_fields__ if name in needed})
    rule = Rule(code="c", test=made, field="f")  # type: ignore[arg-type]
    assert rule.kind == test.__struct_config__.tag
    assert rule.measures in DIMENSIONS
    assert msgspec.convert(msgspec.to_builtins(rule), Rule) == rule


def test_what_more_than_one_value_decides_is_no_check_of_a_row() -> None:
    closed = Comparison(field="状态", op="=", value="注销")
    dated = Comparison(field="注销日期", op="is_null", value="false")
    for test in (Unique(also=("证件类型",)), Compare("<=", "终止日期"), Implies(closed, dated), Fresh(), InList("sex")):
        assert check_of(Rule(code="c", field="证件号码", test=test)) is None


def test_a_code_list_becomes_its_codes_and_keeps_its_dimension() -> None:
    rule = Rule(code="sex", field="性别", test=InList("sex"), severity="warns")
    made = resolved(rule, ("0", "1", "2", "9"))
    assert made.test == OneOf(("0", "1", "2", "9")) and made.measures == rule.measures and made.severity == "warns"
    assert check_of(made) == Check(code="sex", field="性别", kind="one_of", params={"values": ["0", "1", "2", "9"]})


def test_a_stated_dimension_wins() -> None:
    assert Rule(code="c", field="f", test=NotNull(), dimension="accurate").measures == "accurate"


def test_what_is_no_rule_is_refused() -> None:
    for spec in ({"code": "c", "test": {"kind": "guess"}}, {"code": "c", "test": {"kind": "max_length"}},
                 {"code": "c", "test": {"kind": "not_null"}, "severity": "loud"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(spec, Rule)
