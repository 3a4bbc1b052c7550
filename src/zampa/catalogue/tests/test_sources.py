"""Sources that live, go stale, break and are mended; who is told, and when the authority is."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from zampa.approvals.queries import clock_of, tasks_for
from zampa.catalogue import acts, queries
from zampa.catalogue.acts import probes, steps
from zampa.catalogue.models import Attachment, SourceDay
from zampa.catalogue.tests.cast import PEOPLE, Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.actors import SYSTEM
from zampa.flows.probing.orders import Answer
from zampa.ground.errors import NotValid
from zampa.identity.models import Message
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def joined(office, source, name="常住人口"):
    """An entry whose rows are of the day they were born on: a time item of a real table."""
    entry = publish(office, an_entry(office, source, name=name))
    made = acts.apply_attachment(
        by=office.editor, resource_id=entry.pk, connection_id=source.pk, table=PEOPLE, time_column="born"
    )
    acts.approve_attachment(by=office.office, attachment_id=made.pk)
    return made


def born(url, day):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE persons SET born = %s", [day])


def kinds(actor):
    return [task.kind for task in tasks_for(actor)]


def told(actor):
    rows = Message.objects.filter(person_id=actor.id, code__startswith="catalogue.")
    return list(rows.values_list("code", flat=True))


def test_old_rows_make_it_stale_and_new_ones_live_again(office, source, provider_database):
    made = joined(office, source)
    probe = acts.probe_attachment(attachment_id=made.pk)
    made.refresh_from_db()
    assert (made.state, probe.problem) == ("stale", "catalogue.probe.stale")
    assert made.newest_at == datetime(1980, 1, 1, 16, tzinfo=UTC)  # a day counts to its end
    assert queries.live_attachment(made.resource_id) == made  # old data is there, and says that it is old
    assert "catalogue.mend" in kinds(office.editor) and told(office.editor) == ["catalogue.message.source_stale"]
    born(provider_database, datetime.now(UTC).date())
    assert acts.probe_attachment(attachment_id=made.pk).well
    assert "catalogue.mend" not in kinds(office.editor)
    seen = Record.objects.filter(subject=str(made.resource_id), event__startswith="catalogue:attachment")
    assert list(seen.order_by("id").values_list("event", flat=True))[-2:] == [
        "catalogue:attachment:stale",
        "catalogue:attachment:live",
    ]


def test_the_time_item_must_be_one_of_the_entry(office, source):
    entry = publish(office, an_entry(office, source))
    with pytest.raises(NotValid) as refused:
        acts.apply_attachment(
            by=office.editor, resource_id=entry.pk, connection_id=source.pk, table=PEOPLE, time_column="password"
        )
    assert [fault.where for fault in refused.value.faults] == ["time_column"]


def test_what_is_not_mended_in_its_days_comes_before_the_authority_once(office, source):
    made = joined(office, source)
    acts.probe_attachment(attachment_id=made.pk)
    clock = clock_of(steps.subject_of(made.resource), "source_mend")
    (task,) = [one for one in tasks_for(office.editor) if one.kind == "catalogue.mend"]
    assert (clock.days, task.due) == (5, clock.due)
    assert acts.tell_overdue(now=clock.due - timedelta(minutes=1)) == 0
    assert acts.tell_overdue(now=clock.due + timedelta(minutes=1)) == 1
    assert acts.tell_overdue(now=clock.due + timedelta(days=1)) == 0
    assert "catalogue.late" in kinds(office.authority)
    assert told(office.authority) == ["catalogue.message.late_source_mend"]
    live = Answer(key=str(made.pk), rows=5)
    probes.note_probe(by=SYSTEM, attachment_id=made.pk, answer=live, now=clock.due + timedelta(days=2))
    assert "catalogue.late" not in kinds(office.authority)
    clock.refresh_from_db()
    assert clock.met_at is not None


def test_a_day_is_as_good_as_its_worst_hour_and_is_counted(office, source):
    made = joined(office, source)
    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    for hours, problem in ((0, ""), (1, "connectors.timeout"), (2, ""), (30, "")):
        answer = Answer(key=str(made.pk), problem=problem, milliseconds=10 + hours, rows=5)
        probes.note_probe(by=SYSTEM, attachment_id=made.pk, answer=answer, now=noon + timedelta(hours=hours))
    first, second = SourceDay.objects.order_by("day")
    assert (first.state, first.probes, first.well, first.slowest) == ("broken", 3, 2, 12)
    assert (second.state, second.problem) == ("live", "")
    counted = queries.source_days(office.authority, first.day, second.day)
    assert [(row["name"], row["live"], row["stale"], row["broken"]) for row in counted] == [("公安厅", 1, 0, 1)]
    assert queries.source_days(Office("外部门", office.authority_department).editor, first.day, second.day) == []


def test_the_job_looks_at_what_is_due_and_at_the_broken_sooner(office, source, provider_database):
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("UPDATE persons SET born = current_date")
    rows = [joined(office, source, name=f"资源{number}") for number in range(3)]
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("UPDATE persons SET born = current_date + 1")
    acts.probe_due(seconds=60)
    states = Attachment.objects.values_list("state", flat=True)
    assert list(states) == ["live"] * 3
    before = list(Attachment.objects.values_list("probed_at", flat=True))
    acts.probe_due(seconds=60)
    assert list(Attachment.objects.values_list("probed_at", flat=True)) == before  # nothing is due yet
    broken = Answer(key="", problem="connectors.unreachable", params={"host": "x"})
    waits = []
    for _ in range(7):
        now = datetime(2026, 11, 24, 4, tzinfo=UTC)
        probes.note_probe(by=SYSTEM, attachment_id=rows[0].pk, answer=broken, now=now)
        rows[0].refresh_from_db()
        waits.append(int((rows[0].due_at - now).total_seconds() // 60))
    assert waits == [15, 30, 60, 120, 240, 360, 360]


def test_an_attachment_taken_off_leaves_nothing_to_mend(office, source):
    made = joined(office, source)
    acts.probe_attachment(attachment_id=made.pk)
    acts.end_attachment(by=office.editor, attachment_id=made.pk, reason="换源")
    assert "catalogue.mend" not in kinds(office.editor)
    assert clock_of(steps.subject_of(made.resource), "source_mend").met_at is not None
    assert attach(office, made.resource, source).state == "live"
