"""What studies found, in a real browser: charts that a keyboard reaches and a phone can read, and
the same numbers as tables, without scripts too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.users.models import Role, User
from domain.users.person import Person
from tests.browser import finding, inspection
from tests.browser.conftest import OpenBrowser
from tests.browser.finding import Found
from tests.browser.inspection import Watch
from tests.browser.scenes import DESK, PHONE
from tests.browser.website import Website
from tests.factories import make_user

pytestmark = pytest.mark.xdist_group("browser-paths")


@dataclass(frozen=True)
class Shelf:
    user: User
    found: Found


@pytest.fixture(scope="module")
def shelf(website: Website, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("results")
    with website.session() as session:
        user = make_user(session, role=Role.ADMIN, name="Dewi Anggraini")
        return Shelf(user, finding.fill(session, website.settings, folder, Person.of(user)))


@dataclass(frozen=True)
class Look:
    name: str
    address: Callable[[Found], str]
    act: Callable[[Page], object] | None = None


def open_frontier(page: Page) -> None:
    """All tables at once would be too tall for one picture."""
    for summary in page.locator("section[aria-labelledby=frontier-title] summary").all():
        summary.click()


LOOKS = (
    Look("results", lambda found: f"{found.closed}/results"),
    Look(
        "results-tables",
        lambda found: f"{found.closed}/results?with_paper=true&alpha=0.8",
        open_frontier,
    ),
    Look("results-report", lambda found: f"{found.closed}/report"),
    Look("results-pair", lambda found: f"{found.pair}/results"),
    Look("results-pair-report", lambda found: f"{found.pair}/report"),
    Look("results-sealed", lambda found: f"{found.open}/results"),
    Look("results-sealed-report", lambda found: f"{found.open}/report"),
    Look("results-home", lambda _: "/"),
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


def test_a_keyboard_reaches_every_chart_and_opens_its_table(
    open_browser: OpenBrowser, shelf: Shelf
) -> None:
    page = open_browser(shelf.user, width=PHONE).new_page()
    page.goto(f"{shelf.found.closed}/results")
    charts = page.locator(".chart-drawing")
    names = charts.evaluate_all("all => all.map((each) => each.ariaLabel)")
    reached = []
    while len(reached) < len(names):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.matches('.chart-drawing, body')")
        if not focused:
            continue
        assert not page.evaluate("document.activeElement === document.body"), reached
        reached.append(page.evaluate("document.activeElement.ariaLabel"))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        figure = page.locator(".chart", has=page.locator("summary:focus")).first
        expect(figure.locator("table")).to_be_visible()

    assert reached == names


def test_on_a_phone_a_wide_chart_scrolls_within_itself(
    open_browser: OpenBrowser, shelf: Shelf
) -> None:
    page = open_browser(shelf.user, width=PHONE).new_page()
    page.goto(f"{shelf.found.closed}/results")
    chart = page.locator(".chart-drawing").first
    chart.focus()
    page.keyboard.press("ArrowRight")

    expect(chart).not_to_have_js_property("scrollLeft", 0)
    assert page.evaluate("scrollX") == 0


def test_the_way_from_the_results_to_another_weight_and_the_report_needs_no_scripts(
    open_browser: OpenBrowser, shelf: Shelf
) -> None:
    page = open_browser(shelf.user, width=PHONE, scripts=False).new_page()
    page.goto(f"{shelf.found.closed}/results")
    page.click("summary:has-text('beside which benchmark')")
    page.check("input[name=with_paper]")
    page.select_option("select[name=sort]", "mean")
    page.click("details[open] form button[type=submit]")
    expect(page.locator("main")).to_contain_text("the paper: ")
    page.fill("input[name=alpha]", "0.8")
    page.click("form:has(input[name=alpha]) button[type=submit]")
    expect(page.locator("main")).to_contain_text("the paper: ")
    expect(page.locator("input[name=alpha]")).to_have_value("0.8")
    page.click("a[href*='/report?']")
    expect(page.locator("h1")).to_have_text("Agreement report")
    page.locator(".chart summary").first.click()
    expect(page.locator(".chart table").first).to_be_visible()
