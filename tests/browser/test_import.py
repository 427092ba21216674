"""From a file on somebody's desk to pictures on a page, with everything in between for real."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.users.models import User
from tests import factories
from tests.browser import cloths, inspection
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.website import Website

pytestmark = [pytest.mark.xdist_group("browser-paths"), pytest.mark.timeout(150)]


@pytest.fixture(scope="module")
def researcher(website: Website) -> User:
    with website.session() as session:
        return factories.make_user(session, name="Dewi Anggraini")


@pytest.fixture
def page(researcher: User, open_browser: OpenBrowser) -> Page:
    return open_browser(researcher).new_page()


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/datasets/import")
    page.set_input_files(
        "#field-file",
        {"name": name, "mimeType": "application/octet-stream", "buffer": content},
    )
    page.click("form[enctype] button[type=submit]")


def test_an_uploaded_archive_becomes_a_data_set_with_pictures(
    page: Page, website: Website, screenshots: Path
) -> None:
    watch = Watch(page)
    upload(page, "cloths.zip", cloths.zip_pictures(6))
    expect(page.locator("main")).to_contain_text("cloths.zip")
    page.fill("#field-name", "Cloths from the market")
    page.fill("#field-licence", "CC-BY-4.0")
    page.fill("#field-default_language", "id")
    page.click("#import button[type=submit]")
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}$"))
    expect(page.locator("#job-live")).to_contain_text("Queued")

    with website.running_worker():
        # The page follows by itself until the way to the pictures is there.
        way = page.locator("#job-outcome a[href^='/datasets/']")
        expect(way).to_be_visible(timeout=60_000)
    way.click()
    expect(page.locator("h1")).to_have_text("Cloths from the market")
    expect(page.locator(".gallery img")).to_have_count(6)
    inspection.check(page, watch)
    inspection.take_screenshot(page, screenshots, "imported-1440-en-light")


def test_a_file_that_is_no_collection_is_refused_beside_its_field(
    page: Page, website: Website
) -> None:
    upload(page, "model.pkl", b"\x80\x04whatever")
    expect(page.locator(".field-error")).to_contain_text("pickle")
    expect(page.locator("#field-file")).to_have_attribute("aria-invalid", "true")


def test_a_table_without_pictures_fails_with_a_reason(page: Page, website: Website) -> None:
    upload(page, "notes.csv", b"picture,words\n1,2\n")
    page.fill("#field-name", "Notes")
    page.fill("#field-licence", "CC0-1.0")
    page.click("#import button[type=submit]")
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}$"))
    with website.running_worker():
        expect(page.locator("#job-outcome [role=alert]")).to_be_visible(timeout=60_000)
    expect(page.locator("#job-outcome")).to_contain_text("image")
    expect(page.locator("#job-live")).to_contain_text("Failed")
