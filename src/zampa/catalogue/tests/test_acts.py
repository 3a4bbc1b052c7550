import psycopg
import pytest

from zampa.approvals.queries import tasks_for
from zampa.catalogue import acts, queries
from zampa.catalogue.models import Resource
from zampa.catalogue.queries_quality import checks_of
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def events(resource):
    return list(
        Record.objects.filter(subject_kind="catalogue.resource", subject=str(resource.pk))
        .order_by("id")
        .values_list("event", flat=True)
    )


def test_a_table_becomes_a_draft_with_suggestions_and_their_reasons(office, source):
    entry = an_entry(office, source)
    items = {item.column: item for item in queries.items_of(entry.pk)}
    assert (entry.state, entry.sharing, entry.grade) == ("draft", "conditional", "4")
    assert items["id_number"].name == "公民身份号码" and items["id_number"].key and items["id_number"].length == 18
    assert items["id_number"].suggestion["reason"] == "catalogue.suggest.id_number"
    assert items["born"].type_letter == "D" and items["born"].sharing == "conditional"
    assert items["division"].sensitivity == "public"
    assert {check.kind for check in checks_of(entry.pk)} >= {"id_number", "not_null", "max_length"}


def test_the_way_to_everybodys_eyes(office, source):
    other = Office("社保局", authority=office.authority_department)
    entry = an_entry(office, source)
    with pytest.raises(NotFound):
        queries.resource(other.editor, entry.pk)
    done = publish(office, entry)
    assert done.code == "101/0001" and done.published_on is not None
    assert queries.published_resource(other.editor, entry.pk).name == "常住人口"
    assert events(entry) == [
        "catalogue:resource:drafted",
        "catalogue:impact:assessed",
        "catalogue:resource:submitted",
        "catalogue:resource:signed",
        "catalogue:resource:published",
    ]
    assert queries.versions_of(entry.pk).get().number == 1


def test_everything_missing_is_told_at_once(office, source):
    entry = an_entry(office, source, abstract="", class_code="", scope="")
    with pytest.raises(NotValid) as refusal:
        acts.submit_resource(by=office.editor, resource_id=entry.pk)
    assert {fault.where for fault in refusal.value.faults} == {"abstract", "class_code", "scope"}


def test_each_step_has_its_person(office, source):
    entry = an_entry(office, source)
    with pytest.raises(NotAllowed):
        acts.submit_resource(by=office.head, resource_id=entry.pk)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    assert [task.kind for task in tasks_for(office.head)] == ["catalogue.sign"]
    with pytest.raises(NotAllowed):
        acts.sign_resource(by=office.office, resource_id=entry.pk)
    acts.sign_resource(by=office.head, resource_id=entry.pk)
    with pytest.raises(NotAllowed):
        acts.review_resource(by=office.head, resource_id=entry.pk)
    assert [task.kind for task in tasks_for(office.authority)] == ["catalogue.review"]


def test_a_return_needs_a_reason_and_comes_back(office, source):
    entry = an_entry(office, source)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    with pytest.raises(NotValid):
        acts.sign_resource(by=office.head, resource_id=entry.pk, verdict="return", reason=" ")
    acts.sign_resource(by=office.head, resource_id=entry.pk, verdict="return", reason="摘要太短")
    entry.refresh_from_db()
    assert (entry.state, entry.returned_reason) == ("returned", "摘要太短")
    assert [task.kind for task in tasks_for(office.editor)] == ["catalogue.redo"]


