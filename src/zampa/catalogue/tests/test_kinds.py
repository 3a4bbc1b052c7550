"""What can stand behind an entry: a view, a folder of files, a query that only reads."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons, publish
from zampa.census import acts as census
from zampa.census import queries as connections
from zampa.connectors.registry import connector
from zampa.contracts.flowspecs import Comparison
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import NotValid

QUERY = "select id_number, name, born, division from public.persons where name like '扎西%'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("select a from public.x; drop table public.x", "one_select"),
        ("delete from public.x", "one_select"),
        ("copy public.x to program 'id'", "one_select"),
        ("with d as (delete from public.x returning *) select * from d", "writes"),
        ("select * into public.y from public.x", "writes"),
        ("select * from public.x for update", "writes"),
        ("select $1 from public.x", "writes"),
        ("select pg_sleep(9) from public.x", "unknown_function"),
        ("select public.lpad(a) from public.x", "unknown_function"),
        ("select * from dblink('a', 'b') as t(a int)", "unknown_function"),
        ("select * from persons", "needs_schema"),
        ("select * from pg_catalog.pg_authid", "servers_own"),
        ("select 1", "no_table"),
        ("explain select a from public.x", "one_select"),
        ("selec a from", "not_sql"),
        ("select (a from public.x", "not_sql"),
        ("select '" + "x" * 9000 + "' from public.x", "too_long"),
    ],
)
def test_what_a_query_may_not_be(text, code):
    kept, faults = rules.checked_select(text)
    assert kept == "" and faults[0].code == f"catalogue.query.{code}", faults


def test_a_query_is_kept_as_it_was_understood():
    kept, faults = rules.checked_select(
        "with a as (select * from s.x) select count(*) /* all */ from a join s.y using (k);"
    )
    assert faults == [] and kept == "WITH a AS (SELECT * FROM s.x) SELECT COUNT(*) FROM a JOIN s.y USING (k)"


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def joined(office, source, entry, table, **more):
    made = acts.apply_attachment(by=office.editor, resource_id=entry.pk, connection_id=source.pk, table=table, **more)
    acts.approve_attachment(by=office.office, attachment_id=made.pk)
    probe = acts.probe_attachment(attachment_id=made.pk)
    made.refresh_from_db()
    return made, probe


def test_a_query_is_read_like_a_table(office, source, provider_database):
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("UPDATE persons SET name = '央金' WHERE id_number LIKE '%5'")
    entry = publish(office, an_entry(office, source))
    made, probe = joined(office, source, entry, TableRef(kind="query", name="查询", query=QUERY))
    assert (made.state, made.kind, probe.rows, probe.sampled) == ("live", "query", 4, 4)
    assert [(one["name"], one["type"]) for one in made.seen][:3] == [
        ("id_number", "text"),
        ("name", "text"),
        ("born", "date"),
    ]
    endpoint = connections.endpoint_of(source.pk)
    engine = connector("postgresql", connections.address_policy(source.pk))
    ref = TableRef(**made.table_ref)
    only = Comparison(field="id_number", op="=", value="540102198001010002")
    (batch,) = engine.read(endpoint, ref, ["name"], only)
    assert batch.to_pydict() == {"name": ["扎西2"]}


def test_the_connection_takes_no_writing_even_past_the_check(office, source):
    endpoint = connections.endpoint_of(source.pk)
    engine = connector("postgresql", connections.address_policy(source.pk))
    ref = TableRef(kind="query", name="x", query="SELECT nextval('public.s')")
    with pytest.raises(Exception, match="connectors"):
        engine.count(endpoint, ref)


def test_a_query_is_refused_with_its_place(office, source):
    entry = publish(office, an_entry(office, source))
    with pytest.raises(NotValid) as refused:
        joined(office, source, entry, TableRef(kind="query", name="查询", query="select * from persons"))
    assert [(fault.where, fault.code) for fault in refused.value.faults] == [("query", "catalogue.query.needs_schema")]


def test_a_folder_is_one_table_and_its_newest_file_tells_its_age(office, source):
    folder = settings.ZAMPA_FILES_DIR / "sources" / office.department.code
    folder.mkdir(parents=True, exist_ok=True)
    head = "id_number,name,born,division\n"
    for number in (1, 2):
        (folder / f"人口-{number}.csv").write_text(f"{head}54010219800101000{number},扎西{number},1980-01-01,540102\n")
    (folder / "说明.csv").write_text("a\n1\n")
    files = census.register_connection(
        by=office.editor, department_id=office.department.pk, name="人口文件", engine="csv", folder=str(folder)
    )
    entry = publish(office, an_entry(office, source))
    made, probe = joined(office, files, entry, TableRef(kind="folder", name="人口-*.csv"))
    assert (made.state, made.kind, probe.rows, probe.sampled) == ("live", "folder", 2, 1)
    assert (datetime.now(UTC) - made.newest_at).total_seconds() < 600
    assert queries.live_attachment(entry.pk) == made
    (folder / "人口-3.csv").write_text("id_number,name\n1,2\n")
    broken = acts.probe_attachment(attachment_id=made.pk)
    assert (broken.problem, broken.problem_params["table"]) == ("connectors.folder_differs", "人口-3.csv")
    with pytest.raises(NotValid):
        joined(office, source, publish(office, an_entry(office, source, name="二")), TableRef(kind="folder", name="*"))
