"""Other platforms' catalogues: every shape of file, a map that is remembered, nothing guessed, nothing doubled."""

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zampa.catalogue import acts, foreign
from zampa.catalogue import queries_imports as queries
from zampa.catalogue.acts import imports
from zampa.catalogue.models import Import, ImportNote, Item, Resource
from zampa.catalogue.tests.cast import Office
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[5] / "shared/data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real catalogues are not on this machine")


@pytest.fixture
def office(settings, tmp_path):
    settings.ZAMPA_FILES_DIR = tmp_path
    acts.load_classes(by=SYSTEM)
    acts.load_peers(by=SYSTEM)
    return Office()


def brought(office, name, content):
    return imports.bring_file(by=office.editor, name=name, content=content)


def carried(office, job, columns, **more):
    imports.save_map(by=office.editor, import_id=job.pk, name="某市", columns=columns, **more)
    imports.start_import(by=office.editor, import_id=job.pk)
    imports.carry_out_import(job.pk)
    job.refresh_from_db()
    return job


CSV = "名字,周期,共享,项,分类\n甲,4,无条件共享,a|b|a,101\n乙,6,随便,,999\n甲,7,,,\n,1,,,\n".encode()
COLUMNS = {"name": "名字", "update_cycle": "周期", "sharing": "共享", "items": "项", "class_code": "分类"}


def test_what_no_map_covers_is_left_empty_and_told_by_row(office):
    job = carried(office, brought(office, "x.csv", CSV), COLUMNS, peer="a")
    assert (job.state, job.total, job.done, job.made, job.skipped) == ("done", 4, 4, 2, 2)
    first, second = Resource.objects.get(name="甲"), Resource.objects.get(name="乙")
    assert (first.update_cycle, first.sharing, first.class_code, first.category) == (
        "monthly",
        "unconditional",
        "101",
        "",
    )
    assert (second.update_cycle, second.sharing, second.class_code) == ("yearly", "", "")
    assert [(item.name, item.sharing) for item in first.items.all()] == [("a", ""), ("b", "")]
    assert first.placements.get().node.code == "101"
    told = {(note.row, note.field, note.text, note.code.rsplit(".", 1)[1]) for note in queries.notes_of(job)}
    assert told == {
        (1, "items", "a", "item_twice"), (2, "sharing", "随便", "not_mapped"),
        (2, "class_code", "999", "unknown_class"),
        (3, "name", "甲", "name_there"), (4, "name", "", "no_name"),
    }  # fmt: skip
    assert Record.objects.filter(event="catalogue:import:rows").count() == 1


def test_a_map_is_remembered_for_the_next_file_of_its_shape(office):
    job = brought(office, "x.csv", CSV)
    assert job.column_map is None
    carried(office, job, COLUMNS, values={"sharing": {"随便": "none"}})
    again = brought(office, "y.csv", CSV.decode().replace("甲", "丙").replace("乙", "丁").encode("gb18030"))
    assert again.column_map.name == "某市" and again.column_map.values == {"sharing": {"随便": "none"}}
    imports.start_import(by=office.editor, import_id=again.pk)
    imports.carry_out_import(again.pk)
    assert Resource.objects.get(name="丁").sharing == "none"
    assert brought(office, "z.csv", b"a,b\n1,2\n").column_map is None
    other = Office("教育厅", office.authority_department)
    assert brought(other, "x.csv", CSV).column_map is None
    with pytest.raises(NotFound):
        queries.one_import(other.editor, job.pk)
    with pytest.raises(NotAllowed):
        brought_by_head = imports.bring_file(by=office.head, name="x.csv", content=CSV)
        assert brought_by_head is None


def test_a_killed_job_goes_on_where_it_was_and_a_stopped_one_when_asked(office, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 10)
    content = json.dumps([{"n": f"表{n}"} for n in range(35)]).encode()
    job = brought(office, "x.json", content)
    imports.save_map(by=office.editor, import_id=job.pk, name="x", columns={"name": "n"})
    imports.start_import(by=office.editor, import_id=job.pk)
    imports.carry_out_import(job.pk, batches=2)
    job.refresh_from_db()
    assert (job.state, job.done) == ("waiting", 20)
    imports.stop_import(by=office.editor, import_id=job.pk)
    imports.carry_out_import(job.pk)
    assert Resource.objects.count() == 20
    with pytest.raises(Conflict):
        imports.save_map(by=office.editor, import_id=job.pk, name="y", columns={"name": "n"})
    imports.start_import(by=office.editor, import_id=job.pk)
    imports.carry_out_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.made, job.skipped) == ("done", 35, 35, 0)


MYSQL = """-- dump; of a table
CREATE TABLE `rc_x` (`id` bigint NOT NULL, `resource_name` varchar(255) DEFAULT NULL COMMENT '资源名称',
  `share_type` int COMMENT '共享类型') ENGINE=InnoDB COMMENT='资源; 表';
INSERT INTO `rc_x` VALUES (1,'户籍\\'s; 库',1),(2,NULL,2);
INSERT INTO `rc_x` (`resource_name`,`share_type`) VALUES ('企业',3);
"""
POSTGRES = """CREATE TABLE public.dir_dataset (id integer, name varchar(100));
COMMENT ON TABLE public.dir_dataset IS '数据集';
COMMENT ON COLUMN public.dir_dataset.name IS '【国】名称';
"""


