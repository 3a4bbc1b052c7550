"""Pictures of every page into build/screenshots: `make screenshots`.

Fills a portal of its own with the demo's story and walks it as its people, in Chinese, Tibetan and English, at 390,
1280 and 1920 pixels. With ZAMPA_SCREENSHOTS_URL it walks a running portal instead, as the people in
ZAMPA_SCREENSHOTS_PEOPLE ("name:password,name:password"), such as the one `make demo` leaves.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import told
from tests.journeys.portal import LANGUAGES

FOLDER = Path(__file__).resolve().parents[2] / "build" / "screenshots"
WIDTHS = {390: 844, 1280: 900, 1920: 1080}
RUNNING = os.environ.get("ZAMPA_SCREENSHOTS_URL", "").rstrip("/")
ENTRANCE = ("/", "/inbox/", "/search/?q=a", "/nothing-here/")


def log_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button.btn-primary")
    page.wait_for_url(f"{address}/")


def found_pages(page: Page, address: str) -> dict[str, str]:
    """Name -> address: the entrance's, every list of the menus, the first thing of each list, each tab of it."""
    names = {path.strip("/").split("?")[0] or "home": address + path for path in ENTRANCE}
    page.goto(address)
    links = page.eval_on_selector_all(".side a, .menu-box a", "all => all.map(a => a.href)")
    for link in links:
        name = link.removeprefix(address).strip("/").replace("/", "-")
        names[name] = link
        page.goto(link)
        for selector, kind in (("table.list td.lead a", "one"), (".head .acts a.btn-primary", "new")):
            first = page.locator(selector)
            if first.count():
                names[f"{name}-{kind}"] = str(first.first.evaluate("a => a.href"))
    for name, link in list(names.items()):
        if name.endswith("-one"):
            page.goto(link)
            for number, tab in enumerate(page.eval_on_selector_all(".tabs a:not(.on)", "all => all.map(a => a.href)")):
                names[f"{name}-tab{number + 1}"] = tab
    return {name: link for name, link in names.items() if link.startswith(address)}


def walk(browser: Browser, address: str, name: str, password: str) -> int:
    """All pictures of one person; returns how many."""
    count = 0
    for language in LANGUAGES:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        log_in(page, address, name, password)
        for title, link in found_pages(page, address).items():
            page.goto(link)
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                target = FOLDER / name / language / f"{title}-{width}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=target, full_page=True)
                count += 1
        context.close()
    return count


pytestmark = pytest.mark.timeout(3600)


def pictures(browser: Browser, address: str, people: list[tuple[str, str]]) -> None:
    taken = sum(walk(browser, address, name, password) for name, password in people)
    assert taken
    sys.stderr.write(f"\n{taken} pictures in {FOLDER}\n")


@pytest.mark.skipif(not RUNNING, reason="no ZAMPA_SCREENSHOTS_URL: the portal of the story is walked")
def test_pictures_of_a_running_portal(browser: Browser) -> None:
    pairs = (pair.partition(":") for pair in os.environ["ZAMPA_SCREENSHOTS_PEOPLE"].split(","))
    pictures(browser, RUNNING, [(name, password) for name, _, password in pairs])


@pytest.mark.skipif(bool(RUNNING), reason="ZAMPA_SCREENSHOTS_URL names a running portal")
def test_pictures_of_the_story(transactional_db: None, live_server: object, browser: Browser) -> None:
    try:
        pictures(browser, str(live_server), told.tell())
    finally:
        told.forget()
