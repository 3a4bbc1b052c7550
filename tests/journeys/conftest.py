"""A real browser on the real portal: Debian's Chromium, Django's live server, people who log in by the form."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.portal import Portal
from zampa.entrance import assets, texts

CHROMIUM = Path("/usr/bin/chromium")
# The browser's driver keeps an event loop in this thread; the database calls of the tests are safe beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium: the journeys need Debian's package chromium")
    if not (assets.BUILT / "icons.svg").exists():
        if not assets.MODULES.is_dir():
            pytest.skip("no node_modules: `make setup` fetches the front-end packages")
        assets.build()
    texts.compile_all()
    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def portal(transactional_db: None, live_server: object) -> Portal:
    """Two departments, their people, and what waits for them."""
    return Portal.filled(str(live_server))
