import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zampa.catalogue import acts, queries, rules, tree
from zampa.catalogue.models import ClassNode, Placement, Resource, Scheme
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons, publish
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
BESIDE = Path(__file__).resolve().parents[5] / "shared" / "data" / "03_gov_open_data"
NATIONAL = BESIDE / "national_gov_resource_catalog_classification_2017.csv"
FACTS = acts.SchemeFacts(code="local-1", name="自治区分类", standing="local", edition="2024", source="主管部门")
SMALL = "code,name,parent,depth\n9,本地,,1\n901,草原,9,2\n901001,草场,901,3\n"


def load(text, facts=FACTS):
    return acts.import_classes(by=SYSTEM, facts=facts, raw=text.encode())


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("code,parent\n1,\n", "columns", "1"),
        ("code,name,parent,depth\n", "size", "1"),
        ("code,name,parent,depth\n1,甲,,1\n1,乙,,1\n", "code_twice", "3"),
        ("code,name,parent,depth\n1,,,1\n", "row_empty", "2"),
        ("code,name,parent,depth\n1,甲,,1\n101,乙,7,2\n", "no_parent", "3"),
        ("code,name,parent,depth\n1,甲,,1\n101,乙,1,3\n", "wrong_depth", "3"),
        ("code,name,parent,depth\n1,甲,2,2\n2,乙,1,2\n", "ring", "2"),
    ],
)
def test_a_file_that_is_wrong_names_its_row_and_brings_nothing(text, code, line):
    with pytest.raises(NotValid) as refused:
        load(text)
    assert (refused.value.faults[0].code, refused.value.faults[0].where) == (f"catalogue.classes.{code}", line)
    assert not ClassNode.objects.filter(scheme="local-1").exists()


def test_a_scheme_is_read_in_either_encoding_and_told_twice_changes_nothing():
    assert acts.import_classes(by=SYSTEM, facts=FACTS, raw=SMALL.encode("gb18030")) == 3
    assert queries.class_node("local-1", "901001").lineage == ["9", "901", "901001"]
    assert load(SMALL) == 0
    assert load(SMALL.replace("901001,草场,901,3\n", "")) == 1
    assert ClassNode.objects.get(scheme="local-1", code="901001").retired


def test_only_the_operator_and_the_authority_bring_classes_in(office):
    with pytest.raises(NotAllowed):
        acts.import_classes(by=office.editor, facts=FACTS, raw=SMALL.encode())
    assert acts.import_classes(by=office.authority, facts=FACTS, raw=SMALL.encode()) == 3
    assert Record.objects.filter(event="catalogue:classes:loaded").count() == 1


@pytest.mark.skipif(not NATIONAL.is_file(), reason="the national tree lies beside the project, not in it")
def test_the_whole_national_tree_comes_in_and_opens_branch_by_branch(office):
    acts.load_classes(by=SYSTEM)
    call_command(
        "catalogue", "import-classes", str(NATIONAL), "--scheme", "national-2017", "--name", "国家目录分类",
        "--standing", "national", "--edition", "2017", "--source", "国家平台", "--complete", verbosity=0,
    )  # fmt: skip
    assert queries.class_nodes("national-2017").count() == 6505
    assert queries.class_node("national-2017", "307031").name == "西藏自治区"
    carried = {node.code for node in queries.class_nodes().filter(code__startswith="3", depth=2)}
    assert {f"30{n}" for n in range(1, 8)} <= carried
    client = client_of(office.editor)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text = client.get(reverse("catalogue:classes")).content.decode()
    assert "国家目录分类" in text and "6,505 个分类" in text and len(text) < 60_000
    assert len(asked) < 20
    deep = client.get(reverse("catalogue:classes") + "?scheme=national-2017&at=307031").content.decode()
    assert "西藏自治区" in deep and "全民健康保障" not in deep.split('class="rail"')[1]
    found = client.get(reverse("catalogue:classes") + "?scheme=national-2017&q=公共卫生").content.decode()
    assert "201001" in found


