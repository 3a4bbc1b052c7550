"""Carried lists in the database: loaded once, renewed without losing what old data says, read on a day."""

from __future__ import annotations

from datetime import date

import pytest

from zampa.contracts.actors import SYSTEM
from zampa.ground.errors import NotAllowed, NotFound
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Record
from zampa.standards import acts, packaged, queries
from zampa.standards.acts.loading import write_values
from zampa.standards.events import Event
from zampa.standards.models import CodeValue
from zampa.standards.packaged import Value

pytestmark = pytest.mark.django_db


def test_every_carried_list_is_loaded_once() -> None:
    assert acts.load_packaged_lists(by=SYSTEM) == len(packaged.lists())
    assert acts.load_packaged_lists(by=SYSTEM) == 0
    assert Record.objects.filter(event=Event.LISTS_LOADED).count() == 1
    for head in packaged.lists():
        row = queries.code_list_named(SYSTEM, head.code)
        assert queries.all_values_of(row.pk).count() == len(packaged.values(head.code))
        assert row.size == queries.values_of(row.pk).count() > 0
    regions = queries.code_list_named(SYSTEM, "regions")
    then, now = date(2014, 6, 1), date(2024, 6, 1)
    assert queries.value_at(regions.pk, "540125", then).name == "堆龙德庆县"
    assert queries.value_at(regions.pk, "540125", now) is None
    assert queries.value_at(regions.pk, "540103", now).name == "堆龙德庆区"


def test_a_value_the_next_edition_leaves_out_ends_that_day() -> None:
    acts.load_packaged_lists(by=SYSTEM, only=["sex"])
    row = queries.code_list_named(SYSTEM, "sex")
    assert row.size == 4
    kept = {value.code: value.pk for value in queries.all_values_of(row.pk)}
    write_values(row, [Value(code="1", name="男"), Value(code="2", name="女性")], date(2027, 1, 1))
    assert queries.codes_of(row.pk, date(2027, 1, 1)) == ["1", "2"]
    assert set(queries.codes_of(row.pk, date(2026, 12, 31))) == {"0", "1", "2", "9"}
    assert CodeValue.objects.get(pk=kept["1"]).name == "男"
    assert row.size == 2


def test_only_the_authority_keeps_the_regions_lists() -> None:
    with pytest.raises(NotAllowed) as refused:
        acts.load_packaged_lists(by=an_actor(a_department(), "editor"))
    assert refused.value.code == "standards.keep.authority_only"
    with pytest.raises(NotFound):
        queries.code_list_named(SYSTEM, "nothing")
