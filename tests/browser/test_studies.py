"""A researcher's studies in a real browser: on a phone and at a desk, the links as a file, and
all of it without scripts.
"""

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.outputs.models import Output
from domain.ratings import enrolment, saving, taking
from domain.ratings.models import Invite, RaterState
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies.models import Study, StudyPicture, StudyState
from domain.users.models import User
from sandbox.world.scene import Scene, draw
from tests.browser import inspection
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.scenes import DESK, PHONE, open_details, open_dialog
from tests.browser.website import Website
from tests.factories import make_user
from tests.studies import make_design, make_draft, make_rater, make_study, make_wording

pytestmark = pytest.mark.xdist_group("browser-paths")

CONCEPTS = ("kawung", "wau", "tumpeng", "candi_bentar", "ketupat")
DESIGN = make_design(
    criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0}, raters_per_item=2
)


@dataclass(frozen=True)
class Shelf:
    user: User
    open: str  # addresses
    draft: str


@pytest.fixture(scope="module")
def shelf(website: Website, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("studies")
    with website.session() as session:
        user = make_user(session, role="researcher", name="Dewi Anggraini")
        running = _make_running(session, website.settings)
        words = make_wording(DESIGN, id={"title": "Hidangan pagi"})
        draft = make_draft(
            session, website.settings, design=make_design(form="rank"), name="Textiles in order"
        )
        draft.created_by_id = user.id
        for number in range(4):
            make_draft(session, website.settings, wording=words, name=f"Pilot {number + 1}")
        _draw_pictures(session, folder)
        return Shelf(user, f"/studies/{running.id}", f"/studies/{draft.id}")


def _make_running(session: Session, settings: Settings) -> Study:
    study = make_study(
        session, settings, num_items=10, design=DESIGN, name="Breakfast dishes of the islands"
    )
    for number, country in enumerate(("ID", "TH", "PH", "NL")):
        rater = make_rater(session, study, is_in_region=country != "NL")
        rater.profile = {"country": country, "languages": []}
        for _ in range(3 + 2 * number):
            (held, *_) = taking.take(session, rater.id).held
            sent = Submission(client_key=uuid.uuid4(), values={"correctness": 2}, active_ms=6100)
            saving.submit(session, rater.id, held.id, sent)
    (held, *_) = taking.take(session, rater.id).held
    comment = "The bowl is there, but nobody eats it like this in the morning."
    sent = Submission(client_key=uuid.uuid4(), cannot_judge="broken", comment=comment)
    saving.submit(session, rater.id, held.id, sent)
    saving.flag(session, rater.id, held.id)
    rater.state, rater.num_controls_failed = RaterState.PAUSED.value, 4
    enrolment.withdraw(session, make_rater(session, study).id)
    enrolment.invite(session, study, label="Village of Trunyan", max_uses=20, actor=None)
    return study


def _draw_pictures(session: Session, folder: Path) -> None:
    """Each artifact has a folder of its own: no two are at one address."""
    pictures = session.scalars(select(StudyPicture))
    drawn = [(each.artifact_id, each.file, "blue") for each in pictures]
    for output in session.scalars(select(Output)):
        output.file = f"{output.id}.png"
        drawn.append((output.artifact_id, output.file, "red"))
    for number, (artifact_id, file, colour) in enumerate(drawn):
        place = folder / str(artifact_id)
        place.mkdir(exist_ok=True)
        draw(Scene(concept=CONCEPTS[number % 5], colour=colour), number).save(place / file)
        session.get_one(Artifact, artifact_id).uri = place.as_uri()


@dataclass(frozen=True)
class Look:
    name: str
    address: Callable[[Shelf], str]
    act: Callable[[Page], object] | None = None
    status: int = 200


def send_wrong(page: Page) -> None:
    page.fill("[name=design]", "strata: [a")
    page.eval_on_selector("#design", "form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator(".field-error").first.wait_for()


def make_links(page: Page) -> None:
    page.fill("[name=label]", "Village")
    page.fill("[name=num_links]", "3")
    page.click("main form button[type=submit] >> nth=0")
    page.locator("[download]").wait_for()


LOOKS = (
    Look("studies", lambda _: "/studies"),
    Look("study-new", lambda _: "/studies/new", open_details),
    Look("study-wrong", lambda _: "/studies/new", send_wrong, 422),
    Look("study-power", lambda _: "/studies/power?prompts=200"),
    Look("study-draft", lambda shelf: shelf.draft),
    Look("study-draft-edit", lambda shelf: f"{shelf.draft}/edit"),
    Look("study-open", lambda shelf: shelf.open, open_details),
    Look("study-close", lambda shelf: shelf.open, open_dialog("[data-opens=close]")),
    Look("study-unseal", lambda shelf: shelf.open, open_dialog("[data-opens=unseal]")),
    Look("study-words", lambda shelf: f"{shelf.open}/words"),
    Look("study-invites", lambda shelf: f"{shelf.open}/invites"),
    Look("study-invited", lambda shelf: f"{shelf.draft}/invites", make_links),
    Look("study-preview", lambda shelf: f"{shelf.open}/preview?item=2"),
    Look("study-preview-guide", lambda shelf: f"{shelf.open}/preview/guide"),
    Look("study-preview-empty", lambda shelf: f"{shelf.draft}/preview"),
)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("id", "dark")])
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_holds_at_both_widths(
    open_browser: OpenBrowser,
    shelf: Shelf,
    screenshots: Path,
    look: Look,
    width: int,
    language: str,
    theme: str,
) -> None:
    page = open_browser(shelf.user, width=width, language=language, theme=theme).new_page()
    watch = Watch(page)
    page.goto(look.address(shelf), wait_until="load")
    if look.act is not None:
        look.act(page)
    inspection.settle(page)
    inspection.take_screenshot(page, screenshots, f"{look.name}-{width}-{language}-{theme}")
    inspection.check(page, watch, expected_status=look.status)
    assert page.locator("main .button-primary:visible").count() <= 1


