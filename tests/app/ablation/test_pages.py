"""A data ablation: its page, the way to it, and what can be taken along."""

import csv
import io
import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.variants import service as variants
from specs.kinds.answers.answers_ablate import AnswersAblate
from tests.ablations import RUNS, make_ablation, make_facts
from tests.factories import make_job
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.fixture
def job(session: Session) -> Job:
    return make_ablation(session)


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, job: Job
) -> None:
    address = f"/ablation/{job.id}"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    assert sign_in("annotator").get(address).status_code == 403


def test_the_page_says_what_helps_and_what_hurts_with_a_table_beside_every_chart(
    sign_in: SignIn, job: Job
) -> None:
    page = " ".join(sign_in().get(f"/ablation/{job.id}").text.split())
    assert page.index("Questions, global") < page.index("Questions, regional")
    assert page.count('<svg role="img"') == 4
    assert page.count("<summary>As a table</summary>") == 4
    assert re.search(r"What helps: 50,000 captions \(\+[\d.]+ points beside the base model\)", page)
    assert re.search(r"What hurts: .*\+ multiple choice \(.[\d.]+ points beside 250,000", page)
    assert "What cannot be told from nothing: + open questions" in page
    assert "2 questions were left out" in page
    assert "several looks" in page


def test_the_page_says_how_much_of_what_each_learnt_from(
    sign_in: SignIn, session: Session, job: Job
) -> None:
    page = " ".join(sign_in().get(f"/ablation/{job.id}").text.split())
    taught = page[page.index('id="taught-title"') :]
    for said in ("50,048", "250,048", "3,600", "Plates with captions", "Lessons"):
        assert said in taught
    model = variants.find_by_name(session, "Cook 7B, + open questions")
    assert model is not None
    assert f'href="/variants/{model.id}"' in taught


def test_what_was_scored_elsewhere_stands_without_its_models(
    sign_in: SignIn, session: Session, job: Job
) -> None:
    session.execute(delete(JobInput).where(JobInput.job_id == job.id))
    page = sign_in().get(f"/ablation/{job.id}").text
    assert "Dishes of six cities" in page
    assert "Cook 7B, " not in page


def test_an_indonesian_reads_it_in_indonesian(sign_in: SignIn, job: Job) -> None:
    browser = sign_in()
    browser.cookies.set("language", "id")
    page = browser.get(f"/ablation/{job.id}").text
    assert '<html lang="id"' in page
    assert "Ablasi data" in page
    assert "Yang membantu" in page
    assert "membantu" in page[page.index("<table") :]


def test_the_same_can_be_taken_along(sign_in: SignIn, job: Job) -> None:
    browser, address = sign_in(), f"/ablation/{job.id}"
    assert browser.get(f"{address}/report.json").json() == job.result
    text = browser.get(f"{address}/figures.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["label"] for row in rows] == 2 * [
        f"'{label}" if label.startswith("+") else label for label in RUNS
    ]
    first = make_facts()["scopes"][0]["rows"][0]
    assert float(rows[1]["to_before_low"]) == first["to_before"]["low"]
    assert (rows[0]["to_base"], rows[1]["verdict"]) == ("", "helps")
    parquet = browser.get(f"{address}/figures.parquet")
    assert parquet.headers["content-disposition"].endswith(
        'filename="dishes-of-six-cities-ablation.parquet"'
    )
    named = browser.get("/ablation/codebook.csv").text
    assert all(name in named for name in rows[0])


def test_what_is_no_ablation_is_not_found(sign_in: SignIn, session: Session) -> None:
    browser = sign_in()
    failed = make_job(session, state=JobState.FAILED, spec=AnswersAblate())
    for job_id in (make_job(session, state=JobState.SUCCEEDED).id, failed.id, uuid.UUID(int=1)):
        for part in ("", "/report.json", "/figures.csv"):
            assert browser.get(f"/ablation/{job_id}{part}").status_code == 404


def test_its_job_the_list_and_its_models_lead_to_it(
    sign_in: SignIn, session: Session, job: Job
) -> None:
    browser, address = sign_in(), f'href="/ablation/{job.id}"'
    model = variants.find_by_name(session, "Cook 7B, 50,000 captions")
    assert model is not None
    for page in (f"/jobs/{job.id}", "/comparisons", f"/variants/{model.id}"):
        assert address in browser.get(page).text
    assert f'href="/ablation/{job.id}/figures.csv"' in browser.get("/comparisons").text
