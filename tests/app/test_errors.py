"""What goes wrong is said on pages in their language; programs are answered in English."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import JobState
from domain.settings import Settings
from tests.factories import make_dataset, make_job, make_user
from tests.web import SignedInClient

IMPORT = {"source": "pictures", "licence": "CC0-1.0", "format": "auto",
          "image_column": "image", "caption_column": "caption"}  # fmt: skip


@pytest.fixture
def indonesian(sign_in: Callable[..., SignedInClient], session: Session) -> SignedInClient:
    browser = sign_in("researcher")
    browser.user.language = "id"
    session.flush()
    return browser


def test_an_unknown_address_is_a_page_that_leads_on(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert 'href="/"' in answer.text


@pytest.fixture
def pictures_in_inbox(settings: Settings) -> None:
    """What is wrong with the source would be said first."""
    (settings.inbox / IMPORT["source"]).mkdir(parents=True)


@pytest.mark.usefixtures("pictures_in_inbox")
def test_a_form_says_in_the_language_of_the_page_that_a_name_is_taken(
    indonesian: TestClient, session: Session
) -> None:
    make_dataset(session, name="100% %(name)s")
    answer = indonesian.post("/datasets/import", data=IMPORT | {"name": "100% %(name)s"})
    assert answer.status_code == 422
    said = "Sudah ada set data bernama &#39;100% %(name)s&#39;. Pilih nama lain."
    assert said in answer.text


def test_words_of_ours_inside_the_sentence_are_translated_too(
    indonesian: TestClient, session: Session
) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    answer = indonesian.post(f"/jobs/{job.id}/cancel")
    assert answer.status_code == 409
    said = f"Pekerjaan {job.id} sudah berakhir (berhasil), jadi tidak dapat dibatalkan."
    assert said in answer.text


@pytest.mark.usefixtures("pictures_in_inbox")
def test_a_name_that_is_also_a_word_of_ours_stays_a_name(
    indonesian: TestClient, session: Session
) -> None:
    make_dataset(session, name="empty")
    answer = indonesian.post("/datasets/import", data=IMPORT | {"name": "empty"})
    assert "bernama &#39;empty&#39;" in answer.text


def test_the_page_of_an_error_is_in_the_language_of_its_reader(indonesian: TestClient) -> None:
    answer = indonesian.post("/jobs/new/nonsense")
    assert answer.status_code == 404
    assert "Tidak ada jenis pekerjaan &#39;nonsense&#39;." in answer.text


def test_what_only_the_web_gets_wrong_is_translated_too(client: TestClient) -> None:
    headers = {"Accept-Language": "id", "Origin": "https://elsewhere.example"}
    answer = client.post("/sign-in", headers=headers)
    assert answer.status_code == 403
    assert "Permintaan ini datang dari situs lain, jadi tidak ada yang berubah." in answer.text


def test_what_a_route_says_in_passing_is_translated(
    indonesian: TestClient, session: Session
) -> None:
    dataset = make_dataset(session)
    answer = indonesian.post(f"/datasets/{dataset.id}/archive", follow_redirects=True)
    assert "Set data diarsipkan. Tidak ada yang dihapus." in answer.text


def test_programs_are_answered_in_english(
    use_api: Callable[..., TestClient], session: Session
) -> None:
    make_user(session, email="sari@example.org")
    answer = use_api("admin").post(
        "/api/v1/people",
        json={"email": "sari@example.org", "name": "Sari", "role": "annotator"},
        headers={"Accept-Language": "id", "Idempotency-Key": "one"},
    )
    assert answer.json()["detail"] == "There is already a person with the address sari@example.org."
