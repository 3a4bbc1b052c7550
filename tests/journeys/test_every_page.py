"""Every page a menu leads to, the first thing of each list, each tab of it: reachable, accessible, in its frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys import told
from tests.journeys.portal import overflow, violations
from tests.journeys.screenshots import found_pages, log_in

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
WATCHED = ("police-office", "audit-admin")  # an office that decides, and one who sees all


@pytest.fixture
def people(transactional_db: None) -> Iterator[dict[str, str]]:
    yield dict(told.tell())
    told.forget()


def test_every_page_of_every_role(
    people: dict[str, str], live_server: object, context: BrowserContext, page: Page
) -> None:
    """Chinese wide for axe; Tibetan narrow, where words are longest, for the frame."""
    address, wrong = str(live_server), []
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if is_ours(message.text) else None)
    for name in WATCHED:
        context.clear_cookies()
        page.set_viewport_size({"width": 1280, "height": 900})
        log_in(page, address, name, people[name])
        for title, link in found_pages(page, address).items():
            response = page.goto(link)
            if response is None or response.status != (404 if title == "nothing-here" else 200):
                wrong.append(f"{name} {title}: {response.status if response else 'no answer'}")
                continue
            wrong += [f"{name} {title}: {found}" for found in violations(page)]
            context.add_cookies([{"name": "language", "value": "bo", "url": address}])
            page.set_viewport_size({"width": 390, "height": 844})
            page.goto(link)
            if overflow(page) > 0:
                wrong.append(f"{name} {title}: {overflow(page)} px too wide in Tibetan at 390")
            page.set_viewport_size({"width": 1280, "height": 900})
            context.add_cookies([{"name": "language", "value": "zh-hans", "url": address}])
    assert wrong == []


def is_ours(text: str) -> bool:
    """Complaints of the browser but for the page that is meant to be missing."""
    return "Content Security Policy" in text or "Uncaught" in text
