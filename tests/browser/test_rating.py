"""A rater on a phone: by the link to the last rating, over a network that goes away meanwhile."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from domain.ratings.models import Assignment, AssignmentState, Rating, RatingScore
from tests.browser import inspection, rating
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.rating import join
from tests.browser.scenes import DESK, PHONE
from tests.browser.website import Website
from tests.studies import make_design, make_wording

pytestmark = pytest.mark.xdist_group("browser-paths")

NUM_ITEMS = 10
DESIGN = make_design(
    criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0}, raters_per_item=20
)
LEVELS = {"title": "Kain dan makanan", "consent": "Anda ikut serta dengan sukarela."}


@pytest.fixture(scope="module")
def link(website: Website, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An open study of ten prompts with drawings that are really there."""
    folder = tmp_path_factory.mktemp("pictures")
    with website.session() as session:
        return rating.open_study(
            session, website.settings, folder, num_items=NUM_ITEMS, num_arms=1, design=DESIGN,
            wording=make_wording(DESIGN, id=LEVELS),
        )  # fmt: skip


@pytest.fixture
def phone(open_browser: OpenBrowser) -> BrowserContext:
    return open_browser(width=PHONE)


def rate(page: Page, level: int) -> None:
    """And see that the next one is there, whatever the network does."""
    token = page.locator("[data-rate]").get_attribute("data-token")
    page.check(f"input[name=correctness][value='{level}']")
    page.click("text=Save and next")
    expect(page.locator(f"[data-token='{token}']")).to_have_count(0)


def count_ratings(website: Website) -> int:
    with website.session() as session:
        return len(session.scalars(select(Rating)).all())


def test_ten_ratings_arrive_though_the_network_is_away_for_three_of_them(
    website: Website, phone: BrowserContext, link: str
) -> None:
    page = phone.new_page()
    join(page, link)
    expect(page.locator(".output img")).to_have_js_property("complete", True)  # noqa: FBT003 - its value
    for level in (1, 2, 3):
        rate(page, level)
        expect(page.locator("[data-rate-status]")).to_have_text("Saved")
    phone.set_offline(True)
    for level in (1, 1, 1):
        rate(page, level)
    expect(page.locator("[data-rate-status]")).to_contain_text("3 ratings are kept on this device")
    assert count_ratings(website) == 3
    phone.set_offline(False)
    page.reload()
    expect(page.locator("[data-rate-status]")).to_have_text("Saved")
    assert count_ratings(website) == 6
    for level in (2, 2, 3, 3):
        rate(page, level)
    page.wait_for_url("**/done")
    page.click("text=My work")
    page.locator(".mine a").first.click()
    page.check("input[name=correctness][value='1']")
    page.click("main button.button-primary")
    page.wait_for_url("**/done")
    check_rows(website)


def check_rows(website: Website) -> None:
    with website.session() as session:
        states = session.scalars(select(Assignment.state)).all()
        newest = session.scalars(
            select(Rating).where(
                Rating.id.not_in(
                    select(Rating.supersedes_id).where(Rating.supersedes_id.is_not(None))
                )
            )
        ).all()
        values = session.scalars(
            select(RatingScore.value).where(RatingScore.rating_id.in_([each.id for each in newest]))
        ).all()
        assert states == [AssignmentState.PRIMARY] * NUM_ITEMS
        assert len(newest) == NUM_ITEMS
        assert sorted(values) == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3]
        for each in newest:
            assert each.client_at is not None
            assert abs((each.created_at - each.client_at).total_seconds()) < 60
            assert each.active_ms > 0


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_page_holds_at_both_widths(
    open_browser: OpenBrowser, link: str, screenshots: Path, width: int, language: str
) -> None:
    page = open_browser(width=width, language=language).new_page()
    watch = Watch(page)
    page.goto(link)
    _look(page, watch, screenshots, f"rate-invite-{language}-{width}")
    page.check("input[name=consent]")
    page.click("main button[type=submit]")
    _look(page, watch, screenshots, f"rate-about-you-{language}-{width}")
    page.select_option("select[name=country]", "ID")
    page.click("main button[type=submit]")
    _look(page, watch, screenshots, f"rate-guide-{language}-{width}")
    page.click("main a.button")
    _look(page, watch, screenshots, f"rate-work-{language}-{width}")
    page.click("summary")
    _look(page, watch, screenshots, f"rate-cannot-judge-{language}-{width}")
    page.goto(re.sub(r"/work$", "/mine", page.url))
    _look(page, watch, screenshots, f"rate-mine-{language}-{width}")


def _look(page: Page, watch: Watch, folder: Path, name: str) -> None:
    page.wait_for_load_state()
    inspection.check(page, watch)
    inspection.take_screenshot(page, folder, name)


def test_without_scripts_the_same_forms_are_posted_plainly(
    open_browser: OpenBrowser, link: str
) -> None:
    page = open_browser(width=PHONE, scripts=False).new_page()
    join(page, link)
    first = page.locator(".rate-form").get_attribute("action")
    page.check("input[name=correctness][value='2']")
    page.click("text=Save and next")
    page.wait_for_url("**/work")

    assert page.locator(".rate-form").get_attribute("action") != first


def test_a_keyboard_is_enough(open_browser: OpenBrowser, link: str) -> None:
    page = open_browser().new_page()
    join(page, link)
    token = page.locator("[data-rate]").get_attribute("data-token")
    page.locator("input[name=correctness]").first.focus()
    page.keyboard.press("3")
    expect(page.locator("input[name=correctness][value='3']")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-token='{token}']")).to_have_count(0)
