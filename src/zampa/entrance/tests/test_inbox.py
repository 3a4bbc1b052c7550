"""The inbox: named in full, answered in place by the owning room's own address, the reason asked only for a no."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from zampa.approvals.models import Review, Task
from zampa.catalogue import acts
from zampa.catalogue.models import Attachment
from zampa.contracts.schemas import TableRef
from zampa.entrance.pages_inbox import DECISIONS
from zampa.exchange.models import Request
from zampa.exchange.tests.story import House, Story, make_story, submitted
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


@pytest.fixture
def story() -> Story:
    return make_story()


def sat(house: House, post: str) -> Client:
    client = Client()
    client.force_login(house.people[post], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_request_is_named_by_who_asks_whom_for_what(story: Story) -> None:
    asked = submitted(story)
    client = sat(story.social, "sharing_head")
    page = client.get(INBOX).content.decode()
    assert "人社厅 申请 公安厅「常住人口基本信息」" in page
    assert asked.number in page
    client.cookies["language"] = "en"
    assert "人社厅 asks 公安厅 for “常住人口基本信息”" in client.get(INBOX).content.decode()
    assert Task.objects.get(kind="exchange.sign").subject_name == "人社厅 申请 公安厅「常住人口基本信息」"
    entered = Record.objects.filter(subject_kind="exchange.request", event="exchange:request:submitted").get()
    assert f'"subject_name":"{asked.number}"' in entered.body.content


def test_a_plain_yes_is_said_in_the_inbox_and_one_stays_there(story: Story) -> None:
    asked = submitted(story)
    client = sat(story.social, "sharing_head")
    yes = reverse("exchange:request_sign", args=[asked.pk])
    assert f'action="{yes}"' in client.get(INBOX).content.decode()
    done = client.post(yes, {"next": INBOX})
    assert (done.status_code, done["Location"]) == (303, INBOX)
    asked.refresh_from_db()
    assert asked.state == "signed"
    assert yes not in client.get(INBOX).content.decode()


def test_a_no_needs_its_reason(story: Story) -> None:
    asked = submitted(story)
    client = sat(story.social, "sharing_head")
    no = reverse("exchange:request_send_back", args=[asked.pk])
    assert 'name="reason"' in client.get(INBOX).content.decode()
    client.post(no, {"next": INBOX, "reason": " "})
    asked.refresh_from_db()
    assert asked.state == "submitted"
    client.post(no, {"next": INBOX, "reason": "依据写错了"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("draft", "依据写错了")


def test_what_is_decided_item_by_item_keeps_its_link(story: Story) -> None:
    asked = submitted(story)
    sat(story.social, "sharing_head").post(reverse("exchange:request_sign", args=[asked.pk]))
    page = sat(story.police, "sharing_head").get(INBOX).content.decode()
    assert reverse("exchange:request", args=[asked.pk]) in page
    assert 'name="reason"' not in page
    assert Request.objects.get(pk=asked.pk).state == "signed"


def test_an_attachment_is_approved_or_not_in_place(story: Story) -> None:
    Attachment.objects.update(state="ended")
    editor = story.police.actor("editor")
    made = acts.apply_attachment(
        by=editor, resource_id=story.resource.pk, connection_id=story.source.pk,
        table=TableRef(name="people", schema="public"),
    )  # fmt: skip
    client = sat(story.police, "sharing_head")
    address = reverse("catalogue:attachment_step", args=[made.pk, "approve"])
    assert client.get(INBOX).content.decode().count(f'action="{address}"') == 2
    client.post(address, {"next": INBOX, "verdict": "no", "reason": "表已停用"})
    made.refresh_from_db()
    assert (made.state, made.reason) == ("refused", "表已停用")
    assert Review.objects.get(kind="catalogue.attach").verdict == "no"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "inbox", "/\\evil.example"])
def test_a_form_sends_nobody_to_another_house(story: Story, elsewhere: str) -> None:
    asked = submitted(story)
    client = sat(story.social, "sharing_head")
    done = client.post(reverse("exchange:request_sign", args=[asked.pk]), {"next": elsewhere})
    assert done["Location"] == reverse("exchange:request", args=[asked.pk])


@pytest.mark.parametrize("kind", sorted(DECISIONS))
def test_every_decision_leads_to_an_address_that_exists(kind: str) -> None:
    decision = DECISIONS[kind]
    given = ("01a20a62-4830-7845-be37-cfcd9e3e9f52", *decision.more)
    assert reverse(decision.yes, args=given)
    assert reverse(decision.no or decision.yes, args=given)
