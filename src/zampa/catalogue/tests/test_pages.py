import pytest
from django.test import Client
from django.urls import reverse

from zampa.catalogue import acts, queries
from zampa.catalogue.models import Resource
from zampa.catalogue.queries_quality import checks_of
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.actors import SYSTEM
from zampa.identity.models import Person

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(actor):
    client = Client()
    client.force_login(Person.objects.get(pk=actor.id), backend=BACKEND)
    return client


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def page(client, name, *args, status=200, query=""):
    answer = client.get(reverse(f"catalogue:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


ELEMENTS = {
    "name": "行政区划",
    "abstract": "五级区划",
    "class_code": "103",
    "category": "space",
    "grade": "1",
    "format": "database",
    "update_cycle": "yearly",
    "sharing": "unconditional",
    "use_requirement": "basis",
    "opening": "none",
    "ways": ["service", "file"],
    "related_codes": "101/0003，101/0004",
    "secrecy_checked": "on",
}


def test_an_entry_made_by_hand_in_the_browser(office):
    acts.load_classes(by=SYSTEM)
    client = client_of(office.editor)
    answer = client.post(reverse("catalogue:new"), ELEMENTS)
    made = Resource.objects.get(name="行政区划")
    assert (answer.status_code, answer["Location"]) == (303, reverse("catalogue:items", args=[made.pk]))
    assert (made.ways, made.related_codes) == (["service", "file"], ["101/0003", "101/0004"])
    row = {"type": "text", "sensitivity": "public", "sharing": "unconditional"}
    rows = [{"name": "代码", "column": "code", "length": "6", "key": "on", **row}, {"name": "", **row}]
    grid = {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0"}
    grid |= {f"items-{n}-{name}": value for n, one in enumerate(rows) for name, value in one.items()}
    assert client.post(reverse("catalogue:items", args=[made.pk]), grid).status_code == 303
    assert queries.items_of(made.pk).get().type_letter == "C"
    assert client.post(reverse("catalogue:step", args=[made.pk, "submit"])).status_code == 303
    made.refresh_from_db()
    assert made.state == "submitted"


def test_what_is_missing_stands_on_the_entry_before_it_is_submitted(office, source):
    entry = an_entry(office, source, secrecy_checked=False, abstract="")
    text = page(client_of(office.editor), "resource", entry.pk)
    assert "提交前还有 2 处要补" in text and "发布前须做保密审查" in text


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_where(office):
    acts.load_classes(by=SYSTEM)
    client = client_of(office.editor)
    client.post(reverse("catalogue:new"), ELEMENTS)
    answer = client.post(reverse("catalogue:new"), ELEMENTS)
    assert answer.status_code == 422
    assert "本部门已有名为“行政区划”的目录" in answer.content.decode() and "五级区划" in answer.content.decode()


def test_the_grid_keeps_checks_and_names_the_row_that_is_wrong(office, source):
    entry = an_entry(office, source)
    client = client_of(office.editor)
    rows = list(queries.items_of(entry.pk))
    before = checks_of(entry.pk)
    grid = {"items-TOTAL_FORMS": str(len(rows)), "items-INITIAL_FORMS": str(len(rows))}
    for n, one in enumerate(rows):
        for name in ("name", "column", "type", "sensitivity", "sharing"):
            grid[f"items-{n}-{name}"] = getattr(one, name)
        grid |= {f"items-{n}-id": str(one.pk), f"items-{n}-length": one.length or ""}
        grid |= {f"items-{n}-key": "on"} if one.key else {}
    address = reverse("catalogue:items", args=[entry.pk])
    assert client.post(address, grid).status_code == 303
    assert sorted(one.kind for one in checks_of(entry.pk)) == sorted(one.kind for one in before)
    grid["items-1-name"] = rows[0].name
    answer = client.post(address, grid)
    assert answer.status_code == 422 and "第 2 项的名称" in answer.content.decode()


def test_one_item_with_its_checks(office, source):
    entry = an_entry(office, source)
    client = client_of(office.editor)
    row = queries.items_of(entry.pk).get(column="division")
    address = reverse("catalogue:item", args=[entry.pk, row.pk])
    given = {
        "name": "所在区划",
        "column": "division",
        "type": "text",
        "length": "6",
        "nullable": "on",
        "sensitivity": "public",
        "sharing": "unconditional",
        "opening": "none",
        "checks": ["not_null"],
        "pattern": r"\d{6}",
        "values": "",
    }
    assert client.post(address, given).status_code == 303
    row.refresh_from_db()
    assert row.name == "所在区划" and [one["kind"] for one in row.checks] == ["not_null", "max_length", "pattern"]
    answer = client.post(address, given | {"pattern": "("})
    assert answer.status_code == 422 and "质量规则无法执行" in answer.content.decode()


def test_the_head_signs_and_the_authority_returns_place_by_place(office, source):
    entry = an_entry(office, source)
    acts.submit_resource(by=office.editor, resource_id=entry.pk)
    head, authority = client_of(office.head), client_of(office.authority)
    address = reverse("catalogue:decide", args=[entry.pk])
    assert "签发目录" in page(head, "decide", entry.pk)
    assert authority.get(address).status_code == 404  # not signed yet: the department's own
    assert head.post(address, {"verdict": "yes"}).status_code == 303
    assert "审核目录" in page(authority, "decide", entry.pk)
    assert authority.post(address, {"verdict": "return"}).status_code == 422
    given = {"verdict": "return", "reason": "请补正", "at:abstract": "写明来源", "at:items.2": "名称不规范"}
    assert authority.post(address, given).status_code == 303
    text = page(client_of(office.editor), "resource", entry.pk)
    assert "写明来源" in text and "名称不规范" in text and "信息项 2" in text


def test_every_tab_of_a_living_entry(office, source):
    other = Office("社保局", authority=office.authority_department)
    entry = publish(office, an_entry(office, source))
    attach(office, entry, source)
    acts.note_dependant(
        resource_id=entry.pk,
        kind="exchange.grant",
        dependant_id="g1",
        name="G-2026-1",
        department_id=other.department.pk,
    )
    for actor in (office.editor, office.office, office.head, office.authority, other.editor):
        client = client_of(actor)
        texts = {
            tab: page(client, "resource", entry.pk, query=f"?tab={tab}")
            for tab in ("overview", "items", "quality", "versions", "users", "ledger")
        }
        assert "101/0001" in texts["overview"] and "公民身份号码" in texts["items"]
        assert "在线" in texts["quality"]
        outsider = actor is other.editor
        assert ("G-2026-1" in texts["users"]) is not outsider
        assert ("人口库" in texts["quality"]) is (str(office.department.pk) == actor.department)
    assert page(client_of(office.editor), "version", entry.pk, 1)


def test_changing_in_the_browser(office, source):
    entry = publish(office, an_entry(office, source))
    client = client_of(office.editor)
    answer = client.post(reverse("catalogue:change", args=[entry.pk]), {"ground": "law", "reason": "条例修订"})
    change = Resource.objects.get(replaces=entry)
    assert answer["Location"] == reverse("catalogue:resource", args=[change.pk])
    assert "第 2 版的变更草稿" in page(client, "resource", change.pk)
    assert "正在办理的变更" in page(client, "resource", entry.pk)
    answer = client.post(reverse("catalogue:step", args=[change.pk, "drop"]), {"reason": "不改了"})
    assert answer.status_code == 303 and not Resource.objects.filter(replaces=entry).exists()


def test_drafting_from_a_table_and_attaching_in_the_browser(office, source):
    client = client_of(office.editor)
    assert "人口库" in page(client, "from_table")
    query = f"?connection_id={source.pk}"
    assert "persons" in page(client, "from_table", query=query)
    answer = client.post(reverse("catalogue:from_table") + query, {"table": "public/persons", "name": "人口"})
    entry = Resource.objects.get(name="人口")
    assert answer["Location"] == reverse("catalogue:items", args=[entry.pk])
    assert "名称像公民身份号码" in page(client, "items", entry.pk)
    answer = client.post(reverse("catalogue:attach", args=[entry.pk]) + query, {"table": "public/persons"})
    made = queries.open_attachment(entry.pk)
    assert (answer.status_code, made.state) == (303, "applied")
    office_head = client_of(office.office)
    office_head.post(reverse("catalogue:attachment_step", args=[made.pk, "approve"]))
    client.post(reverse("catalogue:attachment_step", args=[made.pk, "probe"]))
    assert queries.live_attachment(entry.pk) is not None


def test_another_departments_draft_is_nowhere(office, source):
    other = Office("社保局", authority=office.authority_department)
    entry = an_entry(office, source)
    item = queries.items_of(entry.pk).first()
    stranger = client_of(other.editor)
    assert entry.name not in page(stranger, "resources")
    for name in ("resource", "edit", "items", "attach", "decide", "change"):
        page(stranger, name, entry.pk, status=404)
    page(stranger, "item", entry.pk, item.pk, status=404)
    assert stranger.post(reverse("catalogue:step", args=[entry.pk, "submit"])).status_code == 404
    made = acts.apply_attachment(
        by=office.editor, resource_id=entry.pk, connection_id=source.pk, table=attach.__defaults__[0]
    )
    assert stranger.post(reverse("catalogue:attachment_step", args=[made.pk, "approve"])).status_code == 404


def test_the_list_filters_and_counts_its_queries(office, source, django_assert_max_num_queries):
    entry = publish(office, an_entry(office, source))
    for number in range(12):
        made = publish(office, an_entry(office, source, name=f"资源{number}"))
    attach(office, made, source)
    client = client_of(office.editor)
    page(client, "resources")
    with django_assert_max_num_queries(16):
        page(client, "resources")
    assert entry.name in page(client, "resources", query="?q=常住")
    assert entry.name not in page(client, "resources", query="?attached=live")
    assert made.name in page(client, "resources", query="?attached=live")
    for query in ("?sharing=unconditional", "?grade=1", "?class=guide-2017:201", "?state=draft"):
        assert entry.name not in page(client, "resources", query=query)
    answer = client.get(reverse("catalogue:resources") + "?export=csv")
    assert "101/0001" in b"".join(answer).decode("utf-8-sig")