def test_the_command_says_what_is_wrong(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name,parent,depth\n101,乙,7,2\n")
    given = ["--scheme", "x-1", "--name", "x", "--edition", "1", "--source", "x"]
    with pytest.raises(CommandError, match="101"):
        call_command("catalogue", "import-classes", str(bad), *given)
    with pytest.raises(CommandError, match="No such file"):
        call_command("catalogue", "import-classes", str(tmp_path / "none.csv"), *given)


def places(*pairs):
    return [acts.Place(scheme=scheme, code=code) for scheme, code in pairs]


def test_a_resource_stands_in_several_classes_each_with_its_own_code(office, source):
    load(SMALL)
    entry = an_entry(office, source)
    acts.place_resource(
        by=office.editor,
        resource_id=entry.pk,
        places=places(("guide-2017", "101"), ("local-1", "901"), ("guide-2017", "203")),
    )
    shown = publish(office, entry)
    codes = {row.node.code: row.code for row in queries.placements_of(shown.pk)}
    assert codes == {"101": "101/0001", "901": "901/0001", "203": "203/0001"}
    assert (shown.code, sorted(shown.related_codes)) == ("101/0001", ["203/0001", "901/0001"])
    change = acts.change_resource(by=office.editor, resource_id=shown.pk)
    assert queries.placements_of(change.pk)[0].node.code == "101"
    acts.place_resource(
        by=office.editor, resource_id=change.pk, places=places(("guide-2017", "102"), ("local-1", "901"))
    )
    acts.edit_resource(
        by=office.editor, resource_id=change.pk,
        draft=acts.Draft(
            **{**_elements(Resource.objects.get(pk=change.pk)), "secrecy_checked": True}
        ),
    )  # fmt: skip
    shown = publish(office, Resource.objects.get(pk=change.pk))
    codes = {row.node.code: row.code for row in queries.placements_of(shown.pk)}
    assert codes == {"102": "101/0001", "901": "901/0001"}, (
        "the entry keeps its code, a class that goes takes its code along"
    )
    assert shown.related_codes == ["901/0001"]
    version = queries.versions_of(shown.pk).first()
    assert {name for name, _, _ in version.differences} >= {"class_code", "placements"}


def _elements(row):
    names = set(acts.Draft.__dataclass_fields__) - {"system_id"}
    return {name: getattr(row, name) for name in names}


def test_two_schemes_never_give_one_code_twice(office, source, provider_database):
    load("code,name,parent,depth\n1,基础,,1\n101,人口,1,2\n")
    first = publish(office, an_entry(office, source))
    second = an_entry(office, source, name="另一份", code_scheme="local-1")
    assert publish(office, second).code == "101/0002" != first.code


def test_places_that_are_wrong_are_named_and_nothing_changes(office, source):
    load(SMALL)
    entry = an_entry(office, source)
    with pytest.raises(NotValid) as refused:
        acts.place_resource(
            by=office.editor, resource_id=entry.pk,
            places=places(("guide-2017", "101"), ("local-1", "999"), ("guide-2017", "101")),
        )  # fmt: skip
    assert [(one.where, one.code) for one in refused.value.faults] == [
        ("places.2", "catalogue.place.unknown"), ("places.3", "catalogue.place.twice"),
    ]  # fmt: skip
    publish(office, entry)
    with pytest.raises(Conflict):
        acts.place_resource(by=office.editor, resource_id=entry.pk, places=places(("guide-2017", "102")))


def test_counts_tell_what_this_reader_may_see(office, source):
    load(SMALL)
    draft = an_entry(office, source, name="草稿")
    acts.place_resource(
        by=office.editor, resource_id=draft.pk, places=places(("local-1", "901001"), ("local-1", "901"))
    )
    shown = an_entry(office, source)
    acts.place_resource(by=office.editor, resource_id=shown.pk, places=places(("local-1", "901")))
    publish(office, shown)
    stranger = an_actor(a_department("水利厅"), "editor")
    assert tree.counts(office.editor, "local-1") == {"9": 2}
    assert tree.counts(stranger, "local-1") == {"9": 1}
    assert tree.counts(office.editor, "local-1", "901") == {"901001": 1}
    text = client_of(stranger).get(reverse("catalogue:counts") + "?scheme=local-1&parent=9").content.decode()
    assert 'id="n-901"' in text and ">1<" in text
    listed = client_of(office.editor).get(reverse("catalogue:resources") + "?class=local-1:901001").content.decode()
    assert "草稿" in listed and "常住人口" not in listed


def test_a_node_is_mapped_to_another_scheme_and_back(office):
    acts.load_classes(by=SYSTEM)
    load(SMALL)
    with pytest.raises(NotValid):
        acts.map_class(by=office.authority, node=("local-1", "901"), other=("local-1", "9"))
    client = client_of(office.authority)
    given = {"scheme": "local-1", "code": "901", "other": "guide-2017:211 生态环保"}
    assert client.post(reverse("catalogue:map_class"), given).status_code == 303
    node = queries.class_node("guide-2017", "211")
    assert [other.code for _, other in tree.maps_of(node)] == ["901"]
    text = client.get(reverse("catalogue:classes") + "?scheme=local-1&at=901").content.decode()
    assert "生态环保" in text
    row = tree.maps_of(node)[0][0]
    assert client.post(reverse("catalogue:unmap_class", args=[row.pk])).status_code == 303
    assert tree.maps_of(node) == []


def test_the_page_of_places_keeps_what_was_typed(office, source):
    load(SMALL)
    entry = an_entry(office, source)
    client = client_of(office.editor)
    address = reverse("catalogue:places", args=[entry.pk])
    assert "guide-2017:101 国家人口" in client.get(address).content.decode()
    answer = client.post(address, {"places.1": "guide-2017:101", "places.2": "local-1:999 没有的"})
    assert answer.status_code == 422 and "local-1:999 没有的" in answer.content.decode()
    assert client.post(address, {"places.1": "101 国家人口", "places.2": "local-1:901 草原"}).status_code == 303
    assert Placement.objects.filter(resource=entry).count() == 2
    options = client.get(reverse("catalogue:class_options") + "?places.2=草").content.decode()
    assert "local-1:901 草原" in options and "本地" in options


def test_import_by_page_and_by_api(office):
    upload = io.BytesIO(SMALL.encode("gb18030"))
    upload.name = "local.csv"
    client = client_of(office.authority)
    facts = {"code": "local-2", "name": "地方", "standing": "local", "edition": "1", "source": "x"}
    assert client.post(reverse("catalogue:import_classes"), {**facts, "file": upload}).status_code == 303
    assert Scheme.objects.get(code="local-2").complete is False
    bad = io.BytesIO(b"code,name,parent,depth\n5,x,6,2\n")
    bad.name = "bad.csv"
    answer = client.post(reverse("catalogue:import_classes"), {**facts, "file": bad})
    assert answer.status_code == 422 and "第 2 行" in answer.content.decode()
    again = io.BytesIO(SMALL.encode())
    again.name = "local.csv"
    answer = client.post("/api/catalogue/schemes/local-3", {**facts, "file": again})
    assert answer.json() == {"changed": 3}
    nodes = client.get("/api/catalogue/classes?scheme=local-3&parent=9").json()
    assert [one["code"] for one in nodes] == ["901"]


def test_what_the_product_carries_is_down_to_the_second_level():
    with acts.classes.CARRIED.open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert {row["depth"] for row in rows} == {"1", "2"}
    assert rules.read_classes(acts.classes.CARRIED.read_bytes())[0].name == "基础信息资源"
