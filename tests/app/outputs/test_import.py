"""The page that imports outputs: the form of the kind, a file that is sent, and what is refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job
from domain.settings import Settings
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {"name": "Asked", "source": "answers.csv", "format": "auto", "max_file_mb": "64",
        "max_picture_megapixels": "100"}  # fmt: skip
TABLE = "arm,prompt_key,prompt,text\nOne,q1,What?,Rice\n"


@pytest.fixture
def browser(sign_in: SignIn, settings: Settings) -> SignedInClient:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "answers.csv").write_text(TABLE, "utf-8")
    return sign_in("researcher")


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn
) -> None:
    assert client.get("/outputs/import").headers["location"].startswith("/sign-in")
    assert sign_in("annotator").get("/outputs/import").status_code == 403


def test_the_form_offers_the_import_folders_and_every_field(browser: SignedInClient) -> None:
    page = browser.get("/outputs/import").text
    for name in ("name", "source", "format", "licence", "arms", "strict", "max_file_mb"):
        assert f'name="{name}"' in page
    assert "/outputs/import?source=" in page
    assert 'action="/outputs/uploads"' in page
    assert "/datasets/" not in page.partition("<main")[2]


def test_it_is_queued_with_the_arms_that_were_named(
    browser: SignedInClient, session: Session
) -> None:
    answer = browser.post("/outputs/import", data=FORM | {"arms": "One\nTwo\n", "strict": "true"})
    job = session.scalars(select(Job)).one()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{job.id}")
    assert (job.kind, job.spec["arms"], job.spec["strict"]) == (
        "outputs.import", ["One", "Two"], True,
    )  # fmt: skip


def test_a_file_that_is_sent_becomes_the_source(browser: SignedInClient, session: Session) -> None:
    sent = browser.post("/outputs/uploads", files={"file": ("a b.csv", TABLE.encode())})
    address = sent.headers["location"]
    assert address.startswith("/outputs/import?source=upload:")
    assert "a-b.csv is uploaded" in browser.get(address).text
    source = address.partition("source=")[2]
    browser.post("/outputs/import", data=FORM | {"source": source})
    job = session.scalars(select(Job)).one()
    assert job.spec["source"] == source
    assert set(job.inputs) == {"upload"}


def test_a_file_of_another_kind_is_explained_beside_it(browser: SignedInClient) -> None:
    answer = browser.post("/outputs/uploads", files={"file": ("a.csv", b"\x80\x04\x95abc")})
    assert answer.status_code == 422
    assert "a Python pickle" in answer.text
    assert 'action="/outputs/import"' in answer.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"source": "nothing"}, "There is no file or folder &#39;nothing&#39;."),
        ({"source": "/etc"}, "lies outside the folders that imports may read"),
        ({"source": "upload:1"}, "names no upload. Upload the file again."),
        ({"format": "webdataset"}, "It must be one of"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_queued(
    browser: SignedInClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    (field,) = changes
    answer = browser.post("/outputs/import", data=FORM | changes, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert sentence in answer.text
    assert f'id="field-{field}-error"' in answer.text
    assert session.scalars(select(Job)).all() == []
