"""What is shared is not collected again, unless the authority allows it with its reason."""

import pytest

from zampa.approvals.queries import tasks_for
from zampa.catalogue import acts, queries, queries_collections
from zampa.catalogue.models import Collection, Item, Resource
from zampa.catalogue.queries_collections import Norm
from zampa.catalogue.rules import collections as said
from zampa.catalogue.rules.collections import Shared, Wanted
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons, publish
from zampa.catalogue.tests.test_api import send
from zampa.catalogue.tests.test_pages import client_of, page
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger.models import Record

DRAFT = acts.CollectionDraft(name="待遇资格认证表", basis="社会保险法第七十四条", asked_whom="领取待遇人员")


def has(id, name, element=""):
    return Shared(id=id, name=name, element=element, resource="r", resource_name="人口", provider="公安厅")


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (Wanted(name="身份证号", element="DE-1"), [("1", "element")]),
        (Wanted(name="公民 身份（号码）"), [("1", "name")]),
        (Wanted(name="公民身份号码", element="DE-1"), [("1", "element")]),
        (Wanted(name="公民身份号码", element="DE-2"), []),  # bound to something else: the name alone says nothing
        (Wanted(name="姓　名", element="DE-2"), [("2", "name")]),
        (Wanted(name="姓名", source="2"), []),
        (Wanted(name="备注"), []),
        (Wanted(name="就业意向"), []),
    ],
)
def test_by_element_first_then_by_name(item, found):
    shared = [has("1", "公民身份号码", "DE-1"), has("2", "姓名"), has("3", "备注")]
    assert [(one.shared.id, one.by) for one in said.overlaps([item], shared)] == found


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def other(office):
    return Office("人社厅", authority=office.authority_department)


@pytest.fixture
def entry(office, provider_database):
    persons(provider_database)
    return publish(office, an_entry(office, a_source(office, provider_database)))


@pytest.mark.django_db
def test_names_are_compared_alike_by_python_and_by_the_database(office):
    names = [
        "公民身份（号码）",
        " ID-Number ",
        "Ａ．Ｂ",
        "出生\t日期",
        'it\'s \\ "x"',
        "联系人·电话",
        "【甲】、《乙》",
        "མིང་།",
    ]
    row = acts.draft_resource(
        by=office.editor, draft=acts.Draft(name="名"), items=[acts.ItemDraft(name=name) for name in names]
    )
    told = dict(Item.objects.filter(resource=row).annotate(norm=Norm("name")).values_list("name", "norm"))
    assert told == {name: said.norm(name) for name in told} and len(told) == len(names)


@pytest.mark.django_db
def test_refused_with_every_entry_that_has_it_then_taken_from_sharing(other, office, entry):
    items = [Wanted(name="公民身份号码"), Wanted(name="就业意向")]
    name = queries.items_of(entry.pk).get(column="id_number").name
    items[0] = Wanted(name=name)
    with pytest.raises(NotValid) as refusal:
        acts.register_collection(by=other.editor, draft=DRAFT, items=items)
    assert refusal.value.code == "catalogue.collection.already_shared"
    ((where, params),) = [(fault.where, fault.params) for fault in refusal.value.faults]
    assert (where, params["resource"], params["provider"]) == ("items", "常住人口", "公安厅")
    assert not Collection.objects.exists()
    found = queries_collections.shared_already(items)
    made = acts.register_collection(by=other.editor, draft=DRAFT, items=acts.collections.taken_from(items, found))
    assert (made.state, made.number[:3]) == ("active", "CJ-")
    ((user, used),) = [(row.name, row.items) for row in queries.dependants_of(entry.pk)]
    assert user.startswith(made.number) and used == [str(queries.items_of(entry.pk).get(column="id_number").pk)]
    with pytest.raises(Conflict, match="has_dependants"):
        acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用")
    acts.end_collection(by=other.editor, collection_id=made.pk, reason="改用共享")
    assert not queries.dependants_of(entry.pk).exists()
    assert acts.withdraw_resource(by=office.editor, resource_id=entry.pk, reason="停用").state == "withdrawn"