def test_sql_dumps_and_bare_table_definitions(office):
    job = brought(office, "dump.sql", MYSQL.encode())
    seen = foreign.look(queries.path_of(job), "sql")
    assert seen.heads["rc_x"] == ["id", "resource_name", "share_type"] and seen.labels["share_type"] == "共享类型"
    carried(office, job, {"name": "resource_name", "sharing": "share_type"}, peer="a")
    assert {row.name: row.sharing for row in Resource.objects.all()} == {"户籍's; 库": "unconditional", "企业": "none"}
    job = brought(office, "ddl.sql", POSTGRES.encode())
    carried(office, job, {"name": "comment", "items": "column_comments"})
    assert [item.name for item in Resource.objects.get(name="数据集").items.all()] == ["id", "【国】名称"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b""), ("x.json", b"[1, 2]"), ("x.json", b"{not json"), ("x.xlsx", b"PK\x03\x04nothing"),
        ("x.sql", b"select 1"), ("x.csv", b"\x1f\x8bbroken"), ("x.csv", b"\x00\x01\x02"),
        ("x.csv", b"\xff\xff\xff\xff"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(office, name, content):
    with pytest.raises(NotValid):
        brought(office, name, content)
    assert not Import.objects.exists()


def test_the_pages_and_the_api(office):
    client = client_of(office.editor)
    given = SimpleUploadedFile("x.csv", CSV)
    answer = client.post(reverse("catalogue:new_import"), {"file": given})
    job = Import.objects.get()
    address = reverse("catalogue:import", args=[job.pk])
    assert answer.status_code == 303 and answer["Location"] == address
    form = {"name": "某市", "separator": "|", "table": ""} | {f"col.{field}": head for field, head in COLUMNS.items()}
    assert client.post(address, {"name": "", "separator": "|"}).status_code == 422
    assert client.post(address, form).status_code == 303
    page = client.get(address).content.decode()
    assert "随便" in page and "保存并导入" in page and "前几行" in page
    asked = client.get(f"/api/catalogue/imports/{job.pk}/heads").json()["uncovered"]
    assert asked["sharing"] == {"随便": 1} and set(asked["update_cycle"]) == {"4", "6", "7", "1"}
    assert client.post(address, {**form, "start": "1"}).status_code == 303
    imports.carry_out_import(job.pk)
    page = client.get(address).content.decode()
    assert "没有对应的词，留空" in page and "成草稿 2 条" in page
    assert len(client.get(f"/api/catalogue/imports/{job.pk}/notes").json()) == ImportNote.objects.count()
    assert client.get(f"/api/catalogue/imports/{job.pk}").json()["progress"]["made"] == 2


@needs_shared
@pytest.mark.parametrize(
    ("name", "columns", "made"),
    [
        ("03_gov_open_data/foshan_open_catalogue_2018_with_items.csv",
         {"name": "cata_title", "abstract": "description", "items": "cata_items", "opening": "open_type",
          "update_cycle": "conf_update_cycle", "extra.main_source": "org_name"}, 396),
        ("08_dirty/harbin_open_catalogue_2018.gb18030.csv",
         {"name": "数据目录名称", "abstract": "简介", "opening": "开放状态", "update_cycle": "更新频率"}, 810),
    ],
)  # fmt: skip
def test_the_real_catalogues_as_they_are(office, name, columns, made):
    job = brought(office, name.rsplit("/", 1)[1], (SHARED / name).read_bytes())
    values = {"opening": {"无条件开放": "open", "依申请开放": "conditional"}}
    job = carried(office, job, columns, values=values)
    assert job.state == "done" and job.done == made == job.made + job.skipped
    text = (SHARED / name).read_text("gb18030" if "gb18030" in name else "utf-8-sig")
    given = list(csv.DictReader(io.StringIO(text, newline="")))
    assert job.made == len({row[columns["name"]].strip() for row in given})  # a name is taken once, the rest told
    assert Resource.objects.filter(opening="open").count() == job.made
    if "foshan" in name:
        assert Item.objects.count() > 300
        assert not Resource.objects.exclude(update_cycle="").exists()  # codes without a platform are no words


@needs_shared
def test_a_large_file_is_read_in_flat_memory(office):
    content = (SHARED / "04_catalogues/cn_open_gov_portals_metadata.jsonl.gz").read_bytes()
    job = brought(office, "portals.jsonl.gz", content)
    columns = {"name": "title", "update_cycle": "update_cycle"}
    imports.save_map(by=office.editor, import_id=job.pk, name="p", columns=columns)
    tracemalloc.start()
    started = imports.start_import(by=office.editor, import_id=job.pk)
    imports.carry_out_import(job.pk, batches=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert started.total == 88_883 and Import.objects.get().done == 500 and peak < 64 << 20
    assert Resource.objects.count() > 400
