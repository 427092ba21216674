"""A real browser at the real web, over committed rows.

One website per process of pytest, emptied for each module; one browser per module: Playwright
keeps an event loop in the main thread while it runs, which other tests must not find there.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cli.embedded import temporary
from cli.machine import checks
from domain.users.models import User
from tests.browser.website import Website

ARGUMENTS = [
    "--no-sandbox",  # tests run as root in containers; the only pages opened are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=2",
]
_PATIENCE_MS = 15_000
_PHONES_UP_TO = 600
_HEIGHT = 860


@pytest.fixture(scope="session")
def _website(
    make_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Website]:
    with ExitStack() as stack:
        given = os.environ.get("GGEZ_REDIS_URL")
        redis_url = given or stack.enter_context(temporary.running_redis())
        folder = tmp_path_factory.mktemp("website")
        made = Website(folder, database_url=make_database(), redis_url=redis_url)
        yield stack.enter_context(made)


@pytest.fixture(scope="module")
def website(_website: Website) -> Website:
    """With nobody and nothing in it."""
    _website.clear()
    return _website


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = checks.find_chromium()
    if found is None:
        pytest.fail("There is no Chromium. Install it: apt-get install chromium.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def open_browser(browser: Browser, website: Website) -> Iterator[OpenBrowser]:
    """`open_browser(user, width=360, language="id")`: a window of its own, signed in as somebody
    or as nobody.
    """
    with ExitStack() as opened:

        def open_one(
            user: User | None = None,
            *,
            width: int = 1440,
            language: str = "en",
            theme: Any = "light",
            scripts: bool = True,
        ) -> BrowserContext:
            context = browser.new_context(
                base_url=website.base_url,
                viewport={"width": width, "height": _HEIGHT},
                color_scheme=theme,
                has_touch=width < _PHONES_UP_TO,
                is_mobile=width < _PHONES_UP_TO,
                java_script_enabled=scripts,
                timezone_id="Asia/Jakarta",
                reduced_motion="reduce",
            )
            opened.callback(context.close)
            context.set_default_timeout(_PATIENCE_MS)
            cookies: list[Any] = [{"name": "language", "value": language, "url": website.base_url}]
            if user is not None:
                cookies.append(website.make_cookie(user))
            context.add_cookies(cookies)
            return context

        yield open_one


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    """Nobody's, on a wide screen."""
    return open_browser().new_page()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(__file__).parents[2] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
