"""The index beside the database: what is committed is found, what is not is not, and the two are compared."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.acts import Draft, ItemDraft
from zampa.catalogue.models import Change, Resource
from zampa.catalogue.rules.visibility import marks_for, marks_of
from zampa.catalogue.search import building, feed, following
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.actors import SYSTEM, Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.identity.tests.cast import a_department, an_actor
from zampa.index.searching import Asked, find


@pytest.fixture(autouse=True)
def _own_copy(settings, tmp_path):
    settings.ZAMPA_INDEX_DIR = tmp_path / "index"


@pytest.fixture
def follower():
    made = following.Follower()
    yield made
    made.close()


def found(text: str, actor: Actor = SYSTEM, **more: object) -> list[str]:
    """Names of what this actor finds, and nothing it could not open."""
    told = find(building.here().view(), Asked(text=text, seen=marks_for(actor), **more))
    rows = {str(row.pk): row.name for row in queries.resources_of(actor)}
    assert set(told.ids) <= set(rows) and told.count == len(told.ids)
    return [rows[key] for key in told.ids]


def a_draft(office: Office, name: str, *items: str, **more: object) -> Resource:
    rows = [ItemDraft(name=item, column=item) for item in items]
    return acts.draft_resource(by=office.editor, draft=Draft(name=name, class_code="", **more), items=rows)


@pytest.mark.django_db
def test_every_act_on_an_entry_is_followed(follower, provider_database):
    persons(provider_database)
    office = Office()
    follower.step()
    source = a_source(office, provider_database)
    entry = an_entry(office, source)
    follower.step()
    assert found("常住人口", office.editor) == ["常住人口"]
    assert found("常住人口", an_actor(a_department("税务局"))) == []
    publish(office, entry)
    follower.step()
    stranger = an_actor(a_department("民政厅"))
    assert found("常住人口", stranger) == ["常住人口"] and found("公民身份号码", stranger) == ["常住人口"]
    attach(office, entry, source)
    follower.step()
    assert found("", stranger, chosen={"live": ["live"]}) == ["常住人口"]
    office.department.name = "自治区公安厅"
    office.department.save()
    follower.step()
    assert found("自治区公安厅", stranger) == ["常住人口"]
    assert building.compare().same and building.compare().settled


@pytest.mark.django_db
def test_a_change_shows_when_it_is_published_and_a_dropped_draft_is_gone(follower):
    office = Office()
    draft = a_draft(office, "行政区划", "代码")
    follower.step()
    acts.edit_items(by=office.editor, resource_id=draft.pk, items=[ItemDraft(name="区划名称", column="name")])
    follower.step()
    assert found("区划名称") == ["行政区划"] and found("代码") == []
    Resource.objects.filter(pk=draft.pk).delete()
    follower.step()
    assert found("行政区划") == [] and building.compare().same


@pytest.mark.django_db
def test_a_probe_that_changes_nothing_is_no_change(follower, provider_database):
    persons(provider_database)
    office = Office()
    source = a_source(office, provider_database)
    entry = publish(office, an_entry(office, source))
    made = attach(office, entry, source)
    follower.step()
    acts.probe_attachment(attachment_id=made.pk)
    assert follower.step() == 0
    persons(provider_database, rows=0)


@pytest.mark.django_db
def test_old_changes_go_and_nobody_misses_anything(follower):
    office = Office()
    first, second = a_draft(office, "行政区划"), a_draft(office, "道路名录")
    follower.step()
    mark = follower.mark
    for _ in range(3):
        Resource.objects.filter(pk=first.pk).update(updated_at=utc_now())
    assert feed.number_changes() > mark
    assert feed.note_old_changes() >= 3 and Change.objects.count() == 2
    step = feed.step_after(mark, 10)
    assert list(step.entries) == [str(first.pk)] and feed.step_after(step.mark, 10) is None
    assert set(feed.step_after(0, 10).entries) == {str(first.pk), str(second.pk)}


STATES = ("draft", "submitted", "signed", "returned", "published", "withdrawn")


@pytest.mark.django_db
def test_every_reader_finds_what_every_list_shows_and_counts_no_more(follower):
    """Every state of two departments in two regions, walked by every post of each, an auditor and a stranger."""
    offices = [Office("公安厅"), Office("民政局", a_department("地市主管部门", region="540200", governs=True))]
    offices[1].department.region_id = "540200"
    offices[1].department.save()
    now = utc_now()
    for office in offices:
        for state in STATES:
            Resource.objects.create(
                name=f"人口{state}", provider=office.department, state=state, created_by_name="x", created_at=now,
                updated_at=now,
            )  # fmt: skip
    base = Resource.objects.filter(state="published").first()
    Resource.objects.create(
        name="人口变更", provider=base.provider, replaces=base, state="signed", created_by_name="x", created_at=now,
        updated_at=now,
    )  # fmt: skip
    follower.step()
    readers = [one for office in offices for one in (office.editor, office.office, office.head, office.authority)]
    readers += [an_actor(a_department("税务局")), an_actor(None, "audit_admin"), an_actor(None, "system_admin"), SYSTEM]
    for reader in readers:
        wanted = set(queries.resources_of(reader).filter(replaces=None).values_list("pk", flat=True))
        told = find(building.here().view(), Asked(text="人口", seen=marks_for(reader)))
        assert {str(key) for key in wanted} == set(told.ids) and told.count == len(wanted), reader
        assert sum(dict(told.facets["state"]).values()) == len(wanted)
    assert len({tuple(marks_for(reader)) for reader in readers}) >= 5


def test_marks_of_an_entry():
    assert marks_of(state="draft", provider="p", region="540000") == ["d:p"]
    assert marks_of(state="signed", provider="p", region="540000") == ["d:p", "r:540000"]
    assert marks_of(state="published", provider="p", region="540000") == ["d:p", "all", "r:540000"]
    assert rules.next_state("signed", "publish") == "published"


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_found_within_two_seconds_and_what_is_not_is_not():
    office = Office()
    stop = following.start()
    try:
        following.wait_until_current()
        with transaction.atomic():
            a_draft(office, "行政区划")
            time.sleep(0.7)
            assert found("行政区划") == []
        began = time.monotonic()
        while not found("行政区划"):
            assert time.monotonic() - began < 2.0
            time.sleep(0.02)
    finally:
        stop.set()
        _ended()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_ends_late_is_not_missed(follower):
    """It drew its number's place early and committed after others: numbers are given after the commit."""
    office = Office()
    follower.step()
    held, done = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            a_draft(office, "慢的目录")
            held.set()
            done.wait(10)
        connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    held.wait(10)
    a_draft(office, "快的目录")
    follower.step()
    assert found("目录") == ["快的目录"]
    done.set()
    slow.join()
    follower.step()
    assert sorted(found("目录")) == ["快的目录", "慢的目录"]


