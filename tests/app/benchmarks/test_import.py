"""The page that imports a quiz: the form of the kind, a file that is sent, and what is refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job
from domain.settings import Settings
from specs.kinds.quiz.quiz_import import QuizImport
from tests.factories import make_benchmark, make_job
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {"name": "Asked", "source": "asked.jsonl", "licence": "CC0-1.0", "shape": "auto",
        "format": "auto", "region": "sea", "scope": "auto", "words": "own", "form": "choice",
        "accepted": "row"}  # fmt: skip
TABLE = '{"key": "a", "question": "Where?", "answers": ["Bali"]}\n'


@pytest.fixture
def browser(sign_in: SignIn, settings: Settings) -> SignedInClient:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "asked.jsonl").write_text(TABLE, "utf-8")
    return sign_in("researcher")


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn
) -> None:
    assert client.get("/benchmarks/import").headers["location"].startswith("/sign-in")
    assert sign_in("annotator").get("/benchmarks/import").status_code == 403


def test_the_form_offers_regions_and_every_field(browser: SignedInClient) -> None:
    page = browser.get("/benchmarks/import").text
    for name in ("name", "source", "shape", "licence", "region", "words", "max_questions"):
        assert f'name="{name}"' in page
    assert '<option value="sea">' in page
    assert 'action="/benchmarks/uploads"' in page
    assert browser.get("/jobs/new/quiz.import").headers["location"] == "/benchmarks/import"


def test_it_is_queued_with_what_its_region_says(browser: SignedInClient, session: Session) -> None:
    answer = browser.post("/benchmarks/import", data=FORM)
    job = session.scalars(select(Job)).one()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{job.id}")
    assert (job.kind, job.spec["region"]) == ("quiz.import", "sea")
    assert len(job.inputs["region"]) == 64


def test_a_file_that_is_sent_becomes_the_source(browser: SignedInClient) -> None:
    sent = browser.post("/benchmarks/uploads", files={"file": ("a b.jsonl", TABLE.encode())})
    address = sent.headers["location"]
    assert address.startswith("/benchmarks/import?source=upload:")
    assert "a-b.jsonl is uploaded" in browser.get(address).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Taken"}, "There is already a benchmark named"),
        ({"source": "../elsewhere"}, "elsewhere"),
        ({"licence": ""}, "Fill this in."),
    ],
)
def test_what_cannot_be_imported_says_why_and_queues_nothing(
    browser: SignedInClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    make_benchmark(session, name="Taken")
    answer = browser.post("/benchmarks/import", data=FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalars(select(Job)).all() == []


def test_what_was_left_out_is_listed_on_the_page_of_its_job(
    sign_in: SignIn, session: Session
) -> None:
    problem = {"reference": "line 3", "reason": "no_question", "message": "It asks nothing."}
    job = make_job(
        session,
        state="succeeded",
        spec=QuizImport(name="Asked", source="asked", licence="CC0-1.0"),
        result={"num_problems": 30, "problems": [problem], "reasons": {"no_question": 30}},
    )
    page = sign_in().get(f"/jobs/{job.id}").text
    assert "It asks nothing." in page
    assert "The first 1 of 30; all of them are in problems.jsonl." in page
