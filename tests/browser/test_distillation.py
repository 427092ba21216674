"""Encoders and ways to distil them, in a real browser: charts that a keyboard reaches and a phone
can read, and the same numbers as tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.users.models import Role, User
from tests.browser import encoders, inspection
from tests.browser.conftest import OpenBrowser
from tests.browser.encoders import Encoded
from tests.browser.inspection import Watch
from tests.browser.scenes import DESK, PHONE
from tests.browser.website import Website
from tests.factories import make_user

pytestmark = pytest.mark.xdist_group("browser-paths")


@dataclass(frozen=True)
class Shelf:
    user: User
    found: Encoded


@pytest.fixture(scope="module")
def shelf(website: Website, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    with website.session() as session:
        user = make_user(session, role=Role.ADMIN, name="Dewi Anggraini")
        return Shelf(user, encoders.fill(session, tmp_path_factory.mktemp("distillation")))


@dataclass(frozen=True)
class Look:
    name: str
    address: Callable[[Encoded], str]
    act: Callable[[Page], object] | None = None


def open_all(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


LOOKS = (
    Look("distillation", lambda found: found.study),
    Look("distillation-open", lambda found: found.short, open_all),
    Look("distillation-new", lambda _: "/distillation/new"),
    Look("distillation-job", lambda found: found.job),
    Look("encoder", lambda found: found.variant),
    Look("student", lambda found: found.student),
    Look("comparisons-of-encoders", lambda _: "/comparisons"),
    Look("frontier", lambda found: found.frontier),
    Look("benchmark-dataset", lambda found: found.benchmark, open_all),
)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("id", "dark")])
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_holds_at_both_widths(
    open_browser: OpenBrowser,
    shelf: Shelf,
    screenshots: Path,
    look: Look,
    width: int,
    language: str,
    theme: str,
) -> None:
    page = open_browser(shelf.user, width=width, language=language, theme=theme).new_page()
    watch = Watch(page)
    page.goto(look.address(shelf.found), wait_until="load")
    if look.act is not None:
        look.act(page)
    inspection.settle(page)
    inspection.take_screenshot(page, screenshots, f"{look.name}-{width}-{language}-{theme}")
    inspection.check(page, watch)
    assert page.locator("main .button-primary:visible").count() <= 1


def test_the_keyboard_reaches_charts_and_tables(open_browser: OpenBrowser, shelf: Shelf) -> None:
    page = open_browser(shelf.user, width=DESK).new_page()
    page.goto(shelf.found.short, wait_until="load")
    chart = page.locator(".chart-drawing").first
    for _ in range(100):
        page.keyboard.press("Tab")
        if chart.evaluate("element => element === document.activeElement"):
            break
    expect(chart).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("figure.chart details[open] table").first.is_visible()
