"""The pages as people see them: every page for every role, the form, the decision in place, tenancy by address."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zampa.exchange.acts.gateways import create_gateway_token
from zampa.exchange.models import Delivery, Gateway, Grant, Request
from zampa.exchange.tests.story import MONDAY, ask, granted, make_story, signed, submitted
from zampa.ground.clock import utc_now

pytestmark = pytest.mark.django_db


def browser(person) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def story():
    return make_story()


def test_asking_from_the_form_to_the_grant(story):
    clerk, head = browser(story.social.people["editor"]), browser(story.social.people["sharing_head"])
    page = clerk.get(reverse("exchange:new_request", args=[story.resource.pk]))
    assert page.status_code == 200
    first = story.items()[0]
    typed = {f"item_{first.pk}": "on", "basis": "《社会保险法》第七十四条", "ways": ["query"], "submit": "1"}
    wrong = clerk.post(reverse("exchange:new_request", args=[story.resource.pk]), typed)
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "请写明为什么需要“公民身份号码”" in text
    assert "《社会保险法》第七十四条" in text
    draft = Request.objects.get()
    assert draft.state == "draft"
    whole = {
        **typed, f"purpose_{first.pk}": "匹配", "scenario": "养老待遇领取资格认证", "scope": "全区在领人员",
        "starts_on": "2026-11-24", "ends_on": "2027-11-23", "system_id": str(story.system.pk), "calls_per_day": "100",
    }  # fmt: skip
    done = clerk.post(reverse("exchange:request_edit", args=[draft.pk]), whole)
    assert done.status_code == 303, done.content.decode()
    assert head.post(reverse("exchange:request_sign", args=[draft.pk])).status_code == 303
    draft.refresh_from_db()
    assert draft.state == "signed"
    police = browser(story.police.people["sharing_head"])
    shown = police.get(reverse("exchange:request", args=[draft.pk])).content.decode()
    for word in (
        "人社厅 申请 公安厅「常住人口基本信息」",
        "待提供方审批",
        "同意并授权",
        "退回补正",
        "工作日",
        "留前 6 后 4 位",
    ):
        assert word in shown
    row = draft.items.get()
    refused = police.post(reverse("exchange:request_answer", args=[draft.pk]), {"grant": "1", "quota_per_day": "100"})
    assert refused.status_code == 422
    assert "还没有意见" in refused.content.decode()
    said = {"grant": "1", f"verdict_{row.pk}": "yes", f"mask_{row.pk}": "drop", "quota_per_day": "100"}
    said |= {"filter_field": "户籍区划", "filter_op": "starts", "filter_value": "5401"}
    answered = police.post(reverse("exchange:request_answer", args=[draft.pk]), said)
    assert answered.status_code == 303, answered.content.decode()
    grant = Grant.objects.get()
    assert (grant.row_filter["of"][0]["field"], grant.ends_at.isoformat()[:10]) == ("region", "2027-11-23")
    page = police.get(answered["location"]).content.decode()
    assert "只核验，不返回" in page
    assert "region 开头是 5401" in page


def everything(story) -> list[str]:
    """Every address of the room with rows of this story behind it."""
    grant = granted(story)
    waiting = signed(story, ways=("file",), file_format="csv", system_id=None, calls_per_day=0)
    delivery = Delivery.objects.get(grant=grant)
    names = ["requests", "grants", "deliveries", "calls", "gateways"]
    addresses = [reverse(f"exchange:{name}") for name in names]
    addresses += [reverse(f"exchange:{name}") + "?export=csv" for name in names]
    request = reverse("exchange:request", args=[grant.request_id])
    addresses += [request, f"{request}?tab=papers", f"{request}?tab=grant", f"{request}?tab=trail"]
    addresses += [reverse("exchange:request", args=[waiting.pk]), reverse("exchange:grant", args=[grant.pk])]
    return [*addresses, reverse("exchange:delivery", args=[delivery.pk])]


def test_every_page_shows_to_both_parties_the_authority_and_the_auditor(story):
    addresses = everything(story)
    auditor = story.auditor.id
    people = [house.people[post] for house in (story.social, story.police) for post in ("editor", "sharing_head")]
    people += [story.authority.people["authority"], type(people[0]).objects.get(pk=auditor)]
    for person in people:
        client = browser(person)
        for address in addresses:
            assert client.get(address).status_code == 200, (person.name, address)


def test_nobody_else_sees_or_changes_anything(story):
    grant = granted(story)
    client = browser(story.stranger.people["sharing_head"])
    delivery = Delivery.objects.get()
    looks = [
        ("request", grant.request_id),
        ("grant", grant.pk),
        ("delivery", delivery.pk),
        ("request_edit", grant.request_id),
    ]
    for name, pk in looks:
        assert client.get(reverse(f"exchange:{name}", args=[pk])).status_code == 404
    for kind in ("request", "delivery", "call"):
        assert client.get(reverse("exchange:evidence", args=[kind, grant.pk])).status_code in (404, 409)
    changes = [
        ("request_sign", [grant.request_id]), ("request_withdraw", [grant.request_id]),
        ("request_answer", [grant.request_id]),
        ("grant_end", [grant.pk, "revoke"]), ("delivery_start", [delivery.pk]),
        ("request_add_paper", [grant.request_id]),
    ]  # fmt: skip
    for name, args in changes:
        given = {"reason": "不该成功", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
        assert client.post(reverse(f"exchange:{name}", args=args), given).status_code == 404, name
    assert Grant.objects.get().state == "live"
    shown = client.get(reverse("exchange:requests")).content.decode()
    assert "R-2026-0001" not in shown
    assert client.get("/api/exchange/grants").json() == {"items": [], "next": ""}
    assert client.get(f"/api/exchange/grants/{grant.pk}").status_code == 404
    assert Client(headers={"host": "127.0.0.1"}).get(reverse("exchange:grants")).status_code == 302
    assert Client(headers={"host": "127.0.0.1"}).get("/api/exchange/grants").status_code == 401


def test_papers_are_uploaded_and_served_as_attachments(story, settings, tmp_path):
    settings.ZAMPA_FILES_DIR = tmp_path
    client = browser(story.social.people["editor"])
    request = submitted(story)
    to = reverse("exchange:request_add_paper", args=[request.pk])
    client.post(to, {"file": SimpleUploadedFile("批复.pdf", b"%PDF-1.7 x")})
    assert not request.papers.exists()  # it waits for the head: nothing is changed under the head's eyes
    draft = Request.objects.get(pk=request.pk)
    draft.state = "draft"
    draft.save()
    client.post(to, {"file": SimpleUploadedFile("批复.pdf", b"%PDF-1.7 x")})
    paper = request.papers.get()
    served = client.get(reverse("exchange:request_paper", args=[request.pk, paper.pk]))
    assert served["content-disposition"].startswith("attachment")
    assert b"".join(served.streaming_content) == b"%PDF-1.7 x"


def test_revoking_and_the_gateway_pages(story):
    grant = granted(story)
    client = browser(story.police.people["sharing_head"])
    client.post(reverse("exchange:grant_end", args=[grant.pk, "revoke"]), {"reason": "超范围使用"})
    grant.refresh_from_db()
    assert (grant.state, grant.end_reason) == ("revoked", "超范围使用")
    admin = browser(type(story.police.people["editor"]).objects.get(pk=story.admin.id))
    made = admin.post(reverse("exchange:new_gateway"), {"name": "中心网关"})
    assert made.status_code == 200
    assert "zgt_" in made.content.decode()
    assert client.get(reverse("exchange:new_gateway")).status_code == 403
    token = create_gateway_token(by=story.admin, name="二号网关")
    assert token.startswith("zgt_")
    row = Gateway.objects.create(
        name="三号网关", sign_public="x", sign_key_id="x", seal_public="x", enrolled_at=MONDAY, heard_at=utc_now()
    )
    page = admin.get(reverse("exchange:gateway", args=[row.pk]))
    assert page.status_code == 200
    assert admin.post(reverse("exchange:gateway", args=[row.pk]), {"book_minutes": "3"}).status_code == 422
    assert admin.post(reverse("exchange:gateway", args=[row.pk]), {"book_minutes": "60"}).status_code == 303
    row.refresh_from_db()
    assert row.book_minutes == 60


def test_the_json_api_goes_the_whole_way(story):
    clerk = browser(story.social.people["editor"])
    body = {**vars(ask(story)), "resource_id": story.resource.pk}
    made = clerk.post("/api/exchange/requests", body, content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert clerk.post(f"/api/exchange/requests/{pk}/submit").json()["state"] == "submitted"
    head = browser(story.social.people["sharing_head"])
    signed_ = head.post(f"/api/exchange/requests/{pk}/sign", {"reason": "同意"}, content_type="application/json")
    assert signed_.json()["state"] == "signed"
    police = browser(story.police.people["sharing_head"])
    items = police.get(f"/api/exchange/requests/{pk}").json()["items"]
    said = [{"item": item["id"], "verdict": "yes", "mask": {"kind": "keep", "first": 1}} for item in items]
    terms = {"starts_on": "2026-11-24", "ends_on": "2027-11-23", "quota_per_day": 5000}
    wrong = police.post(
        f"/api/exchange/requests/{pk}/grant", {"decisions": said, **terms}, content_type="application/json"
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "quota_per_day")
    terms["quota_per_day"] = 500
    done = police.post(
        f"/api/exchange/requests/{pk}/grant", {"decisions": said, **terms}, content_type="application/json"
    )
    assert done.status_code == 201, done.content
    grant = done.json()
    assert [row["mask"]["kind"] for row in police.get(f"/api/exchange/grants/{grant['id']}").json()["fields"]] == [
        "keep"
    ] * 4
    revoked = police.post(
        f"/api/exchange/grants/{grant['id']}/revoke", {"reason": "试点结束"}, content_type="application/json"
    )
    assert revoked.json()["state"] == "revoked"
    assert clerk.get("/api/exchange/requests?limit=1").json()["items"][0]["number"] == "R-2026-0001"


def test_a_late_request_says_so(story):
    request = signed(story, now=utc_now() - timedelta(days=60))
    page = browser(story.police.people["editor"]).get(reverse("exchange:request", args=[request.pk]))
    assert "超期" in page.content.decode()


def test_a_longer_list_costs_no_more_queries(story, django_assert_max_num_queries):
    client = browser(story.social.people["editor"])
    granted(story)
    names = ("requests", "grants", "deliveries", "calls")
    short = {}
    for name in names:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(f"exchange:{name}"))
        short[name] = len(seen)
    for _ in range(4):
        granted(story)
    for name in names:
        with django_assert_max_num_queries(short[name]):
            client.get(reverse(f"exchange:{name}"))


def test_an_entry_leads_to_the_form_or_on_with_a_draft(story):
    client = browser(story.social.people["editor"])
    entry = reverse("catalogue:resource", args=[story.resource.pk])
    form = reverse("exchange:new_request", args=[story.resource.pk])
    assert form in client.get(entry).content.decode()
    assert form not in browser(story.police.people["editor"]).get(entry).content.decode()
    client.post(form, {"basis": "《社会保险法》第七十四条", "save": "1"})
    shown = client.get(entry).content.decode()
    assert form not in shown
    assert reverse("exchange:request", args=[Request.objects.get().pk]) in shown