def test_links_come_as_a_file_that_says_who_each_is_for(
    open_browser: OpenBrowser, shelf: Shelf, website: Website, tmp_path: Path
) -> None:
    page = open_browser(shelf.user).new_page()
    page.goto(f"{shelf.open}/invites")
    make_links(page)
    with page.expect_download() as waiting:
        page.click("[download]")
    waiting.value.save_as(tmp_path / "invites.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "invites.csv").read_text())))

    assert waiting.value.suggested_filename == "invites.csv"
    assert [row["label"] for row in rows] == ["Village 1", "Village 2", "Village 3"]
    page.goto(rows[0]["url"])
    expect(page.locator("h1")).to_have_text("Breakfast dishes")


def test_a_study_is_paused_revoked_and_closed_without_scripts(
    open_browser: OpenBrowser, website: Website, shelf: Shelf
) -> None:
    with website.session() as session:
        study = make_study(session, website.settings, num_items=1, design=DESIGN)
        enrolment.invite(session, study, actor=None)
    page = open_browser(shelf.user, width=PHONE, scripts=False).new_page()
    page.goto(f"/studies/{study.id}/invites")
    page.click("form[action$=revoke] button")
    expect(page.locator("#invites")).to_contain_text("Revoked")
    page.goto(f"/studies/{study.id}")
    for act, state in (("pause", "Paused"), ("resume", "Open"), ("close", "Closed")):
        page.click(f"form[action$={act}] button")
        expect(page.locator("main .badge").first).to_have_text(state)

    with website.session() as session:
        assert session.get_one(Study, study.id).state == StudyState.CLOSED
        query = select(Invite.revoked_at).where(Invite.study_id == study.id)
        assert session.scalars(query).one() is not None


def test_a_preview_leads_from_item_to_item_and_saves_nothing(
    open_browser: OpenBrowser, shelf: Shelf
) -> None:
    page = open_browser(shelf.user, width=PHONE).new_page()
    page.goto(f"{shelf.open}/preview")
    expect(page.locator(".notice").first).to_contain_text("nothing is saved")
    page.check("input[name=correctness][value='2']")
    page.click(".rate-actions .button-primary")
    page.wait_for_url("**/preview?item=1")
    expect(page.locator("main")).to_contain_text("Item 2 of 20")
    expect(page.locator("input[name=correctness]:checked")).to_have_count(0)


def test_coverage_goes_on_by_itself_while_the_study_is_open(
    open_browser: OpenBrowser, website: Website, shelf: Shelf
) -> None:
    with website.session() as session:
        study = make_study(session, website.settings, num_items=2, design=DESIGN)
        rater = make_rater(session, study)
    page = open_browser(shelf.user).new_page()
    watch = Watch(page)
    page.clock.install()
    page.goto(f"/studies/{study.id}", wait_until="load")
    page.evaluate("window.isTheSamePage = true")
    coverage = page.locator("section[aria-labelledby=coverage-title]")
    expect(coverage).to_contain_text("0 of 8")
    with website.session() as session:
        for held in taking.take(session, rater.id, num=3).held:
            sent = Submission(client_key=uuid.uuid4(), values={"correctness": 2})
            saving.submit(session, rater.id, held.id, sent)
    page.clock.run_for(14_000)
    expect(coverage).to_contain_text("0 of 8")
    page.clock.run_for(2_000)
    expect(coverage).to_contain_text("3 of 8")

    assert page.evaluate("window.isTheSamePage")
    assert len([each for each in watch.requests if each.url.endswith("/coverage")]) == 1
    assert watch.list_complaints() == []
