"""Published is one thing, online another; what is withdrawn may come back; who uses it hears of what will break."""

import pytest

from zampa.approvals.queries import tasks_for
from zampa.catalogue import acts, queries
from zampa.catalogue.acts import changes
from zampa.catalogue.models import Resource
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.identity.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def user(office):
    return Office("社保局", office.authority_department)


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def used(entry, user, *columns):
    items = [str(item.pk) for item in queries.items_of(entry.pk) if item.column in columns]
    acts.note_dependant(
        resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="G-1", department_id=user.department.pk,
        items=items,
    )  # fmt: skip


def told(actor):
    rows = Message.objects.filter(person_id=actor.id, code__startswith="catalogue.")
    return [(row.code, row.params) for row in rows.order_by("pk")]


def test_offline_is_asked_told_and_decided_and_online_again(office, user, source):
    entry = publish(office, an_entry(office, source))
    assert entry.online_state == "never"
    attach(office, entry, source)
    entry.refresh_from_db()
    assert entry.online_state == "on"
    used(entry, user, "name")
    with pytest.raises(NotValid):
        acts.ask_offline(by=office.editor, resource_id=entry.pk, reason=" ")
    with pytest.raises(NotAllowed):
        acts.ask_offline(by=user.editor, resource_id=entry.pk, reason="停")
    acts.ask_offline(by=office.editor, resource_id=entry.pk, reason="系统迁移")
    assert told(user.office) == [("catalogue.message.offline_asked", {"resource": "常住人口", "reason": "系统迁移"})]
    assert queries.live_attachment(entry.pk) is not None  # asked is not decided
    assert "catalogue.online" in [task.kind for task in tasks_for(office.authority)]
    with pytest.raises(NotAllowed):
        acts.decide_online(by=office.head, resource_id=entry.pk)
    acts.decide_online(by=office.authority, resource_id=entry.pk)
    assert queries.live_attachment(entry.pk) is None
    assert queries.published_resource(user.editor, entry.pk).online_state == "off"  # published all the same
    with pytest.raises(Conflict):
        acts.decide_online(by=office.authority, resource_id=entry.pk)
    acts.ask_online(by=office.editor, resource_id=entry.pk, reason="迁移完成")
    acts.decide_online(by=office.authority, resource_id=entry.pk)
    assert queries.live_attachment(entry.pk) is not None


def test_a_no_leaves_it_online(office, source):
    entry = publish(office, an_entry(office, source))
    attach(office, entry, source)
    acts.ask_offline(by=office.editor, resource_id=entry.pk, reason="停")
    acts.decide_online(by=office.authority, resource_id=entry.pk, verdict="no", reason="仍在使用")
    entry.refresh_from_db()
    assert entry.online_state == "on"


def test_what_was_withdrawn_comes_back_with_its_code_as_the_next_version(office, source):
    entry = publish(office, an_entry(office, source))
    acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用")
    back = acts.restore_resource(by=office.editor, resource_id=entry.pk, reason="恢复")
    assert (back.state, back.version, back.code) == ("draft", 2, "101/0001")
    Resource.objects.filter(pk=back.pk).update(secrecy_checked=True)
    again = publish(office, back)
    assert (again.state, again.code) == ("published", "101/0001")
    assert [row.number for row in queries.versions_of(entry.pk)] == [2, 1]
    acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用")
    an_entry(office, source)
    with pytest.raises(NotValid, match="name_taken"):
        acts.restore_resource(by=office.editor, resource_id=entry.pk, reason="恢复")


def test_users_hear_of_a_change_that_breaks_them_before_it_is_signed(office, user, source):
    entry = publish(office, an_entry(office, source))
    used(entry, user, "born")
    change = acts.change_resource(by=office.editor, resource_id=entry.pk)
    Resource.objects.filter(pk=change.pk).update(secrecy_checked=True, abstract="新摘要")
    change.refresh_from_db()
    assert changes.breaks(change) == []
    change.items.filter(column="born").update(type="text", type_letter="C")
    ((dependant, places),) = changes.breaks(change)
    assert (dependant.name, len(places)) == ("G-1", 1)
    acts.submit_resource(by=office.editor, resource_id=change.pk)
    ((code, params),) = told(user.office)
    assert code == "catalogue.message.change_ahead" and params["resource"] == "常住人口"
