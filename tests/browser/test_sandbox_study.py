"""The study that comes along, on a phone and in every language: from its first page to what is said
after the first practice.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from domain.users.models import Role
from reports.language import LANGUAGES
from sandbox.study import bringing, content
from tests.browser import inspection, rating
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.scenes import PHONE
from tests.browser.website import Website
from tests.factories import make_user

pytestmark = pytest.mark.xdist_group("browser-paths")


@pytest.fixture(scope="module", autouse=True)
def _study(website: Website) -> None:
    with website.session() as session:
        assert len(bringing.bring_all(session, website.settings)) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_and_practised_on_in_every_language(
    open_browser: OpenBrowser, website: Website, screenshots: Path, language: str
) -> None:
    with website.session() as session:
        user = make_user(session, role=Role.ANNOTATOR)
    page = open_browser(user, width=PHONE, language=language).new_page()
    watch = Watch(page)
    words = content.read_words("pictures", language)

    def look(name: str) -> None:
        inspection.settle(page)
        inspection.take_screenshot(page, screenshots, f"sandbox-study-{name}-{language}")
        inspection.check(page, watch)
        assert inspection.find_clipped_text(page) == []

    page.goto("/sandbox-study")
    expect(page.locator("h1")).to_have_text(words["title"])
    look("invite")
    rating.come_to_guide(page, "/sandbox-study")
    expect(page.locator("main")).to_contain_text("kawung")
    look("guide")
    page.click("main a.button")
    page.wait_for_url("**/practice")
    for name in ("correctness", "naturalness"):
        page.check(f"input[name={name}][value='2']")
    look("practice")
    page.click(".rate-actions .button-primary")
    page.wait_for_url("**/practice/*")
    said = page.locator("main").text_content() or ""
    assert any(" ".join(each.split()) in said for each in words["explanations"].values())
    look("explanation")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_rated_in_every_language(
    open_browser: OpenBrowser, website: Website, screenshots: Path, language: str
) -> None:
    with website.session() as session:
        user = make_user(session, role=Role.ANNOTATOR)
    page = open_browser(user, width=PHONE, language=language).new_page()
    watch = Watch(page)
    words = content.read_words("answers", language)

    def look(name: str) -> None:
        inspection.settle(page)
        inspection.take_screenshot(page, screenshots, f"sandbox-answers-{name}-{language}")
        inspection.check(page, watch)
        assert inspection.find_clipped_text(page) == []

    rating.come_to_guide(page, "/sandbox-study/answers")
    expect(page.locator("main")).to_contain_text("cotton / katun")
    look("guide")
    page.click("main a.button")
    page.wait_for_url("**/practice")
    asked = page.locator("main").text_content() or ""
    assert any(text in asked for text in words["prompts"].values())
    for name in ("correctness", "naturalness"):
        page.check(f"input[name={name}][value='2']")
    look("practice")
    page.click(".rate-actions .button-primary")
    page.wait_for_url("**/practice/*")
    look("explanation")