@pytest.mark.django_db
def test_the_authority_overrules_with_a_reason(other, office, entry):
    items = [Wanted(name=queries.items_of(entry.pk).get(column="born").name)]
    made = acts.register_collection(by=other.editor, draft=DRAFT, items=items, plea="须当面核对")
    assert made.state == "asked" and made.overlaps[0]["shared"]["resource"] == str(entry.pk)
    assert "catalogue.collection" in tasks_for(office.authority).values_list("kind", flat=True)
    with pytest.raises(NotFound):  # not registered yet: nobody else's
        queries_collections.collection(office.editor, made.pk)
    with pytest.raises(NotAllowed) as refused:
        acts.rule_collection(by=other.office, collection_id=made.pk, reason="好")
    assert refused.value.code == "catalogue.access.needs_authority"
    with pytest.raises(NotValid):
        acts.rule_collection(by=office.authority, collection_id=made.pk)
    assert "准予采集" in page(client_of(office.authority), "collection", made.pk)
    done = acts.rule_collection(by=office.authority, collection_id=made.pk, reason="法律要求本人到场")
    assert (done.state, done.ruling) == ("active", "法律要求本人到场")
    events = Record.objects.filter(subject=str(made.pk)).order_by("id").values_list("event", flat=True)
    assert list(events) == ["catalogue:collection:asked", "catalogue:collection:overruled"]
    second = acts.register_collection(
        by=other.editor, draft=acts.CollectionDraft(**{**vars(DRAFT), "name": "又一张表"}), items=items, plea="再收一次"
    )
    assert (
        acts.rule_collection(by=office.authority, collection_id=second.pk, verdict="no", reason="重复").state
        == "refused"
    )


@pytest.mark.django_db
def test_what_is_not_shared_or_is_fed_by_it_does_not_count(other, office, entry):
    name = queries.items_of(entry.pk).get(column="born").name
    assert queries_collections.shared_already([Wanted(name=name)])
    assert not queries_collections.shared_already([Wanted(name=name)], entry.pk)
    queries.items_of(entry.pk).filter(column="born").update(sharing="none")
    assert not queries_collections.shared_already([Wanted(name=name)])
    Resource.objects.filter(pk=entry.pk).update(sharing="none")
    assert not queries_collections.shared_already([Wanted(name="id_number"), Wanted(name="born")])
    with pytest.raises(NotValid) as refusal:
        acts.register_collection(
            by=other.editor, draft=acts.CollectionDraft(name="", whom="x", feeds_id=entry.pk),
            items=[Wanted(name="a", element="DE-9"), Wanted(name="A")],
        )  # fmt: skip
    assert {fault.where for fault in refusal.value.faults} == {
        "name", "basis", "asked_whom", "whom", "items", "feeds_id",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_form_shows_what_is_shared_and_asks_what_to_do(other, entry):
    name = queries.items_of(entry.pk).get(column="born").name
    editor = client_of(other.editor)
    given = {
        "name": "认证表", "basis": "社会保险法", "whom": "persons", "asked_whom": "群众", "channel": "online",
        "period": "once", "items": f"{name}\n就业意向",
    }  # fmt: skip
    answer = editor.post("/catalogue/collections/new/", given)
    text = answer.content.decode()
    assert answer.status_code == 422 and "常住人口" in text and "改从共享取得" in text and "就业意向" in text
    assert editor.post("/catalogue/collections/new/", {**given, "way": "plead"}).status_code == 422
    assert editor.post("/catalogue/collections/new/", {**given, "way": "take"}).status_code == 303
    made = Collection.objects.get()
    assert "共享取得" in page(editor, "collection", made.pk)
    assert "认证表" in page(editor, "collections")
    assert editor.post(f"/catalogue/collections/{made.pk}/do/end/", {"reason": "停"}).status_code == 303
    made.refresh_from_db()
    assert made.state == "ended"


@pytest.mark.django_db
def test_by_the_api_alone(other, office, entry):
    name = queries.items_of(entry.pk).get(column="born").name
    editor, authority = client_of(other.editor), client_of(office.authority)
    body = {**{k: v for k, v in vars(DRAFT).items() if v}, "items": [{"name": name}]}
    (found,) = send(editor, "post", "/collections/check", body)
    assert found["by"] == "name" and found["shared"]["resource"] == str(entry.pk)
    refused = send(editor, "post", "/collections", body, 422)
    assert refused["code"] == "catalogue.collection.already_shared"
    made = send(editor, "post", "/collections", {**body, "plea": "须当面核对"}, 201)
    ruled = send(authority, "post", f"/collections/{made['id']}/ruling", {"verdict": "yes", "reason": "准"})
    assert ruled["state"] == "active"
    assert [row["number"] for row in send(editor, "get", "/collections")["collections"]] == [made["number"]]
    assert send(editor, "post", f"/collections/{made['id']}/end", {"reason": "停"})["state"] == "ended"
    assert send(authority, "get", f"/collections/{made['id']}")["items"][0]["name"] == name
