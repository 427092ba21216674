"""Everything that a mouse can do, done with the keyboard alone; and focus is always to be seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from domain.jobs import queries
from domain.jobs.models import JobState
from domain.users.models import User
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.system.system_check import SystemCheck
from tests import factories
from tests.browser.conftest import OpenBrowser
from tests.browser.website import Website

pytestmark = pytest.mark.xdist_group("browser-paths")

PASSWORD = "a long enough password"
_MAX_STEPS = 60
_FOCUSED = """
() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
  return { outlineStyle, outlineWidth, boxShadow };
}
"""


@pytest.fixture(scope="module")
def admin(website: Website) -> User:
    with website.session() as session:
        return factories.make_user(
            session, role="admin", name="Rani", email="rani@example.org", password=PASSWORD
        )


@pytest.fixture
def signed_in(admin: User, open_browser: OpenBrowser) -> Page:
    return open_browser(admin).new_page()


def walk_to(page: Page, selector: str) -> None:
    """Tab until the element has the focus. Each step on the way can be seen."""
    target = page.locator(selector).first
    for _ in range(_MAX_STEPS):
        if target.evaluate("target => target === document.activeElement"):
            return
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # the browser's own bars
        look = page.evaluate(_FOCUSED)
        assert look["outlineStyle"] != "none", page.evaluate("document.activeElement.outerHTML")
        assert float(look["outlineWidth"].removesuffix("px")) >= 2
    raise AssertionError(f"{selector} is not reached by {_MAX_STEPS} presses of Tab.")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    walk_to(page, selector)
    page.keyboard.press(key)


def test_signs_in_with_a_password(page: Page, admin: User) -> None:
    page.goto("/jobs")
    expect(page).to_have_url(re.compile("/sign-in"))
    walk_to(page, "#field-email")
    page.keyboard.type(admin.email)
    walk_to(page, "#field-password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Jobs")


def test_first_stop_skips_to_the_content(signed_in: Page) -> None:
    signed_in.goto("/jobs")
    signed_in.keyboard.press("Tab")
    expect(signed_in.locator(".skip-link")).to_be_focused()
    expect(signed_in.locator(".skip-link")).to_be_in_viewport()
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("main")).to_be_focused()
    signed_in.keyboard.press("Tab")
    assert signed_in.evaluate("document.activeElement.closest('main') !== null")


def test_launches_a_job_and_cancels_it_in_a_dialog(signed_in: Page, website: Website) -> None:
    page = signed_in
    page.goto("/jobs")
    press(page, "a[href='/jobs/new']")
    press(page, "a[href='/jobs/new/system.check']")
    walk_to(page, "#field-repeats")
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    press(page, "#launch button[type=submit]")
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}$"))
    expect(page.locator("#job-live")).to_contain_text("Queued")

    press(page, "#job-controls [data-opens]")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    for _ in range(6):  # round and round: the page behind is out of reach
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#job-controls [data-opens]")).to_be_focused()

    page.keyboard.press("Enter")
    press(page, "dialog[open] button[type=submit]")
    expect(page.locator("#job-live")).to_contain_text("Cancelled")
    with website.session() as session:
        (job,) = queries.list_jobs(session, kinds=[SystemCheck.kind])
        assert job.state == JobState.CANCELLED
        assert job.spec["repeats"] == 7


def test_changes_the_order_of_the_queue(signed_in: Page, website: Website) -> None:
    page = signed_in
    with website.session() as session:
        for name in ("Ikat", "Ulos", "Tapis"):
            spec = DatasetImport(name=name, source="somewhere", licence="CC0-1.0")
            last = factories.make_job(session, spec=spec)
    page.goto("/jobs/queue")
    rows = page.locator("#queues tbody th")
    expect(rows).to_contain_text(["Ikat", "Ulos", "Tapis"])
    press(page, f"#up-{last.id}")
    expect(rows).to_contain_text(["Ikat", "Tapis", "Ulos"])
    # The focus stays with the button, so that the next press goes on.
    expect(page.locator(f"#up-{last.id}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_contain_text(["Tapis", "Ikat", "Ulos"])
    page.reload()
    expect(rows).to_contain_text(["Tapis", "Ikat", "Ulos"])


def test_adds_a_person_and_copies_the_link(signed_in: Page, website: Website) -> None:
    page = signed_in
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/people")
    press(page, "a[href='/people/new']")
    walk_to(page, "#field-email")
    page.keyboard.type("budi@example.org")
    walk_to(page, "#field-name")
    page.keyboard.type("Budi")
    walk_to(page, "[name=role]:checked")
    page.keyboard.press("ArrowDown")
    press(page, "main button[type=submit]")
    press(page, ".secret .copy")
    expect(page.locator(".secret .copy")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{website.base_url}/sign-in/")
    press(page, "main a.button")
    expect(page.locator("h1")).to_have_text("Budi")
    expect(page.locator(".facts")).to_contain_text("Researcher")


def test_switches_the_language_and_the_colours(signed_in: Page) -> None:
    page = signed_in
    page.goto("/jobs?state=lost")
    press(page, ".site-footer [value=id]")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("h1")).to_have_text("Pekerjaan")
    expect(page).to_have_url(re.compile(r"/jobs\?state=lost$"))
    press(page, "[data-theme-switch] [value=dark]", key="Space")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_opens_the_menu_on_a_small_screen(admin: User, open_browser: OpenBrowser) -> None:
    page = open_browser(admin, width=360).new_page()
    page.goto("/")
    press(page, ".site-menu-button")
    expect(page.locator(".site-menu")).to_be_visible()
    press(page, ".site-menu a[href='/datasets']")
    expect(page.locator("h1")).to_have_text("Data")


def test_a_wrong_form_says_so_where_the_focus_is(signed_in: Page) -> None:
    page = signed_in
    page.goto("/jobs/new/system.check")
    walk_to(page, "#field-disk_mb")
    page.keyboard.press("Control+A")
    page.keyboard.type("5000")
    page.eval_on_selector("#launch", "form => { form.noValidate = true; }")
    page.keyboard.press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    press(page, "[data-error-summary] a")
    expect(page.locator("#field-disk_mb")).to_be_focused()
    expect(page.locator("#field-disk_mb")).to_have_attribute("aria-invalid", "true")