def test_a_change_leaves_the_entry_in_use_until_it_is_published(office, source):
    entry = publish(office, an_entry(office, source))
    before = {item.column: item.pk for item in queries.items_of(entry.pk)}
    change = acts.change_resource(by=office.editor, resource_id=entry.pk)
    with pytest.raises(Conflict):
        acts.change_resource(by=office.editor, resource_id=entry.pk)
    values = {
        name: getattr(change, name)
        for name in ("class_code", "use_requirement", "conditions", "scope", "sharing", "category")
    }
    acts.edit_resource(
        by=office.editor,
        resource_id=change.pk,
        draft=acts.Draft(
            name="常住人口",
            abstract="新的摘要",
            update_cycle="weekly",
            grade="4",
            format_note="PostgreSQL",
            secrecy_checked=True,
            **values,
        ),
    )
    assert queries.published_resource(office.head, entry.pk).abstract == "全区常住人口"
    done = publish(office, change)
    assert (done.pk, done.version, done.abstract, done.code) == (entry.pk, 2, "新的摘要", "101/0001")
    assert {item.column: item.pk for item in queries.items_of(entry.pk)} == before
    assert not Resource.objects.filter(replaces=entry).exists()
    last = Record.objects.get(
        event="catalogue:resource:published", subject=str(entry.pk), body__content__contains='"version":2'
    )
    assert '"changed":["abstract","update_cycle"]' in last.body.content


def test_a_standing_decision_comes_with_an_unconditional_entry_only(office, source):
    entry = an_entry(office, source)
    free = [
        acts.ItemDraft(id=str(i.pk), name=i.name, column=i.column, type=i.type, sharing="unconditional")
        for i in queries.items_of(entry.pk)
    ]
    acts.edit_items(by=office.editor, resource_id=entry.pk, items=free)
    acts.edit_resource(
        by=office.editor,
        resource_id=entry.pk,
        draft=acts.Draft(
            name="区划",
            abstract="区划",
            class_code="103",
            use_requirement="basis",
            update_cycle="yearly",
            secrecy_checked=True,
        ),
    )
    publish(office, entry)
    assert queries.standing_decision(entry.pk).signed_by_name == "旺堆"
    assert queries.standing_decision(publish(office, an_entry(office, source)).pk) is None


def test_an_attachment_is_live_only_after_approval_and_a_look(office, source):
    entry = publish(office, an_entry(office, source))
    made = acts.apply_attachment(
        by=office.editor, resource_id=entry.pk, connection_id=source.pk, table=attach.__defaults__[0]
    )
    assert queries.live_attachment(entry.pk) is None
    with pytest.raises(Conflict):
        acts.probe_attachment(attachment_id=made.pk)
    acts.approve_attachment(by=office.office, attachment_id=made.pk)
    probe = acts.probe_attachment(attachment_id=made.pk)
    assert probe.well and probe.rows == 5 and probe.sampled == 5
    assert queries.live_attachment(entry.pk).pk == made.pk


def test_a_column_that_vanished_breaks_the_attachment_and_tells_the_steward(office, source, provider_database):
    entry = publish(office, an_entry(office, source))
    made = attach(office, entry, source)
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("ALTER TABLE persons DROP COLUMN division")
    probe = acts.probe_attachment(attachment_id=made.pk)
    assert (probe.problem, probe.problem_params) == ("catalogue.probe.columns", {"columns": "division"})
    assert queries.live_attachment(entry.pk) is None
    assert "catalogue.mend" in [task.kind for task in tasks_for(office.editor)]
    persons(provider_database)
    assert acts.probe_attachment(attachment_id=made.pk).well
    assert "catalogue.mend" not in [task.kind for task in tasks_for(office.editor)]
    assert events(entry)[-2:] == ["catalogue:attachment:broken", "catalogue:attachment:live"]


def test_an_entry_in_use_is_not_withdrawn(office, source):
    entry = publish(office, an_entry(office, source))
    acts.note_dependant(
        resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="G-1", department_id=office.department.pk
    )
    with pytest.raises(Conflict) as refusal:
        acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用")
    assert refusal.value.params["names"] == "G-1"
    acts.note_dependant_gone(kind="exchange.grant", dependant_id="g")
    assert acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用").state == "withdrawn"


def test_one_department_cannot_touch_anothers(office, source):
    other = Office("社保局", authority=office.authority_department)
    entry = publish(office, an_entry(office, source))
    with pytest.raises(NotAllowed):
        acts.change_resource(by=other.editor, resource_id=entry.pk)
    with pytest.raises(NotFound):
        acts.draft_from_table(
            by=other.editor, connection_id=source.pk, table=attach.__defaults__[0], draft=acts.Draft(name="x")
        )
