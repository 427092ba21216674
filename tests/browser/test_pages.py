"""Every page, on a phone and at a desk, in both languages and both themes: in the middle of the
work. The pictures of all of them are in build/screenshots, to be looked at.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import inspection, world
from tests.browser.conftest import OpenBrowser
from tests.browser.scenes import SCENES, Scene
from tests.browser.website import Website
from tests.browser.world import World

LOOKS = ({"language": "en", "theme": "light"}, {"language": "id", "theme": "dark"})


@pytest.fixture(scope="module")
def institute(website: Website) -> World:
    with website.session() as session:
        return world.fill(session, website.settings)


def list_visits(scenes: Sequence[Scene]) -> list[Any]:
    """Phones in one worker of xdist, desks in another."""
    return [
        pytest.param(
            scene,
            {"width": width, **look},
            marks=pytest.mark.xdist_group(f"browser-{width}"),
            id=f"{scene.name}-{width}-{look['language']}-{look['theme']}",
        )
        for scene in scenes
        for width in scene.widths
        for look in LOOKS
    ]


def visit(page: Page, scene: Scene, at: World, screenshots: Path, name: str) -> None:
    watch = inspection.Watch(page)
    page.goto(at.addresses.get(scene.address, scene.address), wait_until="load")
    if scene.act is not None:
        scene.act(page)
    inspection.settle(page)
    inspection.take_screenshot(page, screenshots, name)
    inspection.check(page, watch, expected_status=scene.status)


@pytest.mark.parametrize(("scene", "look"), list_visits(SCENES))
def test_a_page_can_be_used_by_all_fits_and_asks_nobody_else(
    scene: Scene,
    look: dict[str, Any],
    institute: World,
    open_browser: OpenBrowser,
    screenshots: Path,
    request: pytest.FixtureRequest,
) -> None:
    user = institute.users[scene.who] if scene.who else None
    page = open_browser(user, **look).new_page()
    visit(page, scene, institute, screenshots, request.node.callspec.id)
    assert page.locator("html").get_attribute("lang") == look["language"]
    if scene.name != "styleguide":
        assert page.locator("main .button-primary:visible").count() <= 1
