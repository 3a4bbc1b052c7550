"""An act is one transaction and one record; a refusal is kept after the rollback."""

import json
from uuid import uuid4

import msgspec
import pytest
from django.db import connection

from zampa.contracts.actors import Actor, Subject
from zampa.contracts.evidence import Body, Leaf
from zampa.evidence.commitments import opens
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger import models
from zampa.ledger.acts import Entry, act, enter, enter_many
from zampa.ledger.events import Event

pytestmark = pytest.mark.django_db

CLERK = Actor(kind="person", id="p-1", name="卓玛", department="d-1")
THING = Subject("census.system", "s-1", "人口系统")


@act
def name_thing(*, by: Actor, thing_id: str = "s-1", fail: Exception | None = None):
    record = enter(
        event="census:system:named", by=by, subject=THING, parties=["d-2"], regions=["540000"], facts={"n": 1}
    )
    if fail is not None:
        raise fail
    return record


@act
def outer(*, by: Actor, fail: Exception | None = None, swallow: bool = False):
    enter(event="census:system:outer", by=by, subject=THING)
    try:
        name_thing(by=by, fail=fail)
    except NotAllowed:
        if not swallow:
            raise


def test_a_record_commits_to_its_body():
    record = models.Record.objects.get(id=name_thing(by=CLERK))
    leaf, body = msgspec.json.decode(record.leaf, type=Leaf), record.body
    assert opens(leaf.commitment, bytes(body.salt), body.content.encode())
    assert record.leaf == json.dumps(json.loads(record.leaf), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    told = msgspec.json.decode(body.content, type=Body)
    assert told.parties == ("d-1", "d-2", "region:540000") and told.facts == {"n": 1} and told.actor_name == "卓玛"
    assert record.parties == list(told.parties)
    assert models.Pending.objects.filter(record=record).exists() and record.number is None
    assert (leaf.event, leaf.actor, leaf.subject, leaf.id) == ("census:system:named", "p-1", "s-1", str(record.id))


def test_readers_who_are_strangers_are_not_told_of_each_other():
    made = enter(event="census:system:named", by=CLERK, subject=THING, parties=["d-2"], regions=["540000"], told=False)
    record = models.Record.objects.get(id=made)
    assert record.parties == ["d-1", "d-2", "region:540000"]
    assert msgspec.json.decode(record.body.content, type=Body).parties == ()


@pytest.mark.parametrize("kind", [NotAllowed, NotValid, Conflict])
def test_a_refusal_is_the_only_record_left(kind):
    with pytest.raises(kind):
        name_thing(by=CLERK, thing_id="s-9", fail=kind("census.system.refused", limit=3, share=0.5))
    record = models.Record.objects.get()
    facts = json.loads(record.body.content)["facts"]
    assert record.event == Event.ACT_REFUSED and record.subject == "name_thing" and record.parties == ["d-1"]
    assert facts["code"] == "census.system.refused" and facts["params"] == {"limit": 3, "share": "0.5"}
    assert facts["error"] == kind.__name__ and facts["ids"] == {"thing_id": "s-9"}


def test_other_errors_leave_nothing():
    for error in (NotFound("census.system.missing"), RuntimeError("broken")):
        with pytest.raises(type(error)):
            name_thing(by=CLERK, fail=error)
    assert not models.Record.objects.exists() and not models.Pending.objects.exists()


def test_a_refusal_is_entered_once_by_the_outermost_act():
    with pytest.raises(NotAllowed):
        outer(by=CLERK, fail=NotAllowed("census.system.refused"))
    assert [r.subject for r in models.Record.objects.all()] == ["outer"]


def test_a_refusal_that_the_outer_act_takes_is_no_refusal():
    outer(by=CLERK, fail=NotAllowed("census.system.refused"), swallow=True)
    assert [r.event for r in models.Record.objects.all()] == ["census:system:outer"]


@pytest.mark.parametrize("count", [3, 120])
def test_many_go_in_as_one_does(count):
    entries = [
        Entry(event="demo:thing:made", by=CLERK, subject=Subject("demo.thing", str(n), "名\t字\n\\"), facts={"n": n},
              cause=uuid4() if n else None)
        for n in range(count)
    ]
    ids = enter_many(entries)
    assert ids == sorted(ids)
    records = models.Record.objects.in_bulk(ids)
    for number, id_ in enumerate(ids):
        record = records[id_]
        leaf = msgspec.json.decode(record.leaf, type=Leaf)
        assert record.subject == str(number) and record.cause == entries[number].cause
        assert opens(leaf.commitment, bytes(record.body.salt), record.body.content.encode())
        assert json.loads(record.body.content)["subject_name"] == "名\t字\n\\"
    assert [p.record_id for p in models.Pending.objects.order_by("id")] == ids


def test_floats_are_refused_before_anything_is_written():
    with pytest.raises(TypeError):
        enter(event="demo:thing:made", by=CLERK, subject=THING, facts={"share": 0.5})
    assert not models.Record.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_committed_though_its_act_was_rolled_back():
    with pytest.raises(NotAllowed):
        name_thing(by=CLERK, fail=NotAllowed("census.system.refused"))
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK")  # nothing may hang on an open transaction
    assert [record.event for record in models.Record.objects.all()] == [Event.ACT_REFUSED]
    assert name_thing.__name__ == "name_thing" and models.Pending.objects.count() == 1


@pytest.mark.parametrize("kind", [NotAllowed, NotValid, Conflict])
def test_a_refusal_without_an_actor_is_still_a_refusal(kind):
    @act
    def nameless(*, thing: str) -> None:
        raise kind("census.system.refused")

    with pytest.raises(kind):
        nameless(thing="x")
    assert not models.Record.objects.exists()
