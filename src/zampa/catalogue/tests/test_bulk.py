"""A whole database into drafts, by one job that shows where it stands and goes on where it was killed."""

import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from zampa.catalogue import acts, queries, rules
from zampa.catalogue import queries_drafting as drafting
from zampa.catalogue.acts import bulk
from zampa.catalogue.models import DraftingJob, DraftingTable, Item, Resource
from zampa.catalogue.tests.cast import PEOPLE, Office, a_source, persons
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    acts.load_classes(by=SYSTEM)
    return Office()


def tables(url, count):
    """`count` small tables with comments and a few rows, some of people, two of one comment."""
    with psycopg.connect(url, autocommit=True) as provider:
        provider.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        parts = []
        for n in range(count):
            subject = ("学校登记", "企业年检", "草原监测", "常住居民")[n % 4]
            parts.append(
                f"CREATE TABLE t_{n:03d} (id bigint PRIMARY KEY, xm varchar(60), sfzhm char(18), amount numeric(12,2),"
                f" updated timestamptz NOT NULL); COMMENT ON TABLE t_{n:03d} IS '{subject}{n // 4}表；第{n}张';"
                f" COMMENT ON COLUMN t_{n:03d}.xm IS '姓名'; COMMENT ON COLUMN t_{n:03d}.amount IS '金额，元';"
                f" INSERT INTO t_{n:03d} VALUES ({n}, '扎西', '540102198001010019', 1.5, now());"
            )
        provider.execute("".join(parts))


@pytest.mark.parametrize("count", [30, pytest.param(300, marks=pytest.mark.full)])
def test_a_whole_database_becomes_drafts_in_one_job(office, provider_database, capsys, count):
    tables(provider_database, count)
    source = a_source(office, provider_database)
    began = time.perf_counter()
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    bulk.carry_out_drafting(job.pk)
    spent = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n{count} tables drafted in {spent:.1f} s")
    job.refresh_from_db()
    far = drafting.progress(job)
    assert (job.state, far.drafted, far.failed, far.done, far.total) == ("done", count, 0, count, count)
    assert Resource.objects.filter(provider=office.department, state="draft").count() == count
    assert Item.objects.count() == count * 5
    assert Record.objects.filter(event="catalogue:resource:drafted").count() == count
    school = Resource.objects.get(name="学校登记0")
    assert (school.class_code, school.sharing, school.grade, school.category) == ("201", "conditional", "4", "personal")
    assert school.suggestions["class_code"]["reason"] == "catalogue.suggest.class_word"
    assert school.suggestions["sharing"]["params"]["count"] == "2"
    names = {item.column: item.name for item in queries.items_of(school.pk)}
    assert (names["xm"], names["amount"]) == ("姓名", "金额")


def test_a_job_whose_worker_was_killed_goes_on_from_its_next_table(office, provider_database):
    tables(provider_database, 6)
    source = a_source(office, provider_database)
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    bulk.carry_out_drafting(job.pk, seconds=0)
    job.refresh_from_db()
    assert job.state == "waiting"
    bulk.carry_out_drafting(job.pk)
    done = DraftingTable.objects.filter(job=job, position=1).get()
    DraftingTable.objects.filter(job=job, position__gt=3).update(state="waiting", resource=None)
    Resource.objects.exclude(pk__in=DraftingTable.objects.filter(position__lte=3).values("resource")).delete()
    DraftingJob.objects.filter(pk=job.pk).update(state="running", beat=utc_now(), ended_at=None)
    bulk.carry_out_drafting(job.pk)
    assert drafting.progress(job).done == 3, "another worker has it"
    DraftingJob.objects.filter(pk=job.pk).update(beat=utc_now() - timedelta(minutes=2))
    assert bulk.take_up_again() == 0, "it is still queued, and never twice"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'catalogue.draft_tables'")
    assert bulk.take_up_again() == 1
    bulk.carry_out_drafting(job.pk)
    job.refresh_from_db()
    assert (job.state, drafting.progress(job).drafted) == ("done", 6)
    assert DraftingTable.objects.get(pk=done.pk).resource_id == done.resource_id
    assert Resource.objects.filter(provider=office.department).count() == 6


def test_what_is_in_the_catalogue_already_is_not_drafted_twice(office, provider_database):
    tables(provider_database, 2)
    source = a_source(office, provider_database)
    first = bulk.draft_database(by=office.editor, connection_id=source.pk, tables=["public/t_000"])
    with pytest.raises(Conflict):
        bulk.draft_database(by=office.editor, connection_id=source.pk)
    bulk.carry_out_drafting(first.pk)
    second = bulk.draft_database(by=office.editor, connection_id=source.pk)
    bulk.carry_out_drafting(second.pk)
    far = drafting.progress(second)
    assert (far.there, far.drafted) == (1, 1)
    with pytest.raises(NotValid):
        bulk.draft_database(by=office.editor, connection_id=source.pk, tables=["public/none"])


def test_a_table_that_is_gone_fails_alone_and_can_be_tried_again(office, provider_database):
    tables(provider_database, 3)
    source = a_source(office, provider_database)
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    with psycopg.connect(provider_database, autocommit=True) as provider:
        provider.execute("ALTER TABLE t_001 RENAME TO away")
    bulk.carry_out_drafting(job.pk)
    row = DraftingTable.objects.get(job=job, name="public/t_001")
    assert (row.state, drafting.progress(job).drafted) == ("failed", 2) and row.problem
    with psycopg.connect(provider_database, autocommit=True) as provider:
        provider.execute("ALTER TABLE away RENAME TO t_001")
    job.refresh_from_db()
    bulk.resume_drafting(by=office.editor, job_id=job.pk, again=True)
    bulk.carry_out_drafting(job.pk)
    assert drafting.progress(job).drafted == 3


