"""Every page a menu leads to, the first thing of each list, each tab of it: reachable, accessible, in its frame."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

from tests.journeys import told
from tests.journeys.portal import overflow, violations
from tests.journeys.screenshots import found_pages, log_in

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1200)]
WATCHED = ("police-office", "audit-admin")  # an office that decides, and one who sees all
HEAVIEST = 300_000  # bytes over the wire without fonts
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SEEN = ["color-contrast", "target-size", "scrollable-region-focusable"]  # what colours and width can change


@pytest.fixture
def people(transactional_db: None) -> Iterator[dict[str, str]]:
    yield dict(told.tell())
    told.forget()


class Scales:
    """What a page weighs over the wire: its parts compressed as the server in front does it; fonts apart."""

    def __init__(self, page: Page) -> None:
        self.known: dict[str, int] = {}
        self.parts: list[Response] = []
        page.on("response", lambda part: self.parts.append(part))

    def weight(self) -> int:
        whole = 0
        for part in self.parts:
            if part.request.resource_type == "font":
                continue
            if part.url not in self.known or part.request.resource_type == "document":
                try:
                    self.known[part.url] = len(gzip.compress(part.body()))
                except Error:  # an answer without a body, such as a redirection
                    self.known[part.url] = 0
            whole += self.known[part.url]
        self.parts.clear()
        return whole


@pytest.mark.parametrize("everybody", [False, pytest.param(True, marks=pytest.mark.full)])
def test_every_page_of_every_role(
    everybody: bool, people: dict[str, str], live_server: object, context: BrowserContext, page: Page
) -> None:
    """Chinese, light and dark, wide and on a phone; Tibetan on a phone, where words are longest.

    Two people see nearly every page between them and are walked each time; `make test-full` walks as everybody.
    """
    address, wrong = str(live_server), []
    looked: set[str] = set()
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if is_ours(said) else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    scales = Scales(page)
    for name in people if everybody else WATCHED:
        context.clear_cookies()
        page.set_viewport_size(WIDE)
        log_in(page, address, name, people[name])
        for title, link in found_pages(page, address).items():
            scales.parts.clear()
            response = page.goto(link)
            if response is None or response.status != (404 if title == "nothing-here" else 200):
                wrong.append(f"{name} {title}: {response.status if response else 'no answer'}")
                continue
            weight = scales.weight()
            assert weight > 10_000, f"{title}: the scales do not work"
            if weight > HEAVIEST:
                wrong.append(f"{name} {title}: {weight:,} bytes")
            found = violations(page) if title in looked else in_every_light(page)
            wrong += [f"{name} {title}: {one}" for one in found]
            looked.add(title)
            page.set_viewport_size(PHONE)
            context.add_cookies([{"name": "language", "value": "bo", "url": address}])
            page.goto(link)
            if overflow(page) > 0:
                wrong.append(f"{name} {title}: {overflow(page)} px too wide in Tibetan at 390")
            context.add_cookies([{"name": "language", "value": "zh-hans", "url": address}])
            page.set_viewport_size(WIDE)
    assert wrong == []
    assert len(looked) > 30


def in_every_light(page: Page) -> list[str]:
    """axe: everything on the wide light page, and again what dark colours or a narrow window can break."""
    found = [f"wide: {one}" for one in violations(page)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_timeout(200)  # colours that fade are half-way for so long
    found += [f"dark: {one}" for one in violations(page, SEEN)]
    page.set_viewport_size(PHONE)
    found += [f"phone: {one}" for one in violations(page, SEEN)]
    if overflow(page) > 0:
        found.append(f"{overflow(page)} px too wide at 390")
    page.emulate_media(color_scheme="light")
    return found


def is_ours(said: ConsoleMessage) -> bool:
    """Complaints of the browser but for the page that is meant to be missing."""
    return said.type == "error" and "404" not in said.text
