"""Numbers of a list as chips: with the keyboard, said aloud, and as plain lines without scripts."""

import pytest
from playwright.sync_api import Page, expect

from domain.users.models import User
from tests import factories
from tests.browser.conftest import OpenBrowser
from tests.browser.website import Website

pytestmark = pytest.mark.xdist_group("browser-paths")

ADDRESS = "/jobs/new/model.merge"


@pytest.fixture(scope="module")
def researcher(website: Website) -> User:
    with website.session() as session:
        factories.make_variant(session, name="World")
        factories.make_variant(session, name="Region")
        return factories.make_user(session, name="Dewi Anggraini")


def expect_chips(page: Page, *numbers: str) -> None:
    """Waits for the script, which makes them of the lines."""
    chips = page.locator(".chip")
    expect(chips).to_have_count(len(numbers))
    assert chips.all_inner_texts() == list(numbers)


def test_numbers_are_added_and_taken_away_with_the_keyboard_and_sent_as_they_stand(
    researcher: User, open_browser: OpenBrowser
) -> None:
    page = open_browser(researcher).new_page()
    page.goto(ADDRESS)
    field = page.get_by_label("Betas", exact=False).first
    expect(field).to_have_attribute("id", "field-betas")
    expect_chips(page, "0.25", "0.5", "0.75", "1")

    field.focus()
    page.keyboard.type("0.1")
    page.keyboard.press("Enter")
    page.keyboard.type("0.50, 0.9 ")  # one of them is there already
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.partition('/jobs')[0]}{ADDRESS}")
    expect_chips(page, "0.25", "0.5", "0.75", "1", "0.1", "0.9")
    expect(page.locator("[role=status]", has_text="0.9 is added.")).to_have_count(1)

    page.get_by_role("button", name="Take 0.75 away").focus()
    page.keyboard.press("Enter")
    expect_chips(page, "0.25", "0.5", "1", "0.1", "0.9")
    # The focus stays in the list: at the chip that took the place of the one that went.
    expect(page.get_by_role("button", name="Take 1 away")).to_be_focused()

    field.focus()
    page.keyboard.press("Backspace")
    page.keyboard.type("half")
    page.keyboard.press("Enter")
    assert field.evaluate("field => field.validationMessage") == "half is not a number."
    field.fill("1.5")
    page.select_option("#field-base", "World")
    page.select_option("#field-tuned", "Region")
    page.click("#launch button[type=submit]")
    # What the server says is beside the field, which is chips again.
    expect(page.locator(".field-error, [data-error-summary]").first).to_contain_text("1.5")
    expect_chips(page, "0.25", "0.5", "1", "0.1", "1.5")


def test_without_scripts_they_are_lines(researcher: User, open_browser: OpenBrowser) -> None:
    page = open_browser(researcher, scripts=False).new_page()
    page.goto(ADDRESS)
    expect(page.locator("textarea#field-betas")).to_have_value("0.25\n0.5\n0.75\n1")
    expect(page.get_by_text("One per line.").first).to_be_visible()
    assert page.locator(".chip").count() == 0
