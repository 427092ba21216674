"""The pages of one passage: looked at, added, edited, removed."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import JobState
from domain.knowledge import curating, queries
from domain.knowledge.models import KnowledgeBase, Passage
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PassageLine
from tests import pictures
from tests.factories import make_artifact, make_job, make_knowledge_base, make_passage
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
VALUES = {
    "title": "Soto", "text": "A clear soup.\r\nWith lime.", "region": "sea", "country": "id",
    "language": "en", "source": "A book", "licence": "CC0-1.0",
}  # fmt: skip


@pytest.fixture
def base(session: Session) -> KnowledgeBase:
    return make_knowledge_base(session, name="Dishes", region="sea")


@pytest.fixture
def passage(session: Session, base: KnowledgeBase) -> Passage:
    return make_passage(session, base, title="Soto", text="A soup.", language="en")


def make_address(base: KnowledgeBase, passage: Passage, page: str = "") -> str:
    return f"/knowledge/{base.id}/passages/{passage.id}{page}"


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, base: KnowledgeBase, passage: Passage
) -> None:
    here = make_address(base, passage)
    stays_out = sign_in("annotator")
    for address in (f"/knowledge/{base.id}/passages/new", here, f"{here}/edit", f"{here}/picture"):
        assert client.get(address).headers["location"] == f"/sign-in?next={address}"
        assert stays_out.get(address).status_code == 403
    assert stays_out.post(f"{here}/remove").status_code == 403


def test_a_passage_is_added_with_what_is_known_of_it(
    sign_in: SignIn, session: Session, base: KnowledgeBase
) -> None:
    browser, address = sign_in(), f"/knowledge/{base.id}"
    form = browser.get(f"{address}/passages/new").text
    assert '<option value="sea" selected>' in form
    answer = browser.post(f"{address}/passages/new", data=VALUES)
    assert answer.headers["location"] == address
    (made,) = queries.list_passages(session, base.id)
    assert (made.title, made.text, made.country) == ("Soto", "A clear soup.\nWith lime.", "ID")
    page = browser.get(make_address(base, made)).text
    for said in ("A clear soup.", "CC0-1.0", "A book", "ID", "Edit"):
        assert said in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "A passage has a text."),
        ({"country": "Indonesia"}, "is not a country code of two letters."),
        ({"language": "very english"}, "is not a language tag such as en or en-GB."),
        ({"title": "Soto", "text": "A soup.", "language": "en", "region": "", "country": "",
          "source": "", "licence": ""}, "says exactly this already"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    sign_in: SignIn,
    session: Session,
    base: KnowledgeBase,
    passage: Passage,
    changes: dict[str, str],
    sentence: str,
) -> None:
    address = f"/knowledge/{base.id}/passages/new"
    answer = sign_in().post(address, data=VALUES | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Soto"' in answer.text
    assert queries.list_passages(session, base.id) == [passage]


def test_everything_that_is_wrong_is_told_at_once(sign_in: SignIn, base: KnowledgeBase) -> None:
    sent = {"text": " ", "country": "Indonesia", "language": "very english"}
    page = sign_in().post(f"/knowledge/{base.id}/passages/new", data=sent).text
    assert page.count('aria-invalid="true"') == 3


def test_an_edited_passage_shows_what_it_was_and_what_it_became(
    sign_in: SignIn, session: Session, base: KnowledgeBase, passage: Passage
) -> None:
    browser, here = sign_in(), make_address(base, passage)
    assert "A soup.</textarea>" in browser.get(f"{here}/edit").text
    answer = browser.post(f"{here}/edit", data=VALUES)
    (made,) = queries.list_passages(session, base.id)
    assert answer.headers["location"] == make_address(base, made)
    page = browser.get(make_address(base, made)).text
    assert "What it was" in page
    assert here in page
    before = browser.get(here).text
    assert "It was edited." in before
    assert make_address(base, made) in before
    assert f"{here}/edit" not in before
    assert browser.get(f"{here}/edit").status_code == 409
    assert browser.post(f"{here}/edit", data=VALUES | {"text": "Other."}).status_code == 409
    refused = browser.post(make_address(base, made, "/edit"), data=VALUES | {"country": "XXX"})
    assert refused.status_code == 422
    assert "Edit the passage" in refused.text


def test_a_removed_passage_is_out_of_the_list_and_still_to_be_seen(
    sign_in: SignIn, session: Session, base: KnowledgeBase, passage: Passage
) -> None:
    browser, here = sign_in(), make_address(base, passage)
    answer = browser.post(f"{here}/remove")
    assert answer.headers["location"] == f"/knowledge/{base.id}"
    assert here not in browser.get(f"/knowledge/{base.id}").text
    assert "It was removed." in browser.get(here).text
    assert browser.post(f"{here}/remove").status_code == 409


def test_a_picture_is_shown_without_what_its_file_brought_along(
    sign_in: SignIn, session: Session, base: KnowledgeBase, tmp_path: Path
) -> None:
    place = Image.Exif()
    place[0x010E] = "Taken at home"
    (tmp_path / "pictures").mkdir()
    data = pictures.jpeg(80, 60, exif=place)
    assert b"Taken at home" in data
    (tmp_path / "pictures" / "a.jpg").write_bytes(data)
    (tmp_path / "pictures" / "b.jpg").write_bytes(data[:200])
    artifact = make_artifact(session, kind="knowledge", uri=tmp_path.as_uri())
    spec = KnowledgeImport(name="Dishes", source="a.md")
    job = make_job(session, state=JobState.SUCCEEDED, spec=spec)
    lines = [PassageLine(text=name, picture=f"pictures/{name}.jpg") for name in ("a", "b")]
    curating.take_in(session, base.id, lines, artifact=artifact, job=job)
    whole, broken = queries.list_passages(session, base.id)
    browser = sign_in()
    assert make_address(base, whole, "/picture") in browser.get(make_address(base, whole)).text
    shown = browser.get(make_address(base, whole, "/picture"))
    assert shown.headers["content-type"] == "image/webp"
    assert b"Taken at home" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (80, 60)
    assert browser.get(make_address(base, broken, "/picture")).status_code == 404
    assert "Keep its picture" in browser.get(make_address(base, whole, "/edit")).text
    browser.post(make_address(base, whole, "/edit"), data={"text": "a"})
    assert queries.list_passages(session, base.id)[0].picture == ""


def test_a_passage_of_another_base_is_not_found(
    sign_in: SignIn, session: Session, base: KnowledgeBase
) -> None:
    other = make_passage(session, make_knowledge_base(session))
    browser = sign_in()
    for page in ("", "/edit", "/picture"):
        assert browser.get(make_address(base, other, page)).status_code == 404
    assert browser.post(make_address(base, other, "/remove")).status_code == 404
    unknown = f"/knowledge/{base.id}/passages/{uuid.UUID(int=1)}"
    assert browser.get(unknown).status_code == 404
