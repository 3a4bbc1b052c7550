"""The entrance's pages, error pages and probes, asked by Django's test client."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.urls import NoReverseMatch, include, path, reverse

from zampa.desk.pages import ErrorPages
from zampa.entrance import panels
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid, Unavailable
from zampa.identity.tests.cast import a_department, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(
        a_person(a_department("公安厅"), "editor"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.mark.parametrize("name", ["home", "inbox", "search"])
def test_pages_ask_for_log_in_and_come_back(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login")) and "next=" in response["Location"]


def test_home_asks_the_database_a_bounded_number_of_questions(
    clerk: Client, django_assert_max_num_queries: object
) -> None:
    clerk.get("/")
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        assert clerk.get("/").status_code == 200


@pytest.mark.parametrize("error", [NotAllowed, NotFound, NotValid, Conflict, Unavailable])
def test_the_five_errors_become_pages_with_their_reason(error: type[Exception]) -> None:
    request = RequestFactory().get("/")
    response = ErrorPages(lambda _request: None).process_exception(request, error("entrance.not_found"))
    assert response is not None and response.status_code == error.status
    assert "没有找到，或者不对您开放。" in response.content.decode()


def test_faults_are_listed_on_the_error_page() -> None:
    faults = [Fault("B7", "desk.signed_out"), Fault("B8", "entrance.keys.locked")]
    request = RequestFactory().get("/")
    response = ErrorPages(lambda _request: None).process_exception(request, NotValid("x.y", faults=faults))
    assert response is not None
    assert "请先登录。" in response.content.decode() and "密钥尚未解锁" in response.content.decode()


def test_other_errors_are_left_to_django() -> None:
    assert ErrorPages(lambda _request: None).process_exception(RequestFactory().get("/"), KeyError("x")) is None


def test_unknown_addresses_and_expired_forms_have_our_pages(clerk: Client) -> None:
    assert "没有找到" in clerk.get("/nothing-here/").content.decode()
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("theme"), {"theme": "dark"})
    assert response.status_code == 403 and "页面已过期" in response.content.decode()


def test_the_page_of_a_broken_server_asks_the_database_nothing(django_assert_num_queries: object) -> None:
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=__name__), django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/boom/")
    assert response.status_code == 500 and "系统内部出错" in response.content.decode()


def test_pages_carry_a_policy_without_inline_script_or_style(clerk: Client) -> None:
    response = clerk.get("/")
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "default-src 'self'" in policy
    html = response.content.decode()
    assert " style=" not in html and "<style" not in html and "<script>" not in html and " onclick=" not in html


def test_theme_is_kept_and_never_leads_elsewhere(client: Client) -> None:
    response = client.post(reverse("theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response.status_code == 303 and response["Location"] == "/"
    assert response.cookies["theme"].value == "dark"
    assert "theme" not in client.post(reverse("theme"), {"theme": "<script>"}).cookies
    assert client.get(reverse("theme")).status_code == 405


@pytest.mark.parametrize(("language", "html"), [("zh-hans", "zh-CN"), ("bo", "bo"), ("en", "en")])
def test_the_page_says_its_language(clerk: Client, language: str, html: str) -> None:
    clerk.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert f'<html lang="{html}"' in clerk.get("/").content.decode()


def test_probes(client: Client, tmp_path: object) -> None:
    assert client.get("/healthz").content == b"ok\n"
    with override_settings(ZAMPA_MASTER_KEY_FILE="/nowhere/master"):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content) == {"ready": False, "reasons": ["entrance.keys.locked"]}


def test_every_menu_entry_and_slot_leads_somewhere(clerk: Client) -> None:
    lost = []
    for entry in [entry for section in panels.MENU for entry in section.entries] + list(panels.OWN):
        try:
            reverse(entry.url_name)
        except NoReverseMatch:
            lost.append(entry.url_name)
    assert lost == []
    assert "trail" in panels.SLOTS


def test_search_ignores_what_is_not_mine(clerk: Client) -> None:
    a_department("民政厅")
    page = clerk.get("/search/", {"q": "民政"}).content.decode()
    assert "民政厅" in page
    assert "没有找到" in clerk.get("/search/", {"q": "没有这种东西"}).content.decode()


def boom(request: object) -> None:
    raise RuntimeError("on purpose")


handler500 = "zampa.entrance.pages.broken"
urlpatterns = [path("boom/", boom), path("", include("zampa.entrance.urls"))]
