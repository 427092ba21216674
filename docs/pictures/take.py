"""Take the README's pictures anew: `python -m docs.pictures.take`.

They show the product itself, over the small institute of the browser tests: nothing is painted.
"""

import io
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from cli.embedded import temporary
from cli.machine import checks
from domain import schema
from domain.db import connect
from tests.browser import inspection, world
from tests.browser.conftest import ARGUMENTS
from tests.browser.website import Website

_FOLDER = Path(__file__).parent
# What links begin with: with an address of this machine home would warn of it.
_PUBLIC_URL = "http://ggez.example.org"
_WIDTH = 1200
_MAX_BYTES = 150_000
_QUALITY = 80
# Name of the file -> what of World.addresses it shows, and how far down.
_PICTURES = {"home": ("/", 880), "dataset": ("dataset", 1000)}


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ggez-")))
        database_url = stack.enter_context(temporary.running_postgres())
        redis_url = stack.enter_context(temporary.running_redis())
        engine = connect(database_url)
        with engine.begin() as connection:
            schema.migrate(connection)
        engine.dispose()
        website = Website(
            folder, database_url=database_url, redis_url=redis_url, public_url=_PUBLIC_URL
        )
        stack.enter_context(website)
        with website.session() as session:
            institute = world.fill(session, website.settings)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=checks.find_chromium(), args=ARGUMENTS)
        page = browser.new_page(
            base_url=website.base_url, viewport={"width": _WIDTH, "height": 800}
        )
        cookie: Any = website.make_cookie(institute.users["researcher"])
        page.context.add_cookies([cookie])
        for name, (address, height) in _PICTURES.items():
            _take(page, institute.addresses.get(address, address), height, _FOLDER / f"{name}.webp")
        browser.close()


def _take(page: Page, address: str, height: int, path: Path) -> None:
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.goto(address, wait_until="load")
    if not page.url.endswith(address):
        sys.exit(f"{address} leads to {page.url}: is somebody signed in?")
    inspection.settle(page)
    shot = page.screenshot(animations="disabled")
    Image.open(io.BytesIO(shot)).save(path, quality=_QUALITY, method=6)
    size = path.stat().st_size
    print(f"{path}: {size} bytes")
    if size > _MAX_BYTES:
        sys.exit(f"{path} is larger than {_MAX_BYTES} bytes: show less of the page.")


if __name__ == "__main__":
    main()
