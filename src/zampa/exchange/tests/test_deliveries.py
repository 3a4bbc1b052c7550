"""Table and file deliveries with real rows between real databases; clocks, ends, and what stops them."""

import threading
import time
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from zampa.approvals import queries as approvals
from zampa.catalogue.models import Item, Judgement, QualityRule
from zampa.census import secrets
from zampa.census.models import Connection
from zampa.contracts.actors import SYSTEM
from zampa.exchange import jobs
from zampa.exchange.acts import deliveries, endings, gateways, steps
from zampa.exchange.models import Delivery, Grant
from zampa.exchange.queries import evidence
from zampa.exchange.tests.story import MONDAY, ask, granted, make_story
from zampa.exchange.tests.test_gateways import Machine, served
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.models import Message
from zampa.ledger.models import Record
from zampa.ledger.sequencer import sequence_pending
from zampa.runs import acts as runs
from zampa.runs import queries as run_queries
from zampa.runs.showing import reasons

pytestmark = pytest.mark.django_db
PEOPLE = [("540102199001010011", "扎西", "1990-01-01", "540102"), ("bad", "卓玛", "1991-02-03", "540102")]


def point(row: Connection, url: str) -> Connection:
    parts = urlsplit(url)
    row.host, row.port, row.database, row.user = parts.hostname, parts.port, parts.path[1:], parts.username
    row.sealed_secret = secrets.seal(row.pk, {"secret": parts.password or ""})
    row.save()
    return row


@pytest.fixture
def story(provider_database, requester_database):
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE IF EXISTS people")
        there.execute("CREATE TABLE people (id_number text PRIMARY KEY, name text, birth date, region text)")
        there.cursor().executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", PEOPLE)
    with psycopg.connect(requester_database, autocommit=True) as there:
        there.execute("DROP SCHEMA IF EXISTS landing CASCADE; CREATE SCHEMA landing")
    story = make_story()
    point(story.source, provider_database)
    place = Connection(
        name="认证库", department=story.social.row, engine="postgresql", network="extranet", created_at=MONDAY,
        created_by="test", state="live",
    )  # fmt: skip
    story.place = point(place, requester_database)
    check = {"code": "person.id_number", "field": "id_number", "kind": "id_number"}
    Item.objects.filter(resource=story.resource, column="id_number").update(checks=[check])
    return story


def table_grant(story, **changes) -> Grant:
    plain = {
        "ways": ("table",), "system_id": None, "calls_per_day": 0, "destination_id": story.place.pk,
        "destination_schema": "landing", "destination_table": "people",
    }  # fmt: skip
    grant = granted(story, **{**plain, **changes})
    start = utc_now() - timedelta(days=1)
    Grant.objects.filter(pk=grant.pk).update(starts_at=start, ends_at=start + timedelta(days=9))
    grant.refresh_from_db()
    return grant


def perform(delivery: Delivery) -> Delivery:
    """What the worker does: the run, then the job the run deferred by name."""
    delivery.refresh_from_db()
    runs.perform_run(delivery.run)
    assert ProcrastinateJob.objects.filter(
        task_name=jobs.run_finished.name, args={"run_id": str(delivery.run)}
    ).exists()
    tell(delivery)
    delivery.refresh_from_db()
    return delivery


def tell(delivery: Delivery) -> None:
    """The job's own act; the job also closes old connections, which a test cannot spare."""
    deliveries.note_run_finished(by=SYSTEM, run=run_queries.run(SYSTEM, delivery.run))


