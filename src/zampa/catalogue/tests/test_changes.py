from datetime import UTC, datetime

import pytest

from zampa.approvals.queries import clock_of, tasks_for
from zampa.catalogue import acts, queries
from zampa.catalogue.acts import steps
from zampa.catalogue.models import Resource, StandingDecision
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons, publish
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def an_open_entry(office, source, name="行政区划"):
    """Unconditional, of one plain item, whole."""
    entry = an_entry(office, source, name=name, class_code="103")
    acts.edit_items(by=office.editor, resource_id=entry.pk, items=[acts.ItemDraft(name="区划", column="division")])
    edit(office, entry)
    return entry


def edit(office, entry, **more):
    values = {"abstract": "五级区划", "class_code": "103", "use_requirement": "basis", "secrecy_checked": True, **more}
    return acts.edit_resource(by=office.editor, resource_id=entry.pk, draft=acts.Draft(name=entry.name, **values))


def test_a_change_of_law_has_ten_days_and_its_review_two(office, source):
    entry = publish(office, an_open_entry(office, source))
    change = acts.change_resource(
        by=office.editor, resource_id=entry.pk, ground="law", reason="修订", since=MONDAY, now=TUESDAY
    )
    subject = steps.subject_of(change)
    update = clock_of(subject, "catalogue_update")
    assert (update.days, update.started, update.department_id) == (10, MONDAY, office.department.pk)
    edit(office, change, abstract="新")
    acts.submit_resource(by=office.editor, resource_id=change.pk)
    acts.sign_resource(by=office.head, resource_id=change.pk, now=TUESDAY)
    update.refresh_from_db()
    review = clock_of(subject, "catalogue_review")
    assert update.met_at == TUESDAY
    assert (review.days, review.started, review.department_id) == (2, TUESDAY, office.authority_department.pk)
    (task,) = [one for one in tasks_for(office.authority) if one.subject_id == str(entry.pk)]
    assert task.due == review.due
    acts.review_resource(by=office.authority, resource_id=change.pk, verdict="return", reason="依据不足")
    again = clock_of(subject, "catalogue_update")
    assert again.met_at is None and again.started == MONDAY  # going back and forth wins no days
    acts.drop_change(by=office.editor, resource_id=change.pk, reason="撤")
    acts.change_resource(by=office.editor, resource_id=entry.pk, ground="law", reason="再来")
    assert clock_of(subject, "catalogue_update").pk == again.pk


def test_a_correction_has_no_legal_clock_and_the_future_is_no_ground(office, source):
    entry = publish(office, an_open_entry(office, source))
    with pytest.raises(NotValid):
        acts.change_resource(by=office.editor, resource_id=entry.pk, ground="law", since=TUESDAY, now=MONDAY)
    with pytest.raises(NotValid):
        acts.change_resource(by=office.editor, resource_id=entry.pk, ground="whim")
    acts.change_resource(by=office.editor, resource_id=entry.pk)
    assert clock_of(steps.subject_of(entry), "catalogue_update") is None


def test_an_item_in_use_cannot_be_left_out(office, source):
    entry = publish(office, an_entry(office, source))
    used = queries.items_of(entry.pk).get(column="born")
    acts.note_dependant(
        resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="G-1",
        department_id=office.department.pk, items=[str(used.pk)],
    )  # fmt: skip
    change = acts.change_resource(by=office.editor, resource_id=entry.pk)
    kept = [acts.drafts.draft_of(one) for one in queries.items_of(change.pk) if one.column != "born"]
    acts.edit_items(by=office.editor, resource_id=change.pk, items=kept)
    Resource.objects.filter(pk=change.pk).update(secrecy_checked=True)
    with pytest.raises(NotValid) as refusal:
        acts.submit_resource(by=office.editor, resource_id=change.pk)
    assert [(one.where, one.params["name"]) for one in refusal.value.faults] == [("items", "born")]


