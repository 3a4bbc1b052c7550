"""Items and the data elements they mean, on a real entry."""

import pytest
from django.test import Client
from django.urls import reverse

from zampa.catalogue import acts, queries
from zampa.catalogue.following import followed
from zampa.catalogue.tests.cast import Office, a_source, an_entry, persons, publish
from zampa.contracts.actors import SYSTEM
from zampa.contracts.quality import InList
from zampa.ground.errors import NotAllowed, NotValid
from zampa.identity.models import Person
from zampa.identity.tests.cast import a_department
from zampa.ledger.models import Record
from zampa.standards import acts as standards
from zampa.standards import queries as elements
from zampa.standards.models import Element, Synonym
from zampa.standards.tests.cast import an_element

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def entry(office, provider_database):
    persons(provider_database)
    an_element("DE-1", "公民身份号码", domain="id_number", length=18, sensitivity="sensitive")
    an_element("DE-2", "姓名", length=100, sensitivity="personal")
    return an_entry(office, a_source(office, provider_database))


def items(entry):
    return {item.column: item for item in queries.items_of(entry.pk)}


def test_items_are_bound_and_the_words_are_learned(office, entry):
    rows = items(entry)
    acts.bind_items(
        by=office.editor, resource_id=entry.pk,
        bound={str(rows["id_number"].pk): "DE-1", str(rows["name"].pk): "DE-2"},
    )  # fmt: skip
    assert items(entry)["name"].element == "DE-2"
    record = Record.objects.filter(event="catalogue:resource:bound").get()
    assert record.subject == str(entry.pk)
    learned = set(Synonym.objects.filter(learned=True).values_list("element__number", "kind", "word"))
    assert learned == {("DE-1", "column", "id_number"), ("DE-2", "name", "name"), ("DE-2", "column", "name")}
    assert elements.suggested(office.editor, name="x", column="id_number")[0].number == "DE-1"
    rows, told = followed(list(queries.items_of(entry.pk)))
    assert (told.items, told.bound, told.whole) == (4, 2, 1)
    assert told.percent is not None and told.percent < 100


def test_binding_asks_for_the_own_editor_and_a_known_element(office, entry):
    row = items(entry)["name"]
    foreign = an_element("XX-1", "别家的姓名", department=a_department("气象局"))
    for number in ("DE-404", foreign.number):
        with pytest.raises(NotValid) as refused:
            acts.bind_items(by=office.editor, resource_id=entry.pk, bound={str(row.pk): number})
        assert [fault.code for fault in refused.value.faults] == ["catalogue.item.unknown_element"]
    with pytest.raises(NotAllowed):
        acts.bind_items(by=office.head, resource_id=entry.pk, bound={str(row.pk): "DE-2"})
    with pytest.raises(NotValid):
        acts.edit_items(
            by=office.editor, resource_id=entry.pk, items=[acts.ItemDraft(name="姓名", element="DE-404")]
        )
    assert items(entry)["name"].element == ""


def test_a_draft_is_brought_in_line_with_its_elements(office, entry):
    standards.load_packaged_lists(by=SYSTEM, only=["sex"])
    an_element("DE-3", "划码", domain="list", code_list=elements.code_list_named(SYSTEM, "sex"), sensitivity="personal")
    row = items(entry)["division"]
    acts.bind_items(by=office.editor, resource_id=entry.pk, bound={str(row.pk): "DE-3"})
    acts.follow_elements(by=office.editor, resource_id=entry.pk)
    row = items(entry)["division"]
    assert (row.sensitivity, row.sharing) == ("personal", "conditional")
    assert {"kind": "one_of", "values": ["0", "1", "2", "9"]} in [
        {"kind": check["kind"], **check["params"]} for check in row.checks
    ]
    departures = [one.conformance.departures for one in followed([row])[0]]
    assert [one.code for one in departures[0]] == ["standards.departs.name"]
    inherited = elements.rules_of(["DE-3"])["DE-3"]
    assert [rule.test for rule in inherited] == [InList("sex")]


def test_a_published_entry_is_bound_as_it_is(office, entry):
    publish(office, entry)
    row = items(entry)["name"]
    acts.bind_items(by=office.editor, resource_id=entry.pk, bound={str(row.pk): "DE-2"})
    assert queries.versions_of(entry.pk).count() == 1
    Element.objects.filter(number="DE-2").update(state="abolished")
    told = followed([items(entry)["name"]])[0][0].conformance
    assert "standards.departs.abolished" in [one.code for one in told.departures]


def test_the_page_suggests_with_reasons_and_keeps_what_is_chosen(office, entry):
    client = Client()
    client.force_login(Person.objects.get(pk=office.editor.id), "allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("catalogue:bind", args=[entry.pk])
    page = client.get(address).content.decode()
    assert "名称相同" in page and "公民身份号码  DE-1" in page
    rows = items(entry)
    wrong = client.post(address, {f"other_{rows['name'].pk}": "DE-404"})
    assert wrong.status_code == 422 and "没有编号为 DE-404 的数据元" in wrong.content.decode()
    done = client.post(address, {f"other_{rows['name'].pk}": "DE-2", f"to_{rows['id_number'].pk}": "DE-1"})
    assert done.status_code == 303
    tab = client.get(done["Location"]).content.decode()
    assert "DE-2" in tab and "2 / 4" in tab
    assert client.post(reverse("catalogue:follow", args=[entry.pk])).status_code == 303
