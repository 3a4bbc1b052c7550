"""The pages tell the parties and only them, and their check can fail."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from zampa.contracts.actors import Subject
from zampa.evidence.__main__ import main as verify
from zampa.ledger import models
from zampa.ledger.acts import enter
from zampa.ledger.events import Event
from zampa.ledger.sequencer import sequence_pending

THING = Subject("census.system", "s-1", "人口系统")
READERS = ("provider", "requester", "authority", "audit_admin")


@pytest.fixture
def record(people):
    id_ = enter(
        event="census:system:registered", by=people.actor("provider"), subject=THING, regions=["540000"],
        parties=[str(people.departments["requester"].pk)], facts={"note": "数据说明", "n": 7},
    )
    sequence_pending()
    return models.Record.objects.get(id=id_)


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("name", READERS)
def test_those_who_may_read_see_the_record_and_its_check(signed_in, record, name):
    client = signed_in(name)
    listed = client.get(reverse("ledger:records"))
    assert listed.status_code == 200 and "人口系统" in text_of(listed)
    shown = client.get(reverse("ledger:record", args=[record.pk]))
    assert shown.status_code == 200
    for word in ("人口系统", "数据说明", "核验通过", "检查点的签名有效", "国密 SM3 孪生树同样成立"):
        assert word in text_of(shown)
    assert "核验通过" in text_of(client.get(reverse("ledger:check", args=[record.pk])))


@pytest.mark.parametrize("name", ["stranger", "security_admin"])
def test_others_do_not_learn_that_it_is_there(signed_in, record, name):
    client = signed_in(name)
    listed = client.get(reverse("ledger:records"))
    assert listed.status_code == 200 and "人口系统" not in text_of(listed)
    assert client.get(reverse("ledger:records"), {"subject": "s-1"}).content.count("人口系统".encode()) == 0
    for place in ("ledger:record", "ledger:check"):
        assert client.get(reverse(place, args=[record.pk])).status_code == 404
    assert client.get(reverse("ledger:records"), {"number": "0"}).status_code == 200


def test_nobody_reads_signed_out(client, record):
    for place in ("ledger:records", "ledger:checkpoints", "ledger:anchors"):
        assert client.get(reverse(place)).status_code == 302


@pytest.mark.parametrize(("sql", "said"), [
    ("UPDATE ledger_record SET actor = 'somebody else' WHERE id = %s", "页面所示与入账的记录头不一致"),
    ("UPDATE ledger_record SET leaf = replace(leaf, 'registered', 'withdrawn') WHERE id = %s", "到不了检查点的根"),
    ("UPDATE ledger_body SET content = replace(content, '数据说明', '别的') WHERE record_id = %s", "正文被改动"),
])
def test_the_check_fails_when_the_database_was_changed(signed_in, record, sql, said):
    with connection.cursor() as cursor:
        cursor.execute(sql, [record.pk])
    shown = text_of(signed_in("audit_admin").get(reverse("ledger:record", args=[record.pk])))
    assert said in shown and "核验不通过" in shown and "核验通过" not in shown


def test_a_record_that_waits_and_one_whose_body_is_gone(signed_in, people, record):
    client = signed_in("provider")
    waiting = enter(event="census:system:renamed", by=people.actor("provider"), subject=THING)
    shown = text_of(client.get(reverse("ledger:record", args=[waiting])))
    assert "排序中" in shown
    models.Body.objects.filter(record=record).delete()
    shown = text_of(client.get(reverse("ledger:record", args=[record.pk])))
    assert "正文已按保存期限删除" in shown and "核验通过" in shown


def test_filters_and_numbers(signed_in, people, record):
    client = signed_in("provider")
    enter(event=Event.ACT_REFUSED, by=people.actor("provider"), subject=Subject("exchange.act", "submit_request"))
    sequence_pending()
    address = reverse("ledger:records")
    for given, seen in (({"room": "census"}, True), ({"room": "exchange"}, False), ({"days": "1"}, True),
                        ({"event": "ledger:act:refused"}, False), ({"actor": record.actor}, True)):
        assert ("人口系统" in text_of(client.get(address, given))) == seen
    assert client.get(address, {"number": "0"})["Location"].endswith(reverse("ledger:record", args=[record.pk]))


def test_a_list_costs_the_same_for_one_and_for_forty(signed_in, people, record, django_assert_max_num_queries):
    client = signed_in("provider")
    client.get(reverse("ledger:records"))
    for n in range(40):
        enter(event="census:system:renamed", by=people.actor("provider"), subject=Subject("census.system", str(n)))
    sequence_pending()
    with django_assert_max_num_queries(16):
        client.get(reverse("ledger:records"))


def test_the_files_verify(signed_in, people, record, tmp_path):
    client = signed_in("provider")
    for contents, status in (("hashes", 200), ("bodies", 303)):
        answer = client.post(reverse("ledger:export", args=[contents]))
        assert answer.status_code == status
    exported = client.post(reverse("ledger:export", args=["hashes"]))
    (tmp_path / "log").write_bytes(b"".join(exported.streaming_content))
    (tmp_path / "anchors").write_bytes(client.get(reverse("ledger:anchors")).content)
    (tmp_path / "kept").write_bytes(client.get(reverse("ledger:checkpoint_file")).content)
    arguments = [str(tmp_path / "log"), "--trust", str(tmp_path / "anchors"), "--since", str(tmp_path / "kept")]
    assert verify(arguments) == 0
    answer = signed_in("audit_admin").post(reverse("ledger:export", args=["bodies"]))
    assert answer.status_code == 200 and "人口系统".encode() in b"".join(answer.streaming_content)
    assert client.get(reverse("ledger:export", args=["hashes"])).status_code == 405


def test_keys_are_announced_on_the_page(signed_in, record, settings, tmp_path):
    refused = signed_in("audit_admin").post(reverse("ledger:key", args=["announce"]), follow=True)
    assert "只有安全管理员" in text_of(refused)
    shown = signed_in("security_admin").get(reverse("ledger:checkpoints"))
    assert re.search(r"sha256:[\w-]{13}…", text_of(shown))