def test_a_silent_source_stops_the_job_and_loses_nothing(office, provider_database):
    tables(provider_database, 4)
    source = a_source(office, provider_database)
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    type(source).objects.filter(pk=source.pk).update(port=1)
    bulk.carry_out_drafting(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("stopped", "catalogue.drafting.silent")
    assert drafting.progress(job).done == 0


def test_only_the_department_itself_sees_and_moves_its_job(office, provider_database):
    tables(provider_database, 1)
    source = a_source(office, provider_database)
    with pytest.raises(NotAllowed):
        bulk.draft_database(by=office.head, connection_id=source.pk)
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    stranger = an_actor(a_department("水利厅"), "editor")
    with pytest.raises(NotFound):
        bulk.stop_drafting(by=stranger, job_id=job.pk)
    bulk.stop_drafting(by=office.editor, job_id=job.pk)
    bulk.carry_out_drafting(job.pk)
    assert drafting.progress(job).done == 0
    with pytest.raises(Conflict):
        bulk.stop_drafting(by=office.editor, job_id=job.pk)


def test_the_pages_of_a_job(office, provider_database):
    tables(provider_database, 2)
    source = a_source(office, provider_database)
    client = client_of(office.editor)
    address = reverse("catalogue:from_database") + f"?connection_id={source.pk}"
    assert "学校登记0表" in client.get(address).content.decode()
    answer = client.post(address, {"tables": ["public/t_000", "public/t_001"]})
    job = DraftingJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("catalogue:drafting_job", args=[job.pk]))
    bar = reverse("catalogue:drafting_progress", args=[job.pk])
    assert "every 1s" in client.get(bar).content.decode()
    bulk.carry_out_drafting(job.pk)
    done = client.get(bar).content.decode()
    assert "every 1s" not in done and "100%" in done and "成草稿 2" in done
    assert "学校登记0" in client.get(answer["Location"]).content.decode()
    shown = client.get(f"/api/catalogue/drafting/{job.pk}").json()
    assert (shown["state"], shown["progress"]["drafted"]) == ("done", 2)
    assert client.post(reverse("catalogue:drafting_step", args=[job.pk, "stop"])).status_code == 303


@pytest.mark.parametrize(
    ("words", "value", "reason"),
    [
        (["企业年检"], "guide-2017:102", "class_word"),
        (["社会信用主体"], "guide-2017:104", "class_named"),
        (["x_tmp"], "guide-2017:205", "class_usual"),
    ],
)
def test_a_class_is_suggested_with_its_reason(words, value, reason):
    known = (("102", "法人单位"), ("104", "社会信用"), ("205", "安全生产"))
    classes = [rules.Class(scheme="guide-2017", code=code, name=name, depth=2) for code, name in known]
    found = rules.guess_class(words, classes, usual=("guide-2017", "205"))
    assert (found.value, found.reason) == (value, f"catalogue.suggest.{reason}")


def test_a_value_is_asked_for_only_where_the_source_never_lacks_one(office, provider_database):
    persons(provider_database)
    source = a_source(office, provider_database)
    entry = acts.draft_from_table(
        by=office.editor, connection_id=source.pk, table=PEOPLE, draft=acts.Draft(name="常住人口")
    )
    asked = {item.column: [check["kind"] for check in item.checks] for item in queries.items_of(entry.pk)}
    assert "not_null" in asked["id_number"] and "not_null" in asked["born"]
    assert "not_null" not in asked["name"], "the column may be empty at the source"


def test_elements_beside_the_thirteen_are_canonical_words(office):
    client = client_of(office.editor)
    draft = {
        "name": "样本",
        "extra": {"origin": "collected", "contact": "扎西"},
        "formats": [{"category": "sheet", "kind": "xlsx"}],
    }
    answer = client.post("/api/catalogue/resources", draft, content_type="application/json")
    assert answer.status_code == 201 and answer.json()["extra"]["origin"] == "collected"
    for wrong in ({"extra": {"origin": "采集"}}, {"extra": {"nonsense": "1"}}, {"formats": [{"category": "表格"}]}):
        answer = client.post(
            "/api/catalogue/resources", {**draft, "name": "另", **wrong}, content_type="application/json"
        )
        assert answer.status_code == 422, wrong
    made = Resource.objects.get(name="样本")
    page = client.get(reverse("catalogue:resource", args=[made.pk])).content.decode()
    assert "生成方式" in page and "采集" in page and "xlsx" in page
    address = reverse("catalogue:edit", args=[made.pk])
    assert 'value="扎西"' in client.get(address).content.decode()


def test_the_reason_of_each_suggestion_stands_beside_its_field(office, provider_database):
    tables(provider_database, 1)
    source = a_source(office, provider_database)
    job = bulk.draft_database(by=office.editor, connection_id=source.pk)
    bulk.carry_out_drafting(job.pk)
    made = Resource.objects.get(provider=office.department)
    client = client_of(office.editor)
    page = client.get(reverse("catalogue:resource", args=[made.pk])).content.decode()
    edit = client.get(reverse("catalogue:edit", args=[made.pk])).content.decode()
    for sentence in ("取自表的注释", "多属", "含个人信息项 2 个"):
        assert sentence in page and sentence in edit
    grid = client.get(reverse("catalogue:items", args=[made.pk])).content.decode()
    for sentence in ("名称取自列的注释", "名称像公民身份号码", "个人信息宜有条件共享"):
        assert sentence in grid
    Resource.objects.filter(pk=made.pk).update(sharing="none")
    assert "原建议“有条件共享”" in client.get(reverse("catalogue:edit", args=[made.pk])).content.decode()
    other = client_of(Office("教育厅", office.authority_department).editor)
    assert other.get(reverse("catalogue:resource", args=[made.pk])).status_code == 404
