"""No personal information is handed in before its impact was assessed; what was signed is kept and followed."""

from datetime import timedelta

import pytest

from zampa.catalogue import acts, queries, queries_impacts
from zampa.catalogue.acts.impacts import note_old_impacts
from zampa.catalogue.models import Impact, Resource
from zampa.catalogue.tests.cast import ANSWERS, PEOPLE, Office, a_source, an_entry, persons, publish
from zampa.catalogue.tests.test_pages import client_of, page
from zampa.contracts.actors import SYSTEM
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def lacking(refusal):
    return {(fault.where, fault.code) for fault in refusal.value.faults}


def test_a_later_version_with_more_about_people_asks_for_a_revision(office, source):
    entry = publish(office, an_entry(office, source))
    change = acts.change_resource(by=office.editor, resource_id=entry.pk)
    Resource.objects.filter(pk=change.pk).update(secrecy_checked=True)
    rows = [acts.drafts.draft_of(one) for one in queries.items_of(change.pk)]
    phone = acts.ItemDraft(name="联系电话", column="phone", sensitivity="personal", sharing="conditional")
    acts.edit_items(by=office.editor, resource_id=change.pk, items=[*rows, phone])
    with pytest.raises(NotValid) as refusal:
        acts.submit_resource(by=office.editor, resource_id=change.pk)
    assert lacking(refusal) == {("impact", "catalogue.impact.items_new")}
    assert refusal.value.faults[0].params["names"] == "联系电话"
    second = acts.assess_impact(by=office.office, resource_id=change.pk, answers=ANSWERS)
    assert (second.number, second.version, second.resource_id, second.signed_by_name) == (2, 2, entry.pk, "旺堆")
    publish(office, change)
    first, last = Impact.objects.order_by("number")
    assert first.followed_at == last.signed_at and last.followed_at is None
    facts = Record.objects.filter(event="catalogue:impact:assessed").order_by("id").last().body.content
    assert "联系电话" in facts and '"number":2' in facts


def test_who_may_sign_and_read_and_when(office, source):
    entry = an_entry(office, source)
    stranger = Office("社保局", office.authority_department)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    with pytest.raises(Conflict):  # the head has it: what is signed is what was assessed
        acts.assess_impact(by=office.editor, resource_id=entry.pk, answers=ANSWERS)
    acts.sign_resource(by=office.head, resource_id=entry.pk)
    assert "按职责查询核对" in page(client_of(office.authority), "decide", entry.pk)
    acts.review_resource(by=office.authority, resource_id=entry.pk)
    with pytest.raises(NotAllowed):
        acts.assess_impact(by=stranger.editor, resource_id=entry.pk, answers=ANSWERS)
    page(client_of(stranger.editor), "impact", entry.pk, status=403)
    assert "去做评估" not in page(client_of(stranger.editor), "resource", entry.pk)
    assert "按职责查询核对" in page(client_of(office.authority), "impact", entry.pk)
    for actor, count in ((office.authority, 1), (office.editor, 1), (stranger.editor, 0)):
        assert queries_impacts.impacts_kept(actor).count() == count
    assert "常住人口" in page(client_of(office.authority), "impacts")
    assert b"2" in client_of(office.authority).get("/catalogue/impacts/?format=csv").content


def test_the_form_loses_nothing_and_signs(office, source):
    acts.load_classes(by=SYSTEM)
    entry = acts.draft_from_table(
        by=office.editor, connection_id=source.pk, table=PEOPLE, draft=acts.Draft(name="人口")
    )
    editor = client_of(office.editor)
    assert "去做评估" in page(editor, "resource", entry.pk)
    assert "id_number" in page(editor, "assess", entry.pk) or "公民身份号码" in page(editor, "assess", entry.pk)
    address = f"/catalogue/{entry.pk}/impact/sign/"
    answer = editor.post(address, {"purpose": "核对资格", "risk": "high", "situations": ["providing"]})
    assert answer.status_code == 422 and "核对资格" in answer.content.decode()
    given = {name: getattr(ANSWERS, name) for name in ANSWERS.__struct_fields__}
    assert editor.post(address, {**given, "risk": "low"}).status_code == 303
    assert Impact.objects.get().risk == "low"
    text = page(editor, "impact", entry.pk)
    assert "修订并签署" in text and "不留存" in text


def test_an_entry_without_people_needs_none(office):
    row = acts.draft_resource(by=office.editor, draft=acts.Draft(name="气象站"), items=[acts.ItemDraft(name="站号")])
    with pytest.raises(Conflict):
        acts.assess_impact(by=office.editor, resource_id=row.pk, answers=ANSWERS)


def test_kept_three_years_after_it_was_followed_and_in_force_for_good(office, source):
    entry = an_entry(office, source)
    acts.assess_impact(by=office.editor, resource_id=entry.pk, answers=ANSWERS)
    now = utc_now()
    assert note_old_impacts(before=now - timedelta(days=1)) == 0
    assert note_old_impacts(before=now + timedelta(days=1)) == 1
    assert Impact.objects.get().number == 2
    Resource.objects.filter(pk=entry.pk).delete()
    assert Impact.objects.get().resource_name == "常住人口"  # it outlives what it was about
    assert note_old_impacts(before=now + timedelta(days=1)) == 1
