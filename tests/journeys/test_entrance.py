"""The shell, home, inbox, search and error pages as people meet them, in three languages and two widths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.portal import LANGUAGES, Portal, overflow, violations
from zampa.identity.tests.cast import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
OWN_PAGES = ("/", "/inbox/", "/search/?q=公安", "/search/", "/nothing-here/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_entrance_is_accessible_quiet_and_fits(portal: Portal, page: Page, language: str) -> None:
    """axe finds nothing, the browser complains of nothing (policy, missing files), nothing hangs over the edge."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda sent: complaints.append(sent.url) if not sent.url.startswith(portal.address) else None)
    page.goto(f"{portal.address}/account/login/")
    assert violations(page) == []
    portal.log_in(page, portal.head, language)
    for path in OWN_PAGES:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(portal.address + path)
            assert violations(page) == [], f"{path} at {width}"
            assert overflow(page) <= 0, f"{path} at {width}"
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_both_readable(portal: Portal, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    portal.log_in(page, portal.head)
    assert violations(page) == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in re.findall(r"\d+", paper)[:3]) < 200) == (scheme == "dark")
    context.close()


def test_a_choice_of_dark_is_kept(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.head)
    page.click("details.menu > summary")
    page.click("button[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{portal.address}/inbox/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_language_changes_in_place(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.head)
    page.goto(f"{portal.address}/inbox/")
    page.click("button[name=language][value=bo]")
    expect(page.locator("html")).to_have_attribute("lang", "bo")
    assert page.url == f"{portal.address}/inbox/"
    face = page.evaluate("document.fonts.check('18px \"Noto Serif Tibetan\"', 'ཟམ་པ')")
    assert face
    page.click("button[name=language][value=en]")
    expect(page.locator("h1")).to_have_text("Inbox")


def test_inbox_goes_by_clock_and_says_what_is_late(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.head)
    page.goto(f"{portal.address}/inbox/")
    rows = page.locator(".inboxlist li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("税务局")
    expect(rows.nth(0).locator(".late")).to_contain_text("超期")
    expect(rows.nth(1)).to_contain_text("还剩")
    expect(page.locator(".topbar .inbox .count")).to_have_text("3")


def test_the_inbox_of_another_department_is_empty(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.editor)
    page.goto(f"{portal.address}/inbox/")
    expect(page.locator(".inboxlist")).to_have_count(0)
    expect(page.locator(".empty")).to_be_visible()


def test_slash_leads_to_the_search_box_and_search_finds(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.head)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("公安")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text("公安厅")
    page.goto(f"{portal.address}/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.locator("#search")).to_have_value("<script>alert(1)</script>")


def test_everything_works_without_javascript(portal: Portal, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    portal.log_in(page, portal.system_admin)
    page.goto(f"{portal.address}/identity/people/")
    page.fill(".filters input[name=q]", "旺堆")
    page.click(".filters button")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    assert "q=" in page.url
    page.click("details.menu > summary")
    page.click("form[action='/account/logout/'] button")
    page.goto(f"{portal.address}/inbox/")
    assert "/account/login/" in page.url
    context.close()


def test_list_filters_swap_in_place_and_the_address_follows(portal: Portal, page: Page) -> None:
    portal.log_in(page, portal.system_admin)
    page.goto(f"{portal.address}/identity/people/")
    box = page.locator(".filters input[name=q]")
    box.click()
    box.press_sequentially("旺堆", delay=20)
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile("q=%E6%97%BA%E5%A0%86"))
    page.reload()
    expect(page.locator("table.list tbody tr")).to_have_count(1)


def test_a_wrong_password_is_told_beside_the_form(portal: Portal, page: Page) -> None:
    page.goto(f"{portal.address}/account/login/")
    page.fill("input[name=login]", portal.head.username)
    page.fill("input[name=password]", PASSWORD + "x")
    page.click("main button.btn-primary")
    expect(page.locator("main")).to_contain_text("账号或密码不正确")
    assert page.input_value("input[name=login]") == portal.head.username
    assert violations(page) == []
