"""A study in the raters' own pages: as blind as theirs, and nothing is saved."""

import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.outputs.models import Output
from domain.ratings.models import Assignment, Rater, Rating
from domain.settings import Settings
from domain.studies.models import Study, StudyPicture
from tests.studies import make_design, make_draft, make_study, make_wording
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])
NOTHING_IS_SAVED = "This is a preview: nothing is saved."
WORDING = make_wording(DESIGN, id={"title": "Sarapan"})


def give_files(session: Session, folder: Path) -> None:
    """Pictures of outputs and of studies that are really there."""
    for picture in session.scalars(select(StudyPicture)):
        give_file(session, folder, picture.artifact_id, picture.file)
    for output in session.scalars(select(Output)):
        output.file = f"{output.id}.png"
        give_file(session, folder, output.artifact_id, output.file)
    session.flush()


def give_file(session: Session, folder: Path, artifact_id: uuid.UUID, file: str) -> None:
    place = folder / str(artifact_id)
    place.mkdir(exist_ok=True)
    Image.new("RGB", (64, 64), "teal").save(place / file)
    session.get_one(Artifact, artifact_id).uri = place.as_uri()


@pytest.fixture(params=["draft", "open"])
def study(
    request: pytest.FixtureRequest, session: Session, settings: Settings, tmp_path: Path
) -> Study:
    make = make_draft if request.param == "draft" else make_study
    made = make(session, settings, num_items=2, design=DESIGN, wording=WORDING)
    give_files(session, tmp_path)
    return made


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))


def test_items_are_shown_one_by_one_with_a_notice(sign_in: SignIn, study: Study) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/preview"
    for number in range(4):
        page = browser.get(f"{address}?item={number}").text
        assert NOTHING_IS_SAVED in page
        assert f"Item {number + 1} of 4" in page
        assert "How about its correctness?" in page
        assert re.search(r"dish [01]", page)
        (picture,) = re.findall(r'<img src="([^"]+)"', page)
        answer = browser.get(picture)
        assert answer.headers["content-type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (64, 64)
    assert browser.get(f"{address}?item=4").status_code == 404


def test_an_answer_leads_on_and_is_kept_nowhere(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/preview"
    page = browser.get(f"{address}?item=3").text
    assert f'action="{address}?item=3"' in page
    missing = browser.post(f"{address}?item=3", data=fields_of(page) | {"comment": "Hm"})
    assert missing.status_code == 422
    assert "Choose an answer." in missing.text
    assert ">Hm</textarea>" in missing.text
    given = browser.post(f"{address}?item=3", data=fields_of(page) | {"correctness": "2"})
    assert given.headers["location"] == f"{address}?item=0"
    unsure = browser.post(address, data={"cannot_judge": "broken"})
    assert unsure.headers["location"] == f"{address}?item=1"

    for table in (Rating, Assignment, Rater):
        assert session.scalars(select(table)).all() == []


def test_the_guide_and_every_link_of_a_raters_page_stay_in_the_preview(
    sign_in: SignIn, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/preview"
    guide = browser.get(f"{address}/guide").text

    assert NOTHING_IS_SAVED in guide
    assert "Then say how right it is." in guide
    for link in set(re.findall(rf'href="({address}[^"?]*)"', guide)):
        assert browser.get(link).status_code in {200, 303}
    assert browser.get(f"{address}/work").headers["location"] == address


def test_words_are_shown_in_the_language_of_the_page(sign_in: SignIn, study: Study) -> None:
    browser = sign_in()
    browser.cookies.set("language", "id")

    assert "Sarapan" in browser.get(f"/studies/{study.id}/preview").text


def test_nothing_in_a_preview_tells_the_arm(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/preview"
    secrets = set()
    for table in ("study_arms", "variants", "outputs", "study_items", "study_pictures"):
        rows = session.connection().exec_driver_sql(f"SELECT id::text FROM {table}")
        secrets |= {row[0] for row in rows}
    rows = session.connection().exec_driver_sql(
        "SELECT name FROM variants UNION SELECT sha256 FROM outputs UNION SELECT file FROM outputs "
        "UNION SELECT file FROM study_pictures"
    )
    secrets |= {row[0] for row in rows if row[0]}
    headers = []
    for number in range(4):
        page = browser.get(f"{address}?item={number}")
        picture = browser.get(f"{address}/pictures/{number}/0")
        for told in (page.text, str(page.headers), str(picture.headers)):
            assert not [secret for secret in secrets if secret in told]
        headers.append({k: v for k, v in picture.headers.items() if k != "x-request-id"})

    assert all(each == headers[0] for each in headers)


def test_a_draft_without_outputs_says_that_there_is_nothing_yet(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, num_arms=0)
    page = sign_in().get(f"/studies/{draft.id}/preview")

    assert page.status_code == 200
    assert "Nothing to show yet" in page.text


def test_pictures_of_a_preview_are_for_researchers(sign_in: SignIn, study: Study) -> None:
    address = f"/studies/{study.id}/preview"

    assert sign_in("annotator").get(f"{address}/pictures/0/0").status_code == 403
    assert sign_in().get(f"{address}/pictures/0/7").status_code == 404
    assert sign_in().get(f"{address}/pictures/99/0").status_code == 404
