"""The room's pages and its JSON."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from zampa.approvals import acts, queries
from zampa.approvals.tests.test_acts import MONDAY, REQUEST
from zampa.contracts.actors import SYSTEM
from zampa.identity import queries as people
from zampa.identity.models import Person
from zampa.identity.tests.cast import a_department, a_person

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_officer_edits_the_calendar() -> None:
    officer = a_person(a_department("大数据局", governs=True), "authority")
    client = client_of(officer)
    assert client.get(reverse("approvals:calendar")).status_code == 200
    form = reverse("approvals:calendar_edit")
    wrong = client.post(form, {"region": "540100", "off": "昨天", "note": "通知"})
    assert "2026-02-15..2026-02-26" in wrong.content.decode()
    given = {"region": "540100", "off": "2026-02-15..2026-02-26", "works": "2026-02-14 2026-02-28", "note": "拉政办"}
    assert client.post(form, given).status_code == 303
    page = client.get(reverse("approvals:calendar")).content.decode()
    assert "拉政办" in page
    assert queries.calendar_for("540102").is_workday(date(2026, 2, 28))
    for kind in ("xlsx", "csv"):
        assert client.get(reverse("approvals:calendar"), {"export": kind}).status_code == 200


def test_a_clerk_may_not_edit_it() -> None:
    client = client_of(a_person(a_department(), "editor"))
    assert "调整日历" not in client.get(reverse("approvals:calendar")).content.decode()
    given = {"region": "540100", "off": "2026-02-15", "note": "x"}
    assert client.post(reverse("approvals:calendar_edit"), given).status_code == 200
    assert not queries.calendar_days(SYSTEM).exists()


def test_profiles_are_shown_and_loaded() -> None:
    acts.load_packaged_profiles(by=SYSTEM)
    client = client_of(a_person(None, "system_admin"))
    assert "政务数据共享条例" in client.get(reverse("approvals:profiles")).content.decode()
    page = client.get(reverse("approvals:profile", args=[queries.profile("2025-809").pk])).content.decode()
    assert "第二十一条" in page
    assert "有条件共享答复" in page
    assert client.get(reverse("approvals:profile_load")).status_code == 200


def test_an_extension_from_page_to_page() -> None:
    authority, provider = a_department("大数据局", governs=True), a_department()
    clock = acts.start_clock(subject=REQUEST, name="reply_conditional", department_id=provider.pk, received=MONDAY)
    head, officer = a_person(provider, "sharing_head"), a_person(authority, "authority", name="央金")
    place = reverse("approvals:clock", args=[clock.pk])
    assert client_of(head).get(place).status_code == 200
    assert client_of(head).post(place, {"days": 5, "reason": "数据量大"}).status_code == 303
    extension = queries.extensions(people.actor_of(head)).get()
    answer = reverse("approvals:extension", args=[extension.pk])
    stranger = client_of(a_person(a_department("气象局"), "sharing_head", name="次仁"))
    assert stranger.get(answer).status_code == 404
    assert stranger.get(place).status_code == 404
    assert "延期审批" in client_of(officer).get(reverse("inbox")).content.decode()
    assert client_of(officer).post(answer, {"verdict": "yes"}).status_code == 303
    clock.refresh_from_db()
    assert clock.extended == 5


def test_somebody_is_let_go_on_the_page() -> None:
    leaver = a_person(a_department(), "editor")
    place = reverse("approvals:let_go", args=[leaver.pk])
    assert client_of(leaver).get(place).status_code == 403
    admin = client_of(a_person(None, "system_admin", name="管理员"))
    assert admin.get(place).status_code == 200
    assert admin.post(place, {"reason": "调走", "to_post": "sharing_head"}).status_code == 303
    leaver.refresh_from_db()
    assert not leaver.is_active


def test_the_same_as_json() -> None:
    provider = a_department()
    clock = acts.start_clock(subject=REQUEST, name="delivery", department_id=provider.pk, received=MONDAY)
    acts.open_task(
        kind="exchange.review",
        department_id=provider.pk,
        post="sharing_head",
        subject=REQUEST,
        url_name="inbox",
        clock=clock,
    )
    client = client_of(a_person(provider, "sharing_head"))
    found = client.get("/api/approvals/tasks").json()
    assert found["count"] == 1
    assert found["items"][0]["subject_name"] == REQUEST.name
    assert client.get(f"/api/approvals/clocks/{clock.pk}").json()["days"] == 20
    assert client.get("/api/approvals/calendar").json() == {"items": [], "next": ""}
    assert client.get("/api/approvals/profiles").json()
    refused = client.post(
        f"/api/approvals/clocks/{clock.pk}/extensions", {"days": 3, "reason": "x"}, "application/json"
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "approvals.extension.none_in_profile"
