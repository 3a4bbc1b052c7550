"""Pages and API of quality: stated in a browser, carried out, read; rows for their owner alone."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from zampa.catalogue import acts
from zampa.catalogue.forms.quality import KINDS
from zampa.catalogue.models import Judgement, QualityRule, Resource, TableProfile
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.actors import SYSTEM, Actor
from zampa.identity.models import Person
from zampa.identity.tests.cast import a_department, an_actor

pytestmark = pytest.mark.django_db
NUMBER = "540102198001010001"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, name: str, *args: object, status: int = 200, query: str = "") -> str:
    answer = client.get(reverse(f"catalogue:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def entry(office: Office, provider_database: str) -> Resource:
    persons(provider_database)
    source = a_source(office, provider_database)
    made = publish(office, an_entry(office, source))
    attach(office, made, source)
    return made


def judge(entry: Resource) -> Judgement:
    found = acts.perform_judgement(acts.ask_judgement(by=SYSTEM, resource_id=entry.pk).pk)
    assert found is not None
    return found


def test_an_entry_is_judged_from_its_page(office: Office, entry: Resource) -> None:
    clerk, stranger = client_of(office.editor), client_of(an_actor(a_department("民政厅"), "editor"))
    assert "还没有检查过" in page(clerk, "judged", entry.pk)
    assert clerk.post(reverse("catalogue:judge", args=[entry.pk])).status_code == 303
    acts.perform_judgement(Judgement.objects.get(state="waiting").pk)
    text = page(clerk, "judged", entry.pk)
    assert "1 条规则不符合" in text and "公民身份号码校验" in text and NUMBER not in text
    row = Judgement.objects.get(latest=True)
    assert reverse("catalogue:sampled", args=[row.pk]) in text
    assert NUMBER in page(clerk, "sampled", row.pk)
    seen = page(stranger, "judged", entry.pk)
    assert "1 条规则不符合" in seen and reverse("catalogue:sampled", args=[row.pk]) not in seen
    page(stranger, "sampled", row.pk, status=403)
    judge(entry)
    assert "总分的变化" in page(stranger, "judged", entry.pk)
    listed = page(stranger, "quality")
    assert "各部门平均分" in listed and entry.name in listed
    assert "公安厅" in page(stranger, "quality", query="?export=csv")
    assert entry.name not in page(stranger, "quality", query="?held=kept").split("<tbody")[-1]


VALUES = {
    "min_length": {"length": "2"}, "max_length": {"length": "20"}, "pattern": {"regex": ".+"},
    "one_of": {"values": "a b"}, "between": {"low": "a"}, "compare": {"op": "!=", "other": "name"},
    "implies": {"when_field": "name", "when_op": "filled", "then_field": "born", "then_op": ">",
                "then_value": "1900-01-01"},
    "fresh": {"field": "born", "days": "3"},
}  # fmt: skip
ELSEWHERE = {"in_list", "refers", "matches", "counts"}


@pytest.mark.parametrize("kind", [kind for kind, _label in KINDS if kind not in ELSEWHERE])
def test_every_kind_is_stated_in_a_browser_and_carried_out(office: Office, entry: Resource, kind: str) -> None:
    client, names = client_of(office.editor), dict(entry.items.values_list("column", "name"))
    assert f"?kind={kind}" in page(client, "new_rule", entry.pk)
    page(client, "new_rule", entry.pk, query=f"?kind={kind}")
    given = {"code": "mine", "field": "name", "severity": "warns", "tolerance_percent": "0", **VALUES.get(kind, {})}
    given = {key: names.get(value, value) for key, value in given.items()}
    answer = client.post(reverse("catalogue:new_rule", args=[entry.pk]) + f"?kind={kind}", given)
    assert answer.status_code == 303, answer.content.decode()[:3000]
    assert judge(entry).rulings.get(code="mine").problem == ""
    text = page(client, "judged", entry.pk)
    row = QualityRule.objects.get()
    assert "mine" in text
    assert client.post(reverse("catalogue:drop_rule", args=[row.pk])).status_code == 303
    assert not QualityRule.objects.exists()


def test_a_rule_that_cannot_be_is_told_and_nothing_is_lost(office: Office, entry: Resource) -> None:
    client = client_of(office.editor)
    name = entry.items.get(column="name").name
    for kind, given in (("pattern", {"regex": "("}), ("in_list", {}), ("refers", {}), ("counts", {})):
        answer = client.post(
            reverse("catalogue:new_rule", args=[entry.pk]) + f"?kind={kind}",
            {"code": "mine", "field": name, "severity": "warns", **given},
        )
        assert answer.status_code == 422 and "mine" in answer.content.decode()
    assert not QualityRule.objects.exists()


def test_the_api_tells_the_same(office: Office, entry: Resource) -> None:
    clerk, stranger = client_of(office.editor), client_of(an_actor(a_department("民政厅"), "editor"))
    base = "/api/catalogue"
    rule = {"code": "p", "field": entry.items.get(column="name").name, "test": {"kind": "pattern", "regex": "x"}}
    send = {"content_type": "application/json"}
    assert clerk.put(f"{base}/resources/{entry.pk}/quality-rules", json.dumps(rule), **send).status_code == 200
    assert stranger.put(f"{base}/resources/{entry.pk}/quality-rules", json.dumps(rule), **send).status_code == 403
    bad = {**rule, "test": {"kind": "guess"}}
    assert clerk.put(f"{base}/resources/{entry.pk}/quality-rules", json.dumps(bad), **send).status_code == 422
    made = clerk.post(f"{base}/resources/{entry.pk}/judgements").json()
    acts.perform_judgement(made["id"])
    found = stranger.get(f"{base}/judgements/{made['id']}").json()
    assert {one["code"]: one["failed"] for one in found["rulings"]}["p"] == 5 and found["latest"]
    assert stranger.get(f"{base}/quality?broken=true").json()[0]["id"] == made["id"]
    assert len(stranger.get(f"{base}/resources/{entry.pk}/judgements").json()) == 1
    assert NUMBER in clerk.get(f"{base}/judgements/{made['id']}/rows").content.decode()
    assert stranger.get(f"{base}/judgements/{made['id']}/rows").status_code == 403
    (stated,) = clerk.get(f"{base}/resources/{entry.pk}/quality-rules").json()
    assert clerk.delete(f"{base}/quality-rules/{stated['id']}").status_code == 204


def test_a_picture_of_the_table_without_a_person_in_it(office: Office, entry: Resource) -> None:
    clerk, stranger = client_of(office.editor), client_of(an_actor(a_department("民政厅"), "editor"))
    page(stranger, "profile", entry.pk, status=403)
    assert "还没有画像" in page(clerk, "profile", entry.pk)
    assert clerk.post(reverse("catalogue:start_profile", args=[entry.pk])).status_code == 303
    waiting = TableProfile.objects.get()
    assert acts.ask_profile(by=office.editor, resource_id=entry.pk) == waiting
    done = acts.perform_profile(waiting.pk)
    assert done is not None and (done.state, done.rows) == ("done", 5)
    text = page(clerk, "profile", entry.pk)
    assert "可作主键" in text and "999999999999999999" in text and "540102" in text  # the division, held by 5 rows
    assert "扎西" not in text and "54010219" not in text and "1980-01-01" not in text
    (found,) = clerk.get(f"/api/catalogue/resources/{entry.pk}/profiles").json()
    assert {one["name"]: one["hidden"] for one in found["picture"]["columns"]} == {
        "id_number": True, "name": True, "born": True, "division": False,
    }
    assert stranger.get(f"/api/catalogue/resources/{entry.pk}/profiles").status_code == 403
