"""Pages by key: every row exactly once, in both directions, nulls last, whatever the sort."""

import base64
import json

import pytest
from django.contrib.auth.models import Group
from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Substr

from zampa.desk.keyset import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups() -> QuerySet[Group]:
    """Forty rows; `mark` repeats its values and is null for every fourth."""
    Group.objects.bulk_create(Group(name=f"{'abcd'[n % 4]}{n:03}") for n in range(40))
    mark = Case(When(name__startswith="d", then=Value(None)), default=Substr("name", 1, 1), output_field=CharField())
    return Group.objects.annotate(mark=mark)


@pytest.mark.parametrize("sort", ["pk", "-pk", "name", "-name", "mark", "-mark"])
def test_forwards_then_backwards_meets_every_row_once(groups: QuerySet[Group], sort: str) -> None:
    seen, keys, after = [], [], ""
    while True:
        found = page(groups, sort, 7, after=after)
        seen.append([row.pk for row in found.rows])
        keys.append(found.before)
        if not found.after:
            break
        after = found.after
    flat = [pk for rows in seen for pk in rows]
    assert len(flat) == len(set(flat)) == 40
    assert keys[0] == "" and all(keys[1:])
    back = [seen[-1]]
    before = keys[-1]
    while before:
        found = page(groups, sort, 7, before=before)
        back.insert(0, [row.pk for row in found.rows])
        before = found.before
    assert back == seen


def test_nulls_come_last_in_both_directions(groups: QuerySet[Group]) -> None:
    for sort in ("mark", "-mark"):
        marks = [row.mark for row in page(groups, sort, 40).rows]
        assert marks[-10:] == [None] * 10 and None not in marks[:30]


def test_a_row_that_arrives_before_the_page_moves_nothing(groups: QuerySet[Group]) -> None:
    first = page(groups, "name", 5)
    Group.objects.create(name="a000-late")
    second = page(groups, "name", 5, after=first.after)
    assert not {row.name for row in first.rows} & {row.name for row in second.rows}
    assert second.rows[0].name > first.rows[-1].name


@pytest.mark.parametrize(
    "key", ["nonsense", "%%%", base64.urlsafe_b64encode(json.dumps(["x", "not a number"]).encode()).decode(), "W10"]
)
def test_a_key_that_cannot_be_read_starts_at_the_beginning(groups: QuerySet[Group], key: str) -> None:
    assert [row.pk for row in page(groups, "name", 3, after=key).rows] == [
        row.pk for row in page(groups, "name", 3).rows
    ]
