"""The pages of data sets: who may see them, what they show, what they refuse."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.core import Locale
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.datasets import pages
from domain.artifacts import service as artifacts
from domain.datasets.models import Dataset
from domain.jobs.models import Job
from domain.settings import Settings
from tests import pictures
from tests.factories import make_dataset
from tests.imports import import_folder

SignIn = Callable[..., TestClient]
HX = {"HX-Request": "true"}
FORM = {"name": "Breakfast", "source": "pictures", "licence": "CC0-1.0", "format": "auto",
        "image_column": "image", "caption_column": "caption"}  # fmt: skip


@pytest.fixture
def browser(sign_in: SignIn) -> TestClient:
    return sign_in("researcher")


@pytest.fixture
def folder(settings: Settings) -> Path:
    return pictures.write_folder(settings.inbox / "pictures")


@pytest.mark.parametrize("path", ["/datasets", "/datasets/import"])
def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, path: str
) -> None:
    assert client.get(path).headers["location"].startswith("/sign-in")
    assert sign_in("annotator").get(path).status_code == 403


def test_empty_list_says_what_to_do(browser: TestClient) -> None:
    page = browser.get("/datasets").text
    assert "No data sets yet" in page
    assert page.count('href="/datasets/import"') == 1


def test_list_shows_data_sets_and_hides_archived_ones(
    browser: TestClient, session: Session
) -> None:
    dataset = make_dataset(session, name="Street food <b>", num_items=12_345)
    assert "Street food &lt;b&gt;" in browser.get("/datasets").text
    assert "12,345" in browser.get("/datasets").text
    answer = browser.post(f"/datasets/{dataset.id}/archive")
    assert answer.headers["location"] == f"/datasets/{dataset.id}"
    assert "Street food" not in browser.get("/datasets").text
    assert "Street food" in browser.get("/datasets?archived=true").text
    assert browser.post(f"/datasets/{dataset.id}/archive").status_code == 409
    browser.post(f"/datasets/{dataset.id}/unarchive")
    assert "Street food" in browser.get("/datasets").text


def test_list_is_paged(
    browser: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.shelf.ROWS_PER_PAGE", 2)
    names = [make_dataset(session, name=f"Set {n}").name for n in range(3)]
    first = browser.get("/datasets").text
    assert names[0] not in first
    cursor = first.partition("/datasets?cursor=")[2].partition('"')[0]
    assert names[0] in browser.get(f"/datasets?cursor={cursor}").text


def test_form_offers_the_inbox_and_every_field_of_the_spec(
    browser: TestClient, folder: Path
) -> None:
    page = browser.get("/datasets/import").text
    assert str(folder.parent) in page
    assert "/datasets/import?source=" in page
    for name in ("name", "source", "format", "licence", "max_items", "max_file_mb"):
        assert f'name="{name}"' in page


def test_import_is_queued(browser: TestClient, session: Session, folder: Path) -> None:
    answer = browser.post("/datasets/import", data=FORM)
    job = session.scalars(select(Job)).one()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{job.id}")
    assert (job.kind, job.spec["name"], job.spec["max_items"]) == (
        "dataset.import", "Breakfast", None,
    )  # fmt: skip


def test_import_through_htmx_goes_to_the_job(
    browser: TestClient, session: Session, folder: Path
) -> None:
    answer = browser.post("/datasets/import", data=FORM, headers=HX)
    job = session.scalars(select(Job)).one()
    assert answer.headers["HX-Redirect"] == f"/jobs/{job.id}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"licence": ""}, "Fill this in."),
        ({"source": ""}, "Fill this in."),
        ({"source": "nothing"}, "There is no file or folder &#39;nothing&#39;."),
        ({"source": "/etc"}, "lies outside the folders that imports may read"),
        ({"source": "upload:1"}, "names no upload. Upload the file again."),
        ({"max_items": "0"}, "It must be at least 1."),
        ({"max_items": "many"}, "Enter a whole number."),
        ({"format": "tar"}, "It must be one of"),
        ({"max_file_mb": "5000"}, "It must be at most 4096"),
        ({"default_language": "Klingon!"}, "BCP 47"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_queued(
    browser: TestClient, session: Session, folder: Path, changes: dict[str, str], sentence: str
) -> None:
    answer = browser.post("/datasets/import", data=FORM | changes)
    (field,) = changes
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="field-{field}-error"' in answer.text
    assert 'value="Breakfast"' in answer.text or field == "name"
    assert session.scalars(select(Job)).all() == []


def test_htmx_gets_the_form_alone(browser: TestClient, folder: Path) -> None:
    answer = browser.post("/datasets/import", data=FORM | {"name": ""}, headers=HX)
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")


def test_taken_name_stands_beside_the_name(
    browser: TestClient, session: Session, folder: Path
) -> None:
    make_dataset(session, name="Breakfast")
    answer = browser.post("/datasets/import", data=FORM)
    assert answer.status_code == 422
    assert "There is already a data set named &#39;Breakfast&#39;." in answer.text


def test_upload_becomes_the_source_of_the_form(browser: TestClient, session: Session) -> None:
    table = {"file": ("my table.csv", b"image,caption\na.jpg,A\n")}
    answer = browser.post("/datasets/uploads", files=table)
    assert answer.status_code == 303
    form = browser.get(answer.headers["location"]).text
    assert "my-table.csv is uploaded" in form
    source = answer.headers["location"].partition("source=")[2]
    started = browser.post("/datasets/import", data=FORM | {"source": source})
    assert started.headers["location"].startswith("/jobs/")
    artifact = artifacts.get(session, uuid.UUID(source.removeprefix("upload:")))
    assert session.scalars(select(Job)).one().inputs == {"upload": artifact.sha256}


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.zip", b"", "&#39;a.zip&#39; is empty."),
        ("a.csv", b"\x80\x04\x95abc", "a Python pickle"),
        ("a.png", pictures.png(), "of another kind"),
    ],
)
def test_refused_upload_is_explained_beside_the_file(
    browser: TestClient, session: Session, name: str, data: bytes, sentence: str
) -> None:
    answer = browser.post("/datasets/uploads", files={"file": (name, data)})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_upload_without_a_file(browser: TestClient) -> None:
    answer = browser.post("/datasets/uploads", data={"x": "y"})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_upload_leaves_no_staging_behind(browser: TestClient, settings: Settings) -> None:
    browser.post("/datasets/uploads", files={"file": ("a.csv", b"image,caption\n")})
    browser.post("/datasets/uploads", files={"file": ("a.exe", b"MZ")})
    staging = settings.data.resolve() / "artifacts" / ".staging"
    assert list(staging.iterdir()) == []


def test_page_shows_what_the_data_set_holds(
    browser: TestClient, session: Session, settings: Settings
) -> None:
    dataset = import_folder(session, settings, default_language="km")
    page = browser.get(f"/datasets/{dataset.id}").text
    assert dataset.digest in page
    assert "Khmer" in page
    assert '<p class="picture-note" lang="km">Caption 0</p>' in page
    assert page.count("/previews/") == 3
    assert "This is not a picture that can be read" in page
    assert f"/jobs/{dataset.job_id}" in page


def test_problems_are_filtered_in_place(
    browser: TestClient, session: Session, settings: Settings, folder: Path
) -> None:
    (folder / "000.txt").unlink()
    (folder / "001.jpg").write_bytes(b"<svg/>")
    dataset = import_folder(session, settings, folder)
    answer = browser.get(f"/datasets/{dataset.id}?reason=no_caption", headers=HX)
    assert answer.text.lstrip().startswith('<div id="problems"')
    assert "000.jpg" in answer.text
    assert "001.jpg" not in answer.text


def test_problems_are_paged(
    browser: TestClient, session: Session, settings: Settings, folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.datasets.pages.PROBLEMS_PER_PAGE", 1)
    for number in (0, 1):
        (folder / f"00{number}.txt").unlink()
    dataset = import_folder(session, settings, folder)
    address = f"/datasets/{dataset.id}?reason="
    assert "start=1#problems" in browser.get(address).text.replace("&amp;", "&")
    second = browser.get(f"{address}&start=1").text
    assert "001.jpg" in second
    assert "First page" in second


def test_preview_is_a_picture_that_browsers_may_keep(
    browser: TestClient, client: TestClient, session: Session, settings: Settings
) -> None:
    dataset = import_folder(session, settings)
    position = dataset.summary["sample"][0]["position"]
    answer = browser.get(f"/datasets/{dataset.id}/previews/{position}")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (64, 64)
    assert browser.get(f"/datasets/{dataset.id}/previews/77").status_code == 404
    assert client.get(f"/datasets/{dataset.id}/previews/{position}").status_code == 303


def test_page_stands_when_the_files_are_gone(
    browser: TestClient, session: Session, settings: Settings
) -> None:
    dataset = import_folder(session, settings)
    artifacts.release(session, dataset.artifact_id)
    session.flush()
    answer = browser.get(f"/datasets/{dataset.id}")
    assert answer.status_code == 200
    assert "released" in answer.text


def test_rename(browser: TestClient, session: Session) -> None:
    dataset = make_dataset(session)
    make_dataset(session, name="Taken")
    answer = browser.post(f"/datasets/{dataset.id}/name", data={"name": "Better"})
    assert answer.status_code == 303
    session.expire_all()
    assert session.get_one(Dataset, dataset.id).name == "Better"
    refused = browser.post(f"/datasets/{dataset.id}/name", data={"name": "Taken"})
    assert refused.status_code == 422
    assert "There is already a data set named" in refused.text


def test_data_set_that_is_not_there(browser: TestClient) -> None:
    answer = browser.get(f"/datasets/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert "There is no data set" in answer.text


@pytest.mark.parametrize(
    ("code", "name"), [("tet", "Tetum"), ("zh-Hans", "Simplified Chinese"), ("??", "??")]
)
def test_languages_are_named_in_the_language_of_the_reader(code: str, name: str) -> None:
    assert pages.name_language(code, Locale.parse("en")) == name
