"""How soon a rater sees the first item, on a device a quarter as fast as this machine.

    .venv/bin/python -m benchmarks.rating_page

Each time in a browser that has nothing of ours, signed in, over localhost: the moment of the
largest contentful paint, as the browser counts it from the start of the navigation.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.embedded import temporary
from cli.machine import checks
from domain import schema
from domain.db import connect
from domain.studies.models import StudyPicture
from tests.browser import rating
from tests.browser.conftest import ARGUMENTS
from tests.browser.website import Website
from tests.studies import make_design

_LIMIT_S = 1.2
_SLOW_DOWN = 4
_NUM_LOADS = 9
_SIDE_PX = 512
_DESIGN = make_design(raters_per_item=50, controls={"repeats": 0})
_PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
_NOTE_PAINTS = """
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      window.largestPaint = { ms: each.startTime, what: each.element?.tagName ?? "" };
    }
  }).observe({ type: "largest-contentful-paint", buffered: true });
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="Once, and held to no limit.")
    small = parser.parse_args().small
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ggez-bench-")))
        website = stack.enter_context(_running(folder))
        browser = stack.enter_context(_browsing())
        cookies, address = _join(browser, website, folder)
        _load(browser, cookies, address)  # the server's first answer compiles its templates
        paints = [_load(browser, cookies, address) for _ in range(1 if small else _NUM_LOADS)]
    seconds = [paint["ms"] / 1000 for paint in paints]
    median = statistics.median(seconds)
    print(f"## The first rating screen\n\n{len(seconds)} loads, {_SLOW_DOWN}x CPU slow-down.\n")
    print("| | median, s | longest, s | limit, s |\n|---|---:|---:|---:|")
    print(f"| largest contentful paint | {median:.2f} | {max(seconds):.2f} | {_LIMIT_S:g} |")
    print(f"\nPainted then: {', '.join(sorted({paint['what'] for paint in paints}))}.")
    sys.exit(median > _LIMIT_S and not small)


@contextmanager
def _running(folder: Path) -> Iterator[Website]:
    with temporary.running_postgres() as database_url, temporary.running_redis() as redis_url:
        engine = connect(database_url)
        with engine.begin() as connection:
            schema.migrate(connection)
        engine.dispose()
        with Website(folder, database_url=database_url, redis_url=redis_url) as website:
            yield website


@contextmanager
def _browsing() -> Iterator[Browser]:
    found = checks.find_chromium()
    if found is None:
        sys.exit("There is no Chromium. Install it: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


def _join(browser: Browser, website: Website, folder: Path) -> tuple[Any, str]:
    """What a signed-in browser sends, and where the first item is."""
    with website.session() as session:
        link = rating.open_study(session, website.settings, folder, num_items=12, design=_DESIGN)
        _enlarge_pictures(session, folder)
    context = browser.new_context(base_url=website.base_url, **_PHONE)
    page = context.new_page()
    rating.join(page, link)
    cookies, address = context.cookies(), page.url
    context.close()
    return cookies, address


def _enlarge_pictures(session: Session, folder: Path) -> None:
    """To what models draw: the drawn world's own are too small to be the largest thing painted."""
    for picture in session.scalars(select(StudyPicture)):
        with Image.open(folder / picture.file) as drawn:
            large = drawn.resize((_SIDE_PX, _SIDE_PX))
        large.save(folder / picture.file)
        picture.width = picture.height = _SIDE_PX


def _load(browser: Browser, cookies: Any, address: str) -> dict[str, Any]:
    context = browser.new_context(**_PHONE)
    context.add_cookies(cookies)
    context.add_init_script(_NOTE_PAINTS)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": _SLOW_DOWN})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    paint: dict[str, Any] = page.evaluate("window.largestPaint")
    context.close()
    return paint


if __name__ == "__main__":
    main()