@pytest.mark.django_db(transaction=True)
def test_built_by_processes_it_is_the_same_and_a_second_writer_waits(follower):
    office = Office()
    for number in range(30):
        a_draft(office, f"第{number}批人口", "姓名")
    at = connection.get_connection_params()
    url = f"postgresql://{at['user']}:{at.get('password', '')}@{at['host']}:{at['port']}/{at['dbname']}"
    told: list[int] = []
    building.STRETCH, kept = 7, building.STRETCH
    try:
        built = building.rebuild(processes=2, address=url, told=told.append)
    finally:
        building.STRETCH = kept
    assert built.entries == 30 and told == [7, 14, 21, 28, 30] and building.compare().same
    follower.step()
    with pytest.raises(Conflict):
        following.Follower().step()


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", ["older", "newer"])
def test_an_older_database_makes_the_copy_anew(follower, numbers):
    """As a restore leaves it: other entries, and changes whose numbers end below the mark or go beyond it."""
    office = Office()
    a_draft(office, "行政区划")
    follower.step()
    follower.close()
    Resource.objects.all().delete()
    Change.objects.all().delete()
    if numbers == "newer":
        a_draft(office, "道路名录")
    again = following.Follower()
    again.step()
    again.step()
    again.close()
    assert found("行政区划") == [] and building.compare().same


def _ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "index":
            thread.join(10)
