"""Take the README's pictures anew: `python -m docs.pictures.take`.

They show the product itself, over the small institute of the browser tests: nothing is painted.
"""

import io
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.embedded import temporary
from cli.machine import checks
from domain import schema
from domain.db import connect
from domain.studies.models import Study, StudyArm
from domain.users.models import Role
from sandbox.study import bringing
from tests.browser import inspection, rating, world
from tests.browser.conftest import ARGUMENTS
from tests.browser.scenes import PHONE
from tests.browser.website import Website
from tests.factories import make_user

_FOLDER = Path(__file__).parent
# What links begin with: with an address of this machine home would warn of it.
_PUBLIC_URL = "http://ggez.example.org"
_WIDTH = 1200
_MAX_BYTES = 150_000
_QUALITY = 80
# Name of the file -> what of World.addresses it shows, and how far down.
_PICTURES = {"home": ("/", 880), "dataset": ("dataset", 1000)}
# The pages that raters rate on, side by side as on phones.
_RATED = ("/sandbox-study", "/sandbox-study/answers")
_PHONE_HEIGHT, _GAP, _SHARP = 1080, 24, 2
# Of the sandbox's answers side by side: the first question that somebody answered with these.
_ANSWERED = ("candi bentar", "stone", "prancis")


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
        with website.session() as session:
            _, answers = bringing.bring_all(session, website.settings)
            side_by_side = _find_side_by_side(session, answers)
            rater = make_user(session, role=Role.ANNOTATOR)
        _save(_read_answers(page, side_by_side), _FOLDER / "answers.webp")
        context = browser.new_context(
            base_url=website.base_url,
            viewport={"width": PHONE, "height": _PHONE_HEIGHT},
            device_scale_factor=_SHARP,
        )
        cookie = website.make_cookie(rater)
        context.add_cookies([cookie])
        shots = [_rate(context.new_page(), address) for address in _RATED]
        _save(_put_side_by_side(shots), _FOLDER / "rating.webp")
        browser.close()


def _take(page: Page, address: str, height: int, path: Path) -> None:
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.goto(address, wait_until="load")
    if not page.url.endswith(address):
        sys.exit(f"{address} leads to {page.url}: is somebody signed in?")
    inspection.settle(page)
    _save(_shoot(page), path)


def _find_side_by_side(session: Session, study: Study) -> str:
    query = select(StudyArm.variant_id).where(StudyArm.study_id == study.id, ~StudyArm.is_photo)
    arms = session.scalars(query.order_by(StudyArm.position))
    chosen = "&".join(f"id={each}" for each in arms)
    return f"/variants/compare?{chosen}&prompts={study.prompt_set_id}"


def _read_answers(page: Page, address: str) -> Image.Image:
    page.goto(address, wait_until="load")
    shots = []
    for word in _ANSWERED:
        section = page.locator("section.compared", has_text=word).first
        section.scroll_into_view_if_needed()
        inspection.settle(page)
        shots.append(Image.open(io.BytesIO(section.screenshot(animations="disabled"))))
    return _put_below(shots)


def _put_below(shots: Sequence[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (shots[0].width, sum(shot.height for shot in shots)), "white")
    top = 0
    for shot in shots:
        sheet.paste(shot, (0, top))
        top += shot.height
    return sheet


def _rate(page: Page, address: str) -> Image.Image:
    """The first page after practice, with something chosen."""
    rating.come_to_guide(page, address)
    page.click("main a.button")
    while "/practice" in page.url:
        _choose(page)
        page.click(".rate-actions .button-primary")
        page.wait_for_url("**/practice/*")
        page.click("main .button-primary")
        page.wait_for_url(re.compile("/(practice|work)$"))
    _choose(page)
    page.evaluate("window.scrollTo(0, 0)")
    inspection.settle(page)
    return _shoot(page)


def _choose(page: Page) -> None:
    for name in ("correctness", "naturalness"):
        page.check(f"input[name={name}][value='2']")


def _put_side_by_side(shots: Sequence[Image.Image]) -> Image.Image:
    width = sum(shot.width for shot in shots) + _GAP * (len(shots) - 1)
    sheet = Image.new("RGB", (width, max(shot.height for shot in shots)), "white")
    left = 0
    for shot in shots:
        sheet.paste(shot, (left, 0))
        left += shot.width + _GAP
    return sheet


def _shoot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(animations="disabled")))


def _save(picture: Image.Image, path: Path) -> None:
    picture.save(path, quality=_QUALITY, method=6)
    size = path.stat().st_size
    print(f"{path}: {size} bytes")
    if size > _MAX_BYTES:
        sys.exit(f"{path} is larger than {_MAX_BYTES} bytes: show less of the page.")


if __name__ == "__main__":
    main()