def test_nobody_decides_two_steps(office, source):
    entry = an_entry(office, source)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    acts.sign_resource(by=office.head, resource_id=entry.pk)
    both = type(office.authority)(
        kind="person", id=office.head.id, name="达瓦", department=office.authority.department,
        posts=frozenset({"authority"}), governs=office.authority.governs,
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refusal:
        acts.review_resource(by=both, resource_id=entry.pk)
    assert refusal.value.code == "approvals.review.second_step"


def test_a_remark_stands_at_a_place_that_exists(office, source):
    entry = an_entry(office, source)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    with pytest.raises(NotValid):
        acts.sign_resource(
            by=office.head, resource_id=entry.pk, verdict="return", reason="改", remarks={"items.99": "?"}
        )
    acts.sign_resource(by=office.head, resource_id=entry.pk, verdict="return", reason="改", remarks={"grade": "低"})
    entry.refresh_from_db()
    assert entry.remarks == {"grade": "低"}
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    entry.refresh_from_db()
    assert entry.remarks == {}


def test_the_standing_decision_is_the_office_heads_and_outlives_small_changes(office, source):
    entry = an_open_entry(office, source)
    with pytest.raises(Conflict):
        acts.sign_standing_decision(by=office.office, resource_id=entry.pk)  # still a draft
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    assert [one.kind for one in tasks_for(office.office)] == ["catalogue.stand"]
    with pytest.raises(NotAllowed):
        acts.sign_standing_decision(by=office.head, resource_id=entry.pk)
    signed = acts.sign_standing_decision(by=office.office, resource_id=entry.pk)
    assert queries.standing_decision(entry.pk) is None  # not published yet
    acts.sign_resource(by=office.head, resource_id=entry.pk)
    acts.review_resource(by=office.authority, resource_id=entry.pk)
    assert queries.standing_decision(entry.pk) == signed
    small = acts.change_resource(by=office.editor, resource_id=entry.pk)
    edit(office, small, abstract="更新的摘要", format_note="PostgreSQL")
    assert publish(office, small).version == 2
    assert queries.standing_decision(entry.pk) == signed
    wide = acts.change_resource(by=office.editor, resource_id=entry.pk)
    more = [acts.drafts.draft_of(one) for one in queries.items_of(wide.pk)]
    acts.edit_items(by=office.editor, resource_id=wide.pk, items=[*more, acts.ItemDraft(name="名称")])
    edit(office, wide, abstract="更新的摘要", format_note="PostgreSQL")
    acts.submit_resource(by=office.editor, resource_id=wide.pk)
    acts.sign_resource(by=office.head, resource_id=wide.pk)
    acts.review_resource(by=office.authority, resource_id=wide.pk)
    assert queries.standing_decision(entry.pk) is None  # it opens more: the head must sign anew
    assert acts.sign_standing_decision(by=office.office, resource_id=entry.pk).version == 3
    acts.end_standing_decision(by=office.office, resource_id=entry.pk, reason="逐件答复")
    assert StandingDecision.objects.filter(resource=entry, ended_at=None).count() == 0
    told = Record.objects.filter(subject=str(entry.pk), event__startswith="catalogue:standing")
    assert [one.event.rsplit(":", 1)[1] for one in told.order_by("id")] == ["signed", "signed", "ended"]


def test_versions_say_what_they_changed(office, source):
    entry = publish(office, an_open_entry(office, source))
    change = acts.change_resource(by=office.editor, resource_id=entry.pk, reason="更正摘要")
    edit(office, change, abstract="更新的摘要")
    publish(office, change)
    last = queries.versions_of(entry.pk).get(number=2)
    assert last.differences == [["abstract", "五级区划", "更新的摘要"]] and last.reason == "更正摘要"


def test_codes_of_a_class_run_on(office, source):
    codes = [publish(office, an_open_entry(office, source, name=f"区划{n}")).code for n in range(3)]
    assert codes == ["103/0001", "103/0002", "103/0003"]


def test_a_withdrawn_entry_is_depended_on_no_more(office, source):
    entry = publish(office, an_open_entry(office, source))
    with pytest.raises(NotValid):
        acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason=" ")
    acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用")
    assert queries.standing_decision(entry.pk) is None
    with pytest.raises(Conflict):
        acts.note_dependant(
            resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="G", department_id=office.department.pk
        )
