"""A source whose columns change: told in words, proposed as the next version, mended by publishing it."""

import psycopg
import pytest

from zampa.catalogue import acts, queries, rules, words
from zampa.catalogue.models import Resource
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.schemas import Field
from zampa.ground.errors import Conflict, NotAllowed

ITEMS = [("id", "integer", None), ("name", "text", 100), ("born", "date", None)]


def field(name, kind="text", length=None):
    return Field(name=name, type=kind, length=length)


@pytest.mark.parametrize(
    ("fields", "typed", "found"),
    [
        ([field("id", "integer"), field("name", length=100), field("born", "date")], True, []),
        (
            [field("id", "integer"), field("name", length=200), field("born", "text"), field("sex")],
            True,
            [("born", "type", "date -> text"), ("name", "length", "100 -> 200"), ("sex", "new", "text")],
        ),
        (
            [field("id", "integer"), field("full_name", length=100), field("born", "date")],
            True,
            [("name", "gone", "full_name"), ("full_name", "new", "text")],
        ),
        (
            [field("id", "integer"), field("age", "integer"), field("born", "date")],
            True,
            [("name", "gone", ""), ("age", "new", "integer")],
        ),
        ([field("id"), field("name"), field("born")], False, []),
    ],
)
def test_what_differs_is_told_column_by_column(fields, typed, found):
    assert rules.drift(ITEMS, fields, typed=typed) == found


def test_it_is_told_in_words():
    told = words.drift_told(
        [("a", "gone", ""), ("b", "gone", "c"), ("d", "type", "date -> text"), ("e", "new", "text")]
    )
    assert [text for _, text, _ in told] == [
        "源表里没有了",
        "源表里没有了，可能改名为 c",
        "类型由 date 变为 text",
        "源表新增，类型 text",
    ]
    assert [breaks for _, _, breaks in told] == [True, True, True, False]


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def test_one_click_prepares_the_change_and_publishing_it_mends_the_source(office, source, provider_database):
    entry = publish(office, an_entry(office, source))
    made = attach(office, entry, source)
    with pytest.raises(Conflict, match="none"):
        acts.propose_change(by=office.editor, attachment_id=made.pk)
    kept = {item.column: item.pk for item in queries.items_of(entry.pk)}
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("ALTER TABLE persons RENAME COLUMN division TO region")
        connection.execute("ALTER TABLE persons ALTER COLUMN born TYPE text")
    probe = acts.probe_attachment(attachment_id=made.pk)
    assert probe.differences == [
        ("born", "type", "date -> text"),
        ("division", "gone", "region"),
        ("region", "new", "text"),
    ]
    assert queries.live_attachment(entry.pk) is None
    stranger = Office("社保局", office.authority_department).editor
    with pytest.raises(NotAllowed):
        acts.propose_change(by=stranger, attachment_id=made.pk)
    change = acts.propose_change(by=office.editor, attachment_id=made.pk, reason="源表改了")
    assert (change.change_ground, change.change_reason, change.version) == ("source", "源表改了", 2)
    columns = {item.column: (item.name, item.type) for item in queries.items_of(change.pk)}
    assert set(columns) == {"id_number", "name", "born", "region"}
    assert columns["region"][0] == "division" and columns["born"][1] == "text"  # its name stays, its column is mended
    assert queries.published_resource(office.head, entry.pk).version == 1
    Resource.objects.filter(pk=change.pk).update(secrecy_checked=True)
    publish(office, change)
    assert acts.probe_attachment(attachment_id=made.pk).well
    after = {item.column: item.pk for item in queries.items_of(entry.pk)}
    assert after["region"] == kept["division"]  # requests and grants name the item: it is the same one
    assert {after[name] for name in ("id_number", "name", "born")} == {kept[n] for n in ("id_number", "name", "born")}


def test_a_column_in_use_is_not_dropped_by_a_proposal(office, source, provider_database):
    entry = publish(office, an_entry(office, source))
    made = attach(office, entry, source)
    item = queries.items_of(entry.pk).get(column="division")
    acts.note_dependant(
        resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="G-1", department_id=office.department.pk,
        items=[str(item.pk)],
    )  # fmt: skip
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("ALTER TABLE persons DROP COLUMN division")
    acts.probe_attachment(attachment_id=made.pk)
    change = acts.propose_change(by=office.editor, attachment_id=made.pk)
    with pytest.raises(Exception, match="incomplete") as refused:
        acts.submit_resource(by=office.editor, resource_id=change.pk)
    assert "catalogue.change.item_in_use" in {fault.code for fault in refused.value.faults}
