"""The 2x2: a form that launches all of it, its four cells, and a study of them in one click."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobParent, JobState
from domain.studies import service as studies
from domain.studies.models import Study
from tests.answers import Answered, make_answers, make_comparison
from tests.factories import (
    make_job,
    make_knowledge_base,
    make_knowledge_index,
    make_variant,
)
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {
    "base": "World", "tuned": "Region", "beta": "0.25", "quiz": "Dishes", "mode": "choice",
    "knowledge": "Market", "num_passages": "3", "max_new_tokens": "16", "device": "cpu",
}  # fmt: skip


@pytest.fixture
def answered(session: Session, tmp_path: Path) -> Answered:
    return make_answers(session, tmp_path)


@pytest.fixture
def job(session: Session, answered: Answered) -> Job:
    return make_comparison(session, answered)


def list_jobs(session: Session) -> list[Job]:
    return list(
        session.scalars(select(Job).where(Job.state != JobState.SUCCEEDED).order_by(Job.id))
    )


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, session: Session, job: Job
) -> None:
    for address in ("/two-by-two/new", f"/two-by-two/{job.id}"):
        assert client.get(address).headers["location"] == f"/sign-in?next={address}"
        assert sign_in("annotator").get(address).status_code == 403
    refused = sign_in("annotator").post(f"/two-by-two/{job.id}/study", data={"form": "rank"})
    assert refused.status_code == 403
    assert session.scalars(select(Study)).all() == []


def test_the_form_offers_what_there_is_and_begins_with_the_quiz_that_was_looked_at(
    sign_in: SignIn, session: Session, answered: Answered
) -> None:
    make_knowledge_base(session, "Rice.", name="Market")
    page = sign_in().get("/two-by-two/new?quiz=Dishes").text
    assert '<option value="Dishes" selected>' in page
    assert all(f'value="{name}"' in page for name in ("World", "Region", "Market"))
    assert "World + Market" not in page
    assert "/two-by-two/new" in sign_in().get("/jobs/new").text


def test_one_launch_queues_everything_from_passages_to_the_comparison(
    sign_in: SignIn, session: Session, answered: Answered
) -> None:
    make_knowledge_index(session, make_knowledge_base(session, "Rice.", name="Market"))
    answer = sign_in().post("/two-by-two/new", data=FORM)
    jobs = list_jobs(session)
    assert [each.kind for each in jobs] == [
        "knowledge.retrieve", "answers.generate", "answers.generate", "answers.score",
        "answers.score", "answers.compare",
    ]  # fmt: skip
    assert answer.headers["location"] == f"/jobs/{jobs[-1].id}"
    find, plain, helped = jobs[:3]
    assert find.spec["method"] == "lexical"
    assert plain.spec["betas"] == helped.spec["betas"] == [0.0, 0.25]
    parents = session.execute(select(JobParent.job_id, JobParent.name, JobParent.parent_id)).all()
    assert (helped.id, "passages", find.id) in parents
    assert all(job_id != plain.id for job_id, *_ in parents)
    assert [each.state for each in jobs] == [
        "queued", "queued", "waiting", "waiting", "waiting", "waiting",
    ]  # fmt: skip


def test_the_knowledge_base_may_be_indexed_first_and_searched_by_meaning(
    sign_in: SignIn, session: Session, answered: Answered
) -> None:
    make_knowledge_base(session, "Rice.", name="Market")
    make_variant(session, name="Sentences", family="sentences")
    sign_in().post("/two-by-two/new", data=FORM | {"encoder": "Sentences", "index": "true"})
    jobs = list_jobs(session)
    assert [each.kind for each in jobs[:3]] == [
        "knowledge.index", "questions.embed", "knowledge.retrieve",
    ]  # fmt: skip
    assert jobs[2].spec["method"] == "hybrid"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tuned": "World"}, "The base and the regional model are the same one."),
        ({"beta": ""}, "Fill this in."),
        ({"beta": "0"}, "It must be more than 0"),
        ({"quiz": "Dances"}, "There is no quiz named"),
        ({"knowledge": "Nowhere"}, "There is no knowledge base named"),
        ({}, "has no index"),
        ({"tuned": "Other"}, "only models of one family can be merged"),
    ],
)
def test_what_cannot_be_launched_says_why_and_queues_nothing(
    sign_in: SignIn, session: Session, answered: Answered, changes: dict[str, str], sentence: str
) -> None:
    make_knowledge_base(session, "Rice.", name="Market")
    if changes:
        make_knowledge_index(session, make_knowledge_base(session, "Rice.", name="Indexed"))
        changes = {"knowledge": "Indexed"} | changes
    make_variant(session, name="Other", family="internvl")
    answer = sign_in().post("/two-by-two/new", data=FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert list_jobs(session) == []


def test_four_cells_stand_with_their_intervals_and_what_changes(sign_in: SignIn, job: Job) -> None:
    page = " ".join(sign_in().get(f"/two-by-two/{job.id}").text.split())
    assert page.index("Questions, global") < page.index("Questions, regional")
    assert page.count('<strong>41.5</strong> <span class="soft">[37.5, 45.5]</span>') == 2
    assert "<strong>+26.3</strong>" in page or "<strong>+26.2</strong>" in page
    assert re.search(r"<strong>.6\.[23]</strong>", page)
    assert "130.1%" in page
    assert "2 were left out" in page
    assert "4 answers refused." in page
    assert "could not be read" not in page
    for name in ("World", "Region beta-0.25", "World + Market", "Region beta-0.25 + Market"):
        assert name in page


@pytest.mark.parametrize(("form", "num_criteria"), [("rank", 1), ("likert", 2)])
def test_a_study_of_the_four_cells_is_one_click_away(
    sign_in: SignIn, session: Session, answered: Answered, job: Job, form: str, num_criteria: int
) -> None:
    browser = sign_in()
    answer = browser.post(f"/two-by-two/{job.id}/study", data={"form": form})
    study = session.scalars(select(Study)).one()
    assert answer.headers["location"] == f"/studies/{study.id}"
    design = studies.read_design(study)
    assert (design.form, design.medium, len(design.criteria)) == (form, "answer", num_criteria)
    assert (study.region, study.prompt_set_id) == ("sea", answered.quiz.prompt_set_id)
    arms = studies.list_arms(session, study)
    assert [variant.name for _, variant in arms] == [
        "World", "World + Market", "Region beta-0.25", "Region beta-0.25 + Market",
    ]  # fmt: skip
    assert [arm.is_baseline for arm, _ in arms] == [True, False, False, False]
    page = browser.get(f"/studies/{study.id}").text
    assert "Dishes, two by two" in page
    again = browser.post(f"/two-by-two/{job.id}/study", data={"form": form})
    assert again.status_code == 303
    assert {each.name for each in session.scalars(select(Study))} == {
        "Dishes, two by two", "Dishes, two by two (2)",
    }  # fmt: skip


def test_what_is_no_comparison_is_not_found(sign_in: SignIn, session: Session, job: Job) -> None:
    browser = sign_in()
    other = make_job(session, state=JobState.SUCCEEDED)
    for job_id in (other.id, uuid.UUID(int=1)):
        assert browser.get(f"/two-by-two/{job_id}").status_code == 404
        assert browser.post(f"/two-by-two/{job_id}/study", data={"form": "rank"}).status_code == 404
    assert browser.post(f"/two-by-two/{job.id}/study", data={"form": "pair"}).status_code == 422


def test_the_page_of_the_job_leads_to_the_cells(sign_in: SignIn, job: Job) -> None:
    assert f'href="/two-by-two/{job.id}"' in sign_in().get(f"/jobs/{job.id}").text
