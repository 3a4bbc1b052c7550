import json

import msgspec
import pytest

from zampa.catalogue import acts, queries
from zampa.catalogue.models import Resource
from zampa.catalogue.tests.cast import ANSWERS, Office, a_source, an_entry, attach, persons, publish
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM

pytestmark = pytest.mark.django_db
ROOT = "/api/catalogue"


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def source(office, provider_database):
    persons(provider_database)
    return a_source(office, provider_database)


def send(client, method, path, body=None, status=200):
    given = () if method == "get" else (json.dumps(body), "application/json")
    answer = getattr(client, method)(f"{ROOT}{path}", *given)
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def test_an_entry_from_draft_to_live_by_the_api_alone(office, source):
    acts.load_classes(by=SYSTEM)
    editor, head, authority = client_of(office.editor), client_of(office.head), client_of(office.authority)
    draft = {
        "name": "常住人口",
        "abstract": "全区常住人口",
        "class_code": "101",
        "use_requirement": "checking",
        "conditions": "依法履职",
        "scope": "全区",
        "secrecy_checked": True,
        "ways": ["service"],
    }
    table = {"schema": "public", "name": "persons"}
    body = {"connection_id": str(source.pk), "table": table, "draft": draft}
    made = send(editor, "post", "/resources/from-table", body, 201)
    assert (made["sharing"], made["grade"], made["category"], made["code"]) == ("conditional", "4", "personal", "")
    path = f"/resources/{made['id']}"
    lacking = send(editor, "get", f"{path}/missing")
    assert [one["where"] for one in lacking] == ["impact"]
    refused = send(editor, "post", f"{path}/submit", status=422)
    assert (refused["code"], refused["errors"][0]["where"]) == ("catalogue.resource.incomplete", "impact")
    whole = draft | {"sharing": "conditional", "grade": "4", "category": "personal"}
    send(editor, "put", path, whole)
    wrong = send(editor, "post", f"{path}/impacts", {"risk": "none", "situations": ["providing"]}, 422)
    assert {one["where"] for one in wrong["errors"]} == {
        "purpose", "manner", "basis", "necessity", "effect", "protection", "risk", "situations",
    }  # fmt: skip
    answers = msgspec.to_builtins(ANSWERS)
    signed = send(editor, "post", f"{path}/impacts", answers, 201)
    assert (signed["number"], signed["sharing"], signed["signed_by_name"]) == (1, "conditional", "次仁")
    send(editor, "post", f"{path}/submit")
    send(head, "post", f"{path}/sign", {})
    done = send(authority, "post", f"{path}/review", {"verdict": "yes"})
    assert (done["state"], done["code"], done["version"], done["attachment"]) == ("published", "101/0001", 1, "none")
    joined = send(editor, "post", f"{path}/attachment", {"connection_id": str(source.pk), "table": table}, 201)
    send(client_of(office.office), "post", f"/attachments/{joined['id']}/decision", {})
    assert send(editor, "post", f"/attachments/{joined['id']}/probe")["state"] == "live"
    (probe,) = send(editor, "get", f"{path}/probes")
    assert (probe["well"], probe["rows"], probe["sampled"]) == (True, 5, 5)
    (version,) = send(editor, "get", f"{path}/versions")
    assert version["published_by_name"] == "卓玛"


def test_items_by_the_api(office, source):
    entry = an_entry(office, source)
    editor = client_of(office.editor)
    items = send(editor, "get", f"/resources/{entry.pk}/items")
    kept = [{**one, "name": f"{one['name']}一"} for one in items[:2]]
    kept.append({"name": "备注", "checks": [{"kind": "max_length", "params": {"length": 5}}]})
    after = send(editor, "put", f"/resources/{entry.pk}/items", kept)
    assert [one["id"] for one in after[:2]] == [one["id"] for one in items[:2]]
    assert after[2]["checks"] == [{"kind": "max_length", "params": {"length": 5}}]
    for wrong, code in (
        ({"name": "x", "type": "varchar"}, "catalogue.item.unknown_type"),
        ({"name": "x", "sharing": "partly"}, "catalogue.unknown_word"),
        ({"name": "x", "checks": [{"kind": "magic"}]}, "catalogue.item.bad_check"),
        ({"name": "x", "checks": [{"kind": "pattern", "params": {"regex": "("}}]}, "catalogue.item.bad_check"),
    ):
        refused = send(editor, "put", f"/resources/{entry.pk}/items", [wrong], 422)
        assert refused["errors"][0]["code"] == code


def test_others_see_what_is_published_without_where_it_lies(office, source):
    other = Office("社保局", authority=office.authority_department)
    entry = an_entry(office, source)
    stranger = client_of(other.editor)
    send(stranger, "get", f"/resources/{entry.pk}", status=404)
    assert send(stranger, "get", "/resources")["resources"] == []
    attach(office, publish(office, entry), source)
    (seen,) = send(stranger, "get", "/resources?q=常住&attachment=live")["resources"]
    assert seen["provider"] == "公安厅"
    items = send(stranger, "get", f"/resources/{entry.pk}/items")
    assert {one["column"] for one in items} == {""} and "id_number" not in json.dumps(items).replace(
        '"kind": "id_number"', ""
    )
    refused = send(stranger, "post", f"/resources/{entry.pk}/change", {}, 403)
    assert refused["code"] == "catalogue.access.other_department"
    assert send(stranger, "get", "/resources?attachment=none")["resources"] == []


def test_pages_of_the_list_hold_everything_once(office, source):
    for number in range(5):
        publish(office, an_entry(office, source, name=f"资源{number}"))
    client, seen, after = client_of(office.editor), [], ""
    while True:
        page = send(client, "get", f"/resources?limit=2{f'&after={after}' if after else ''}")
        seen += [one["id"] for one in page["resources"]]
        after = page["next"]
        if not after:
            break
    assert sorted(seen) == sorted(str(pk) for pk in Resource.objects.values_list("pk", flat=True))


def test_a_change_and_the_standing_decision_by_the_api(office, source):
    entry = an_entry(office, source, sharing="unconditional")
    drafts = [acts.ItemDraft(name="区划", column="division")]
    acts.edit_items(by=office.editor, resource_id=entry.pk, items=drafts)
    free = {
        "name": "区划",
        "abstract": "五级",
        "class_code": "103",
        "use_requirement": "basis",
        "secrecy_checked": True,
    }
    editor, head = client_of(office.editor), client_of(office.office)
    send(editor, "put", f"/resources/{entry.pk}", free)
    send(editor, "post", f"/resources/{entry.pk}/submit")
    signed = send(head, "post", f"/resources/{entry.pk}/standing", {})
    assert signed["signed_by_name"] == "旺堆" and queries.standing_decision(entry.pk) is None
    acts.sign_resource(by=office.head, resource_id=entry.pk)
    acts.review_resource(by=office.authority, resource_id=entry.pk)
    assert queries.standing_decision(entry.pk) is not None
    change = send(editor, "post", f"/resources/{entry.pk}/change", {"ground": "duties", "reason": "机构改革"}, 201)
    assert change["replaces_id"] == str(entry.pk) and change["version"] == 2
    send(editor, "post", f"/resources/{change['id']}/drop", {"reason": "撤"})
    send(head, "post", f"/resources/{entry.pk}/standing/end", {"reason": "改为逐件答复"}, 204)
    assert queries.standing_decision(entry.pk) is None


def test_a_table_that_is_none_is_refused(office, source):
    body = {"connection_id": str(source.pk), "table": {"nom": 1}, "draft": {"name": "x"}}
    send(client_of(office.editor), "post", "/resources/from-table", body, 422)
