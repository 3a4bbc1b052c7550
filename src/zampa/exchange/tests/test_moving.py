"""A live grant goes to another gateway: never in two books that hold at once, each move in the ledger."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from zampa.exchange.acts import endings, gateways
from zampa.exchange.acts.moving import gateways_for, move_grant
from zampa.exchange.models import Gateway, Grant
from zampa.exchange.tests.story import make_story
from zampa.exchange.tests.test_gateways import Machine, served
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_story()


@pytest.fixture
def near(story):
    return machine(story, "公安厅网关", story.police.row.pk)


@pytest.fixture
def centre(story):
    return machine(story, "中心网关", None)


def machine(story, name, department):
    return Machine(gateways.create_gateway_token(by=story.admin, name=name, department_id=department))


def moved(story, grant, to, **given):
    head = story.police.actor("sharing_head")
    return move_grant(by=head, grant_id=grant.pk, gateway_id=to.row.pk, reason="本地网关检修", **given)


def names(book):
    return [one.number for one in book.grants]


def test_the_new_gateway_serves_once_the_old_one_holds_a_book_without_it(story, near, centre):
    grant = served(story)
    first = near.book()
    assert (names(first), names(centre.book())) == ([grant.number], [])
    moved(story, grant, centre)
    assert centre.ask("GET", "/book", "have=1&wait=0").status_code == 304  # the old one may still serve it
    second = near.book(have=first.number)
    assert (names(second), second.number) == ([], first.number + 1)
    assert [key.consumer for key in second.keys] == [key.consumer for key in first.keys]
    assert centre.ask("GET", "/book", "have=1&wait=0").status_code == 304  # handed out is not yet held
    near.ask("GET", "/book", f"have={second.number}&wait=0")
    assert names(centre.book(have=1)) == [grant.number]
    record = Record.objects.get(event="exchange:grant:moved")
    facts = json.loads(record.body.content)["facts"]
    assert facts == {"from": "公安厅网关", "to": "中心网关", "reason": "本地网关检修"}


def test_a_silent_gateway_holds_it_up_no_longer_than_its_last_book(story, near, centre):
    grant = served(story)
    near.book()
    moved(story, grant, centre)
    last = near.row.books.order_by("number").last()
    assert Grant.objects.get().free_at == last.expires_at
    Grant.objects.update(free_at=utc_now() - timedelta(seconds=1))
    assert names(centre.book()) == [grant.number]


def test_one_that_no_book_named_yet_moves_at_once_and_can_come_back(story, near, centre):
    grant = served(story)
    Grant.objects.update(gateway=near.row)
    moved(story, grant, centre)
    assert names(centre.book()) == [grant.number]
    moved(story, grant, near)
    assert [one.name for one in gateways_for(Grant.objects.get())] == ["中心网关"]
    held = centre.book(have=1)
    centre.ask("GET", "/book", f"have={held.number}&wait=0")
    assert names(near.book()) == [grant.number]


def test_what_is_refused_changes_nothing(story, near, centre):
    grant = served(story)
    near.book()
    other = machine(story, "气象局网关", story.stranger.row.pk)
    head = story.police.actor("sharing_head")
    with pytest.raises(NotAllowed):
        move_grant(by=story.social.actor("sharing_head"), grant_id=grant.pk, gateway_id=centre.row.pk, reason="检修")
    with pytest.raises(NotFound):
        move_grant(by=story.stranger.actor("sharing_head"), grant_id=grant.pk, gateway_id=centre.row.pk, reason="检修")
    for gateway_id in ("", "nonsense", grant.pk):
        with pytest.raises(NotFound):
            move_grant(by=head, grant_id=grant.pk, gateway_id=gateway_id, reason="检修")
    with pytest.raises(NotValid):
        moved(story, grant, other)
    with pytest.raises(NotValid):
        move_grant(by=head, grant_id=grant.pk, gateway_id=centre.row.pk, reason=" ")
    with pytest.raises(Conflict):
        moved(story, grant, near)
    assert Grant.objects.get().gateway == near.row
    endings.revoke_grant(by=head, grant_id=grant.pk, reason="到此为止")
    with pytest.raises(Conflict):
        moved(story, grant, centre)
    assert not Record.objects.filter(event="exchange:grant:moved").exists()


def test_the_provider_moves_it_on_its_page(story, near, centre):
    grant = served(story)
    near.book()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(story.police.people["sharing_head"], "allauth.account.auth_backends.AuthenticationBackend")
    page = f"/exchange/grants/{grant.pk}/"
    assert "中心网关" in client.get(page).content.decode()
    assert client.post(page + "move/", {"gateway_id": centre.row.pk, "reason": "本地网关检修"}).status_code == 303
    assert "等 公安厅网关 换上新授权簿" in client.get(page).content.decode()
    assert Gateway.objects.get(grants=grant) == centre.row
