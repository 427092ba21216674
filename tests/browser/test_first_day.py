"""An installation on its first day: every page says what to do next."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import world
from tests.browser.conftest import OpenBrowser
from tests.browser.scenes import FIRST_DAY, Scene
from tests.browser.test_pages import list_visits, visit
from tests.browser.website import Website
from tests.browser.world import World


@pytest.fixture(scope="module")
def first_day(website: Website) -> World:
    with website.session() as session:
        return world.make_empty(session)


@pytest.mark.parametrize(("scene", "look"), list_visits(FIRST_DAY))
def test_a_page_with_nothing_in_it_says_what_to_do_next(
    scene: Scene,
    look: dict[str, Any],
    first_day: World,
    open_browser: OpenBrowser,
    screenshots: Path,
    request: pytest.FixtureRequest,
) -> None:
    page = open_browser(first_day.users["admin"], **look).new_page()
    visit(page, scene, first_day, screenshots, request.node.callspec.id)
    assert page.locator("main .button-primary:visible").count() <= 1
