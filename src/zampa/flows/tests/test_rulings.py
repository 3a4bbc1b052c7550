from __future__ import annotations

import pytest

from zampa.contracts.flowspecs import Comparison
from zampa.contracts.quality import Compare, Fresh, Implies, Matches, NotNull, Refers, Rule, Test, Unique
from zampa.flows.rulings import bound, names_of

CLOSED = Comparison(field="状态", op="=", value="1")
COLUMNS = {"证件号码": "id_no", "状态": "state", "起始": "since", "终止": "until"}


@pytest.mark.parametrize(
    ("field", "test", "columns", "there"),
    [
        ("证件号码", NotNull(), ("id_no",), NotNull()),
        ("证件号码", Unique(("状态",)), ("id_no", "state"), Unique(("state",))),
        ("起始", Compare("<=", "终止"), ("since", "until"), Compare("<=", "until")),
        ("证件号码", Refers("r", "公民身份号码"), ("id_no",), Refers("r", "公民身份号码")),
        ("状态", Matches("r", ("证件号码", "码"), "状态"), ("state", "id_no"), Matches("r", ("id_no", "码"), "状态")),
        ("终止", Fresh(3), ("until",), Fresh(3)),
        (
            "",
            Implies(CLOSED, Comparison(field="终止", op="is_null", value="true")),
            ("state", "until"),
            Implies(
                Comparison(field="state", op="=", value="1"), Comparison(field="until", op="is_null", value="true")
            ),
        ),
    ],
)
def test_items_become_columns_and_the_other_side_stays(
    field: str, test: Test, columns: tuple[str, ...], there: Test
) -> None:
    made = bound(Rule(code="c", field=field, test=test, severity="warns"), COLUMNS)
    assert made.test == there and made.severity == "warns"
    assert set(names_of(made)) == set(columns)


def test_a_rule_on_a_field_that_is_not_there_is_told() -> None:
    with pytest.raises(KeyError):
        bound(Rule(code="c", field="姓名", test=NotNull()), COLUMNS)
