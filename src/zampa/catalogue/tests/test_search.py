"""Asking: marks, facets, other spellings, and the searches people keep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from zampa.catalogue import acts
from zampa.catalogue.acts import Draft, ItemDraft, searches
from zampa.catalogue.api.searching import AnswerOut
from zampa.catalogue.models import Resource, SavedSearch
from zampa.catalogue.search import asking, building, following
from zampa.catalogue.tests.cast import Office
from zampa.contracts.actors import SYSTEM
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid, Unavailable
from zampa.identity.models import Message, Person
from zampa.identity.tests.cast import a_department, an_actor

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NAMES = ("常住人口基本信息", "流动人口信息", "企业登记信息", "社会保险参保信息")


@pytest.fixture
def follower(settings, tmp_path):
    settings.ZAMPA_INDEX_DIR = tmp_path / "index"
    made = following.Follower()
    yield made
    made.close()


@pytest.fixture
def office(follower):
    acts.load_classes(by=SYSTEM)
    return Office()


def published(office: Office, *names: str, **more: object) -> list[Resource]:
    """Entries on their whole way to everybody."""
    made = []
    for name in names:
        values = {
            "abstract": f"{name}的登记", "class_code": "103", "sharing": "conditional", "conditions": "依法履职",
            "scope": "全区", "use_requirement": "checking", "update_cycle": "daily", "secrecy_checked": True,
            "grade": "3",
        } | more  # fmt: skip
        items = [ItemDraft(name="登记机关", column="office"), ItemDraft(name="登记日期", column="day", type="date")]
        row = acts.draft_resource(by=office.editor, draft=Draft(name=name, **values), items=items)
        acts.submit_resource(by=office.editor, resource_id=row.pk)
        acts.sign_resource(by=office.head, resource_id=row.pk)
        made.append(acts.review_resource(by=office.authority, resource_id=row.pk))
    return made


@pytest.fixture
def reader(office, follower):
    published(office, *NAMES)
    follower.step()
    return an_actor(a_department("民政厅"), "editor")


def ask(reader, words="", **more) -> asking.Answer:
    return asking.search(reader, asking.Wanted(words=words, **more))


def names(answer: asking.Answer) -> list[str]:
    return [hit.resource.name for hit in answer.hits]


def test_hits_come_marked_with_facets_in_words(reader):
    answer = ask(reader, "人口 登记")
    assert sorted(names(answer)[:2]) == sorted(NAMES[:2]) and answer.strict == 2
    hit = answer.hits[0]
    assert ("人口", True) in hit.name
    assert hit.items == [[("登记", True), ("机关", False)], [("登记", True), ("日期", False)]]
    everything = ask(reader)
    facets = {one.key: one for one in everything.facets}
    assert everything.count == 4 and not facets  # nothing to choose: all are alike
    chosen = ask(reader, chosen={"class": ["103"], "cycle": ["daily"]})
    facets = {one.key: [(value.label, value.count, value.chosen) for value in one.values] for one in chosen.facets}
    assert facets["cycle"] == [("每日", 4, True)] and facets["class"][0][1:] == (4, True)


def test_a_slip_is_answered_with_what_was_meant(reader):
    answer = ask(reader, "renkuo")
    assert (answer.meant, answer.corrected) == ("人口", True) and sorted(names(answer)) == sorted(NAMES[:2])
    loose = ask(reader, "企业等级")
    assert (loose.meant, loose.corrected, names(loose)) == ("企业登记", False, ["企业登记信息"])
    assert ask(reader, "人口").meant == ""


def test_where_nothing_is_found_the_words_that_find_something_are_told(reader):
    answer = ask(reader, "人口 xyzzy", chosen={"year": ["1999"]})
    assert answer.count == 0 and answer.tries == [("人口", 2)]
    page = client_of(reader).get("/search/", {"q": "人口 xyzzy", "year": "1999"}).content.decode()
    assert "没有找到" in page and "/search/?q=%E4%BA%BA%E5%8F%A3" in page


def test_nothing_is_proposed_from_what_may_not_be_seen(office, follower):
    acts.draft_resource(by=office.editor, draft=Draft(name="雪崩预警"))
    follower.step()
    assert ask(office.editor, "xuebeng").count == 1 and ask(office.editor, "雪蹦").meant == "雪崩"
    stranger = an_actor(a_department("民政厅"))
    answer = ask(stranger, "雪蹦")
    assert (answer.meant, answer.count, answer.facets) == ("", 0, [])
    assert asking.suggest(stranger, "雪") == [] and len(asking.suggest(office.editor, "雪")) == 1


def test_what_the_index_still_shows_is_not_shown_once_it_may_not_be(reader, office):
    Resource.objects.filter(name="流动人口信息").update(state="draft")
    assert names(ask(reader, "人口")) == ["常住人口基本信息"]


def test_without_an_index_plain_queries_answer(reader, settings, tmp_path):
    settings.ZAMPA_INDEX_DIR = tmp_path / "elsewhere"
    answer = ask(reader, "人口")
    assert answer.plain and sorted(names(answer)) == sorted(NAMES[:2]) and answer.count == 2
    assert asking.suggest(reader, "人口") == []


WRONG = ({"sort": "x"}, {"page": 0}, {"page": 501}, {"size": 0}, {"size": 201}, {"chosen": {"x": ["1"]}})


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_asked_is_refused(reader, wrong):
    with pytest.raises(NotValid):
        ask(reader, "人口", **wrong)


def client_of(actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.id), backend=BACKEND)
    return client


def test_the_api_answers_the_same(reader):
    client = client_of(reader)
    told = client.get("/api/catalogue/search", {"q": "renkou", "limit": 1, "sort": "name"}).json()
    assert (told["count"], told["pages"], len(told["hits"])) == (2, 2, 1)
    assert {"text": "人口", "hit": True} in told["hits"][0]["marked_name"]
    answer = client.get("/api/catalogue/search", {"q": "人口 登记", "cycle": "daily"})
    assert answer.headers["Content-Type"].startswith("application/json")
    whole = AnswerOut.model_validate(answer.json())
    assert whole.facets[0].values[0].chosen and whole.hits[0].items[0][0].hit
    told = client.get("/api/catalogue/search?cycle=daily&cycle=weekly&class_code=103").json()
    assert told["count"] == 4
    assert client.get("/api/catalogue/search", {"q": "x", "sort": "worst"}).status_code == 422
    assert Client().get("/api/catalogue/search", {"q": "x"}).status_code == 401
    assert client.get("/api/catalogue/search/suggestions", {"q": "shehui"}).json()[0]["name"] == "社会保险参保信息"


def test_a_search_is_kept_and_dropped(reader):
    client = client_of(reader)
    body = {"words": "人口", "chosen": {"cycle": ["daily"]}}
    made = client.post("/api/catalogue/searches", body, content_type="application/json")
    assert made.status_code == 201 and made.json()["name"] == "人口"
    again = client.post("/api/catalogue/searches", {**body, "notify": False}, content_type="application/json").json()
    assert again["id"] == made.json()["id"] and len(client.get("/api/catalogue/searches").json()) == 1
    wrong = client.post("/api/catalogue/searches", {"chosen": {"x": ["1"]}}, content_type="application/json")
    assert wrong.status_code == 422 and {one["where"] for one in wrong.json()["errors"]} == {"name", "x"}
    other = an_actor(a_department("税务局"))
    with pytest.raises(NotFound):
        searches.drop_search(by=other, search_id=again["id"])
    assert client.delete(f"/api/catalogue/searches/{again['id']}").status_code == 204
    assert not SavedSearch.objects.exists()
    with pytest.raises(NotAllowed):
        searches.save_search(by=SYSTEM, words="人口")


def test_nobody_keeps_too_many(reader, monkeypatch):
    monkeypatch.setattr(searches, "MOST", 2)
    for words in ("人口", "企业", "企业"):
        searches.save_search(by=reader, words=words)
    with pytest.raises(Conflict):
        searches.save_search(by=reader, words="社保")


def told_of(reader) -> list[str]:
    rows = Message.objects.filter(person_id=reader.id, code="catalogue.search.new_hits").order_by("pk")
    return [one.params["names"] for one in rows]


def test_people_are_told_once_of_new_hits_they_may_see(reader, office, follower):
    now = utc_now()
    kept = searches.save_search(by=reader, words="人口", now=now)
    searches.save_search(by=office.editor, words="登记", notify=False, now=now)
    searches.tell_new_hits()
    assert told_of(reader) == []  # what was there is not new
    published(office, "人口普查结果", "道路名录")
    acts.draft_resource(by=office.editor, draft=Draft(name="人口草稿"))
    searches.tell_new_hits()
    assert told_of(reader) == []  # the index has not taken it in yet
    follower.step()
    searches.tell_new_hits()
    searches.tell_new_hits()
    assert told_of(reader) == ["人口普查结果"]
    kept.refresh_from_db()
    assert kept.new_hits == 1 and not told_of(office.editor)
    searches.note_seen(by=reader, search_id=kept.pk)
    published(office, "人口迁移")
    follower.step()
    assert searches.tell_new_hits(now=now + timedelta(days=1)) == 1
    assert searches.tell_new_hits(now=now + timedelta(days=1)) == 0
    assert told_of(reader) == ["人口普查结果", "人口迁移"]
    message = client_of(reader).get("/identity/messages/").content.decode()
    assert "“人口”新增 1 条：人口迁移" in message


def test_a_copy_that_is_not_there_keeps_nobody_from_being_told_later(reader, office, follower, settings, tmp_path):
    searches.save_search(by=reader, words="人口")
    published(office, "人口普查结果")
    follower.step()
    here, settings.ZAMPA_INDEX_DIR = settings.ZAMPA_INDEX_DIR, tmp_path / "elsewhere"
    with pytest.raises(Unavailable):
        searches.tell_new_hits()
    settings.ZAMPA_INDEX_DIR = here
    searches.tell_new_hits()
    assert told_of(reader) == ["人口普查结果"] and building.compare().same


def test_the_page_escapes_marks_and_keeps_what_was_chosen(reader, office, follower):
    published(office, "<script>人口</script>")
    follower.step()
    page = client_of(reader).get("/search/", {"q": "人口", "cycle": "daily"}).content.decode()
    assert "&lt;script&gt;<mark>人口</mark>&lt;/script&gt;" in page and "<script>人口" not in page
    assert '<input type="hidden" name="cycle" value="daily">' in page and "找到 3 条" in page
    wild = {"q": "x\x00\"><b>", "department": "\x00';--", "page": "99999", "sort": "x"}
    hostile = client_of(reader).get("/search/", wild)
    assert hostile.status_code == 200 and "<b>" not in hostile.content.decode().split("id=\"found\"")[1][:2000]


def test_suggestions_and_kept_searches_in_the_browser(reader, office, follower):
    client = client_of(reader)
    drop_down = client.get("/catalogue/search/suggest/", {"q": "renk"}).content.decode()
    assert drop_down.count("<li>") == 3 and "<mark>" not in client.get("/catalogue/search/suggest/").content.decode()
    assert client.post("/catalogue/searches/save/", {"q": "人口", "cycle": "daily"}).status_code == 303
    row = SavedSearch.objects.get()
    page = client.get("/catalogue/searches/").content.decode()
    assert "人口" in page and "每日" in page
    there = client.get(f"/catalogue/searches/{row.pk}/")
    assert there.status_code == 303 and "sort=published" in there["Location"] and "cycle=daily" in there["Location"]
    assert client.post(f"/catalogue/searches/{row.pk}/drop/").status_code == 303 and not SavedSearch.objects.exists()
    client.post("/catalogue/searches/save/", {"q": ""})
    assert not SavedSearch.objects.exists()
