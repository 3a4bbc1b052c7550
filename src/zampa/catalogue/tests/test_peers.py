"""Words inside, codes at the edge: each platform's map, kept by the authority, never guessed."""

import json

import pytest
from django.urls import reverse

from zampa.catalogue import acts, queries
from zampa.catalogue import queries_peers as coded
from zampa.catalogue.coded import CODED, words_of
from zampa.catalogue.models import PeerCode
from zampa.catalogue.tests.cast import Office
from zampa.catalogue.tests.test_pages import client_of
from zampa.contracts.actors import SYSTEM
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    acts.load_peers(by=SYSTEM)
    return Office()


def test_packaged_codes_are_words_of_ours_and_stay_as_people_made_them(office):
    for row in PeerCode.objects.all():
        assert row.field in CODED and row.value in words_of(row.field) and row.mark == "FACT"
    assert (
        coded.inward("a")["update_cycle"]["6"] == "yearly" and coded.inward("b")["update_cycle"]["6"] == "half_yearly"
    )
    assert coded.inward("d")["sharing"] == {"0": "none"}  # what was not read is not there
    count = PeerCode.objects.count()
    acts.drop_peer_code(by=office.authority, peer_code_id=PeerCode.objects.first().pk)
    assert acts.load_peers(by=SYSTEM) == 0 and PeerCode.objects.count() == count - 1


def test_the_authority_keeps_the_map(office):
    with pytest.raises(NotAllowed):
        acts.state_peer_code(by=office.editor, peer="a", field="sharing", code="9", value="none")
    acts.add_peer(by=office.authority, code="city-1", name="某市平台")
    with pytest.raises(Conflict):
        acts.add_peer(by=office.authority, code="city-1", name="某市平台")
    with pytest.raises(NotValid) as refused:
        acts.state_peer_code(by=office.authority, peer="city-1", field="sharing", code=" ", value="open")
    assert {fault.where for fault in refused.value.faults} == {"code", "value"}
    with pytest.raises(NotFound):
        acts.state_peer_code(by=office.authority, peer="nobody", field="sharing", code="9", value="none")
    made = acts.state_peer_code(by=office.authority, peer="city-1", field="sharing", code="9", value="none")
    again = acts.state_peer_code(by=office.authority, peer="city-1", field="sharing", code="9", value="conditional")
    assert made.pk == again.pk and coded.inward("city-1") == {"sharing": {"9": "conditional"}}
    assert Record.objects.filter(event="catalogue:peer_code:stated").count() == 2


def test_an_entry_goes_out_in_a_platforms_codes(office):
    draft = acts.Draft(
        name="户籍", sharing="conditional", update_cycle="half_yearly", ways=("batch",), format="database"
    )
    items = [acts.ItemDraft(name="金额", type="decimal"), acts.ItemDraft(name="号", type="uuid")]
    made = acts.draft_resource(by=office.editor, draft=draft, items=items)
    said = coded.for_peer(made, list(queries.items_of(made.pk)), "a")
    assert (said["entry"]["sharing"], said["entry"]["ways"], said["entry"]["update_cycle"]) == ("2", ["1"], "")
    assert [row["type"] for row in said["items"]] == ["N", ""]
    assert said["uncoded"] == ["update_cycle", "items.2"]
    client = client_of(office.editor)
    page = client.get(reverse("catalogue:for_peer", args=[made.pk]), {"peer": "a"}).content.decode()
    assert "对方没有代码" in page and "更新周期" in page
    answer = client.get(f"/api/catalogue/resources/{made.pk}/for-peer/b").json()
    assert answer["entry"]["update_cycle"] == "6"
    other = client_of(Office("教育厅", office.authority_department).editor)
    assert other.get(f"/api/catalogue/resources/{made.pk}/for-peer/b").status_code == 404


def test_the_page_and_the_api(office):
    clerk, keeper = client_of(office.editor), client_of(office.authority)
    address = reverse("catalogue:peers")
    assert "写明代码" not in clerk.get(address).content.decode()
    assert "写明代码" in keeper.get(address, {"peer": "b"}).content.decode()
    keeper.post(reverse("catalogue:add_peer"), {"code": "x1", "name": "某平台"})
    keeper.post(reverse("catalogue:state_peer_code"), {"peer": "x1", "code": "Z", "meaning": "sharing|none"})
    row = PeerCode.objects.get(peer="x1")
    assert (row.code, row.value, row.mark) == ("Z", "none", "OPEN")
    clerk.post(reverse("catalogue:drop_peer_code", args=[row.pk]))
    assert PeerCode.objects.filter(pk=row.pk).exists()
    body = json.dumps({"field": "sharing", "code": "Y", "value": "conditional"})
    answer = keeper.post("/api/catalogue/peers/x1/codes", body, content_type="application/json")
    assert answer.status_code == 200 and len(keeper.get("/api/catalogue/peers/x1/codes").json()) == 2
    assert keeper.delete(f"/api/catalogue/peers/codes/{row.pk}").status_code == 204