def test_a_table_arrives_masked_with_its_bad_row_kept_back_and_both_digests_in_the_ledger(story, requester_database):
    grant = table_grant(story)
    delivery = Delivery.objects.get(grant=grant)
    assert approvals.clock_of(steps.delivery_subject(delivery), "delivery").met_at is None
    deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    delivery = perform(delivery)
    assert (delivery.state, delivery.rows_read, delivery.rows_written, delivery.rows_bad) == ("done", 2, 1, 1)
    assert delivery.digest_sent
    assert delivery.digest_sent == delivery.digest_stored
    assert approvals.clock_of(steps.delivery_subject(delivery), "delivery").met_at is not None
    with psycopg.connect(requester_database) as there:
        rows = there.execute('SELECT "姓名", "户籍区划" FROM landing.people').fetchall()
    assert rows == [("扎*", "540102")]  # the key is granted for matching only and never leaves
    assert Message.objects.filter(code="exchange.message.delivered").exists()
    record = Record.objects.get(event="exchange:delivery:done", subject=str(delivery.pk))
    assert delivery.digest_stored in record.body.content
    assert "扎西" not in record.body.content
    tell(delivery)  # told twice
    assert Record.objects.filter(event="exchange:delivery:done").count() == 1
    sequence_pending()
    found = evidence.evidence_of(story.social.actor("editor"), "delivery", delivery.pk)
    assert "delivery" in {one.role for one in found.records}


def test_a_rule_on_an_item_outside_the_grant_keeps_no_row_back(story, settings, tmp_path):
    settings.ZAMPA_FILES_DIR = tmp_path
    keys = [str(item.pk) for item in story.items() if item.column in ("name", "region")]
    grant = table_grant(story, ways=("file",), file_format="csv", items=dict.fromkeys(keys, "比对用"))
    delivery = Delivery.objects.get(grant=grant)
    deliveries.start_delivery(by=story.police.actor("editor"), delivery_id=delivery.pk)
    delivery = perform(delivery)
    assert (delivery.rows_read, delivery.rows_written, delivery.rows_bad) == (2, 2, 0)


def test_a_rule_across_granted_items_keeps_its_rows_back(story, requester_database):
    items = {item.column: item.name for item in story.items()}
    when = {"type": "is", "field": items["region"], "op": "=", "value": "540102"}
    then = {"type": "is", "field": items["name"], "op": "starts", "value": "卓"}
    spec = {"code": "by_region", "test": {"kind": "implies", "when": when, "then": then}}
    QualityRule.objects.create(
        resource=story.resource, code="by_region", kind="implies", spec=spec, stated_by_name="t", stated_at=MONDAY
    )
    Item.objects.update(checks=[])
    delivery = Delivery.objects.get(grant=table_grant(story))
    deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    delivery = perform(delivery)
    with psycopg.connect(requester_database) as there:
        arrived = there.execute("SELECT count(*) FROM landing.people").fetchone()[0]
    run = run_queries.run(SYSTEM, delivery.run)
    assert run.bad_by_code == {"by_region": delivery.rows_bad}
    assert delivery.rows_bad > 0 and arrived == delivery.rows_read - delivery.rows_bad
    assert items["region"] in reasons(run)["by_region"]
    told = Judgement.objects.get(delivery=delivery.pk).rulings.get(code="by_region")
    assert (told.origin, told.failed) == ("own", delivery.rows_bad)


def test_a_filter_by_an_item_that_is_not_granted_holds_in_a_file_too(story, settings, tmp_path):
    settings.ZAMPA_FILES_DIR = tmp_path
    keys = [str(item.pk) for item in story.items() if item.column in ("id_number", "name")]
    items = dict.fromkeys(keys, "比对用")
    grant = table_grant(story, ways=("file",), file_format="csv", items=items)
    Grant.objects.filter(pk=grant.pk).update(row_filter={"type": "is", "field": "region", "op": "=", "value": "999999"})
    delivery = Delivery.objects.get(grant=grant)
    deliveries.start_delivery(by=story.police.actor("editor"), delivery_id=delivery.pk)
    assert perform(delivery).rows_written == 0
    Grant.objects.filter(pk=grant.pk).update(row_filter=None)
    again = deliveries.repeat_delivery(by=story.social.actor("editor"), grant_id=grant.pk, kind="file")
    again = perform(again)
    assert (again.state, again.rows_written, again.number) == ("done", 1, "D-2026-0002")
    file = next(tmp_path.rglob("D-2026-0002.csv"))
    assert "扎*" in file.read_text(encoding="utf-8")
    with pytest.raises(NotValid):
        deliveries.repeat_delivery(by=story.social.actor("editor"), grant_id=grant.pk, kind="table")


