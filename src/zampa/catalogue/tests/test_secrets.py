"""What bears a marking of a state secret does not enter, wherever it stands."""

import pytest

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.models import Resource
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.ledger.models import Record


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("绝密文件", True),
        ("机密★10年", True),
        ("机 密 ☆ 长期", True),
        ("秘\u200b密*启用前", True),
        ("商业秘密名录", False),
        ("机密性要求", False),
        ("", False),
    ],
)
def test_a_marking_is_found_however_it_is_parted(text, found):
    assert bool(rules.secret_hits({"name": text}, rules.CARRIED)) is found


@pytest.mark.django_db
def test_submission_is_refused_with_every_place_and_only_the_list_can_change(provider_database):
    office = Office()
    persons(provider_database)
    entry = an_entry(office, a_source(office, provider_database))
    Resource.objects.filter(pk=entry.pk).update(abstract="机密★20年 人口底数")
    queries.items_of(entry.pk).filter(column="name").update(note="绝密")
    place = queries.items_of(entry.pk).get(column="name").position
    with pytest.raises(NotValid) as refused:
        acts.submit_resource(by=office.editor, resource_id=entry.pk)
    found = {(fault.where, fault.params["word"]) for fault in refused.value.faults}
    assert found == {("abstract", "机密★"), (f"items.{place}", "绝密")}
    Resource.objects.filter(pk=entry.pk).update(abstract="雪狮计划人口")
    queries.items_of(entry.pk).filter(column="name").update(note="")
    with pytest.raises(NotAllowed):
        acts.add_secret_word(by=office.editor, word="雪狮计划", reason="保密局通知")
    word = acts.add_secret_word(by=office.authority, word="雪狮计划", reason="保密局通知")
    with pytest.raises(Conflict):
        acts.add_secret_word(by=office.authority, word="雪 狮 计划", reason="再来")
    with pytest.raises(NotValid):
        acts.submit_resource(by=office.editor, resource_id=entry.pk)
    acts.withdraw_secret_word(by=office.authority, word_id=word.pk, reason="已解密")
    assert acts.submit_resource(by=office.editor, resource_id=entry.pk).state == "submitted"
    events = Record.objects.filter(subject_kind="catalogue.secret_word").order_by("id").values_list("event", flat=True)
    assert list(events) == ["catalogue:secret_word:added", "catalogue:secret_word:withdrawn"]
