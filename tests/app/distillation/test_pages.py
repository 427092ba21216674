"""A study of distillation: a form that launches the grid, its page, and what can be taken along."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from reports.distillation import files
from specs.kinds.distillation.distillation_run import DistillationRun
from tests.distillation_studies import make_study
from tests.factories import (
    make_artifact,
    make_dataset,
    make_job,
    make_variant,
    publish,
)
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {
    "name": "Ways", "teachers": "World CLIP", "dataset": "Captions", "test": "Other captions",
    "quiz": "", "methods": "dr\n0.5 ed + dr", "seeds": "0\n1", "start": "every-other",
    "steps": "100", "batch_size": "16", "learning_rate": "0.0001", "device": "cpu",
}  # fmt: skip


@pytest.fixture
def job(session: Session, tmp_path: Path) -> Job:
    (tmp_path / "study.json").write_bytes(files.write(make_study()))
    job = make_job(session, state=JobState.SUCCEEDED, spec=DistillationRun(), result={"name": "x"})
    publish(session, job, make_artifact(session, uri=tmp_path.as_uri()))
    return job


def test_a_study_that_another_version_wrote_says_so(
    sign_in: SignIn, job: Job, tmp_path: Path
) -> None:
    facts = make_study().to_json()
    for changed, said in (({"shape": 99}, "of the shape 99"), ({"rows": []}, "holds no numbers")):
        (tmp_path / "study.json").write_text(json.dumps({**facts, **changed}), "utf-8")
        for part in ("", "/report.pdf", "/figures.csv"):
            answer = sign_in().get(f"/distillation/{job.id}{part}")
            assert answer.status_code == 409
            assert said in answer.text


def list_jobs(session: Session) -> list[Job]:
    return list(
        session.scalars(select(Job).where(Job.state != JobState.SUCCEEDED).order_by(Job.id))
    )


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, job: Job
) -> None:
    for address in ("/distillation/new", f"/distillation/{job.id}"):
        assert client.get(address).headers["location"] == f"/sign-in?next={address}"
        assert sign_in("annotator").get(address).status_code == 403


def test_the_form_shows_every_formula_and_says_whose_it_is(sign_in: SignIn) -> None:
    page = sign_in().get("/distillation/new").text
    assert "own definitions" in page
    for part in ("t(x in English)", "softmax", "s(a) . s(b) - t(a) . t(b)"):
        assert part in page
    assert "/distillation/new" in sign_in().get("/jobs/new").text


def test_teachers_are_ticked_and_stay_ticked_when_something_else_is_wrong(
    sign_in: SignIn, session: Session
) -> None:
    for name in ("World CLIP", "Second CLIP", "Third CLIP"):
        make_variant(session, name=name, family="clip")
    sent = FORM | {"teachers": ["World CLIP", "Second CLIP"], "steps": "none"}
    page = sign_in().post("/distillation/new", data=sent)
    assert page.status_code == 422
    ticks = re.findall(r'name="teachers"\s+value="([^"]+)"( checked)?', page.text)
    assert {name for name, _ in ticks} == {"World CLIP", "Second CLIP", "Third CLIP"}
    assert {name for name, is_ticked in ticks if is_ticked} == {"World CLIP", "Second CLIP"}


def test_one_launch_queues_the_whole_grid(sign_in: SignIn, session: Session) -> None:
    make_variant(session, name="World CLIP", family="clip")
    for name in ("Captions", "Other captions"):
        make_dataset(session, name=name)
    answer = sign_in().post("/distillation/new", data=FORM)
    assert answer.status_code == 303, answer.text
    kinds = [each.kind for each in list_jobs(session)]
    assert kinds.count("model.distill") == 4
    assert kinds.count("distillation.measure") == 5
    assert kinds[-1] == "distillation.run"
    assert answer.headers["location"] == f"/jobs/{list_jobs(session)[-1].id}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"test": "Captions"}, "Students would be measured on what they were taught on."),
        ({"methods": "xx"}, "is not a formulation"),
        ({"dataset": "Nothing"}, "There is no data set named"),
        ({"teachers": "Nobody"}, "There is no variant named"),
    ],
)
def test_what_cannot_be_launched_says_why_and_queues_nothing(
    sign_in: SignIn, session: Session, changes: dict[str, str], sentence: str
) -> None:
    make_variant(session, name="World CLIP", family="clip")
    for name in ("Captions", "Other captions"):
        make_dataset(session, name=name)
    answer = sign_in().post("/distillation/new", data=FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert list_jobs(session) == []


def test_the_page_shows_what_the_average_hides_with_a_table_beside_every_chart(
    sign_in: SignIn, session: Session, job: Job
) -> None:
    teacher = make_variant(session, name="World CLIP", family="clip", digest="d4" * 32)
    page = " ".join(sign_in().get(f"/distillation/{job.id}").text.split())
    assert page.count('<svg role="img"') == 4
    assert page.count("<summary>As a table</summary>") == 4
    assert "The average hides" in page
    assert page.count("own definitions") >= 2
    assert f'href="/variants/{teacher.id}"' in page
    for said in ("World SigLIP2", "0.5 ED + DR", "arXiv 2510.26271", "Khmer", "88,193,281"):
        assert said in page


def test_an_indonesian_reads_it_in_indonesian(sign_in: SignIn, job: Job) -> None:
    browser = sign_in()
    browser.cookies.set("language", "id")
    page = browser.get(f"/distillation/{job.id}").text
    assert '<html lang="id"' in page
    assert "Yang disembunyikan rata-rata" in page


@pytest.mark.parametrize(
    ("what", "media"),
    [
        ("report.json", "application/json"),
        ("report.pdf", "application/pdf"),
        ("figures.csv", "text/csv; charset=utf-8"),
        ("figures.parquet", "application/vnd.apache.parquet"),
        ("seeds.csv", "text/csv; charset=utf-8"),
    ],
)
def test_the_same_can_be_taken_along(sign_in: SignIn, job: Job, what: str, media: str) -> None:
    answer = sign_in().get(f"/distillation/{job.id}/{what}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media
    assert f"five-ways-to-halve-{what}" in answer.headers["content-disposition"]
    if what == "report.json":
        assert answer.json() == json.loads(files.write(make_study()))


def test_the_codebook_is_there(sign_in: SignIn) -> None:
    assert "image-to-text, MRR@10" in sign_in().get("/distillation/codebook.csv").text


def test_a_job_that_is_no_such_study_is_not_found(sign_in: SignIn, session: Session) -> None:
    other = make_job(session, state=JobState.SUCCEEDED, spec=DistillationRun(), result={})
    answer = sign_in().get(f"/distillation/{other.id}")
    assert answer.status_code == 404
    assert "is no study of distillation that succeeded" in answer.text


def test_its_job_leads_to_its_page(sign_in: SignIn, job: Job) -> None:
    assert f'href="/distillation/{job.id}"' in sign_in().get(f"/jobs/{job.id}").text