def test_a_failed_delivery_says_why_and_can_be_started_again(story):
    grant = table_grant(story)
    delivery = Delivery.objects.get(grant=grant)
    place = story.place.database
    type(story.place).objects.filter(pk=story.place.pk).update(database="nowhere")
    deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    delivery = perform(delivery)
    assert (delivery.state, delivery.error_code) == ("failed", "connectors.no_such_database")
    assert approvals.clock_of(steps.delivery_subject(delivery), "delivery").met_at is None
    type(story.place).objects.filter(pk=story.place.pk).update(database=place)
    deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    assert perform(delivery).state == "done"


def test_nothing_is_delivered_without_a_live_grant_a_source_or_the_right(story):
    grant = table_grant(story)
    delivery = Delivery.objects.get(grant=grant)
    with pytest.raises(NotFound):
        deliveries.start_delivery(by=story.stranger.actor("editor"), delivery_id=delivery.pk)
    with pytest.raises(NotAllowed):
        deliveries.start_delivery(by=story.auditor, delivery_id=delivery.pk)
    story.attachment.state = "ended"
    story.attachment.save()
    with pytest.raises(Conflict) as caught:
        deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    assert caught.value.code == "exchange.delivery.nothing_attached"
    endings.revoke_grant(by=story.police.actor("sharing_head"), grant_id=grant.pk, reason="试点结束")
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"
    with pytest.raises(Conflict) as caught:
        deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    assert caught.value.code == "exchange.delivery.grant_not_live"


def test_revoking_stops_a_run_under_way(story):
    grant = table_grant(story)
    delivery = Delivery.objects.get(grant=grant)
    deliveries.start_delivery(by=story.social.actor("editor"), delivery_id=delivery.pk)
    endings.revoke_grant(by=story.police.actor("sharing_head"), grant_id=grant.pk, reason="超范围使用")
    delivery.refresh_from_db()
    tell(delivery)
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"


def test_late_deliveries_and_ended_grants_are_told_once(story):
    grant = table_grant(story)
    delivery = Delivery.objects.get(grant=grant)
    assert deliveries.tell_late_deliveries(now=MONDAY + timedelta(days=20)) == 0
    late = MONDAY + timedelta(days=40)
    assert [deliveries.tell_late_deliveries(now=late) for _ in range(2)] == [1, 0]
    assert Message.objects.filter(code="exchange.message.late").count() == 2
    assert Record.objects.filter(event="exchange:delivery:late", subject=str(delivery.pk)).count() == 1
    assert endings.expire_grants(now=grant.ends_at - timedelta(seconds=1)) == 0
    assert [endings.expire_grants(now=grant.ends_at) for _ in range(2)] == [1, 0]
    grant.refresh_from_db()
    assert grant.state == "expired"


def test_a_destination_or_system_of_another_department_is_not_found(story):
    with pytest.raises(NotFound):
        granted(story, ways=("table",), destination_id=story.source.pk, destination_table="x")
    assert ask(story).system_id == story.system.pk


@pytest.mark.django_db(transaction=True)
def test_a_waiting_gateway_hears_of_a_revoked_grant_within_two_seconds():
    story = make_story()
    token = gateways.create_gateway_token(by=story.admin, name="网关")
    machine = Machine(token)
    grant = served(story)
    assert machine.book().number == 1
    heard: list[tuple[int, float]] = []

    def wait() -> None:
        answer = machine.ask("GET", "/book", "have=1&wait=8")
        heard.append((answer.status_code, time.monotonic()))
        connection.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(1.2)
    assert not heard
    revoked = time.monotonic()
    endings.revoke_grant(by=story.police.actor("sharing_head"), grant_id=grant.pk, reason="超范围使用")
    waiting.join(timeout=30)  # a machine that stands still for a while fails on the time below, and says so
    status, at = heard[0]
    assert status == 200
    assert at - revoked < 2.0
