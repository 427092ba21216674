"""All comparisons in one list, and the ways from there and from models to what was found."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.distillation.distillation_run import DistillationRun
from tests.answers import make_answers, make_comparison
from tests.distillation_studies import make_study
from tests.factories import make_job, make_score, make_variant
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


def make_distillation(session: Session, **changes: object) -> Job:
    told = {name: value for name, value in make_study().to_json().items() if name != "rows"}
    values = {"state": JobState.SUCCEEDED, "result": told} | changes
    return make_job(session, spec=DistillationRun(name="Five ways to halve"), **values)


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn
) -> None:
    assert client.get("/comparisons").headers["location"] == "/sign-in?next=/comparisons"
    assert sign_in("annotator").get("/comparisons").status_code == 403


def test_an_empty_list_leads_to_the_forms_that_launch_one(sign_in: SignIn) -> None:
    browser = sign_in()
    page = browser.get("/comparisons").text
    for address in ("/two-by-two/new", "/distillation/new", "/recipes/new?name=ablation"):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200
    narrowed = browser.get("/comparisons?kind=distillation.run").text
    assert "No comparison of this kind yet" in narrowed
    assert "/two-by-two/new" not in narrowed


def test_a_study_of_distillation_says_what_it_compared_and_leads_to_page_and_report(
    sign_in: SignIn, session: Session
) -> None:
    job = make_distillation(session)
    page = " ".join(sign_in().get("/comparisons").text.split())
    for said in ("Five ways to halve", "World CLIP, World SigLIP2", "6 methods", "2 seeds"):
        assert said in page
    assert f'href="/distillation/{job.id}"' in page
    assert f'href="/distillation/{job.id}/report.pdf"' in page
    assert "Succeeded" in page


def test_what_has_not_ended_well_stands_with_its_state_and_leads_to_its_job(
    sign_in: SignIn, session: Session
) -> None:
    for state in (JobState.WAITING, JobState.FAILED):
        job = make_distillation(session, state=state, result=None)
        page = sign_in().get("/comparisons").text
        assert f'href="/jobs/{job.id}"' in page
        assert f"/distillation/{job.id}" not in page
        assert state.capitalize() in page


def test_a_two_by_two_names_its_quiz_and_its_models(
    sign_in: SignIn, session: Session, tmp_path: Path
) -> None:
    answered = make_answers(session, tmp_path)
    job = make_comparison(session, answered)
    cells = {"base_plain": "base", "adapted_plain": "adapted"}
    rows = {cell: str(answered.variants[each].id) for cell, each in cells.items()}
    job.result = (job.result or {}) | {"rows": rows}
    session.flush()
    page = " ".join(sign_in().get("/comparisons").text.split())
    assert f'href="/two-by-two/{job.id}"' in page
    for said in ("Dishes", "World, Region beta-0.25"):
        assert said in page


def test_the_list_narrows_to_a_kind_and_goes_on_where_it_ended(
    sign_in: SignIn, session: Session
) -> None:
    first = make_distillation(session)
    for _ in range(50):
        make_distillation(session)
    other = make_job(session, state=JobState.QUEUED, spec=AnswersAblate())
    browser = sign_in()
    page = browser.get("/comparisons?kind=distillation.run").text
    assert page.count("Five ways to halve") == 2 * 50  # its name, and the report's
    assert f"/jobs/{other.id}" not in page
    older = f"/comparisons?kind=distillation.run&amp;cursor={sorted_ids(page)[-1]}"
    assert older in page
    assert f"/distillation/{first.id}" in browser.get(older.replace("&amp;", "&")).text


def sorted_ids(page: str) -> list[str]:
    """As they stand in the page."""
    return [part.partition('"')[0] for part in page.split('href="/distillation/')[1::2]]


@pytest.mark.parametrize("name", ["teachers-1", "students-1"])
def test_teachers_and_students_lead_to_the_studies_that_they_stand_in(
    sign_in: SignIn, session: Session, name: str
) -> None:
    model = make_variant(session, name="Half", family="clip")
    stranger = make_variant(session, name="Other", family="clip")
    measured = make_job(session, state=JobState.SUCCEEDED, spec=DistillationMeasure())
    job = make_distillation(session)
    session.add(JobInput(job_id=measured.id, name="model", variant_id=model.id))
    session.add(JobInput(job_id=job.id, name=name, source_job_id=measured.id))
    session.flush()
    browser = sign_in()
    assert f'href="/distillation/{job.id}"' in browser.get(f"/variants/{model.id}").text
    assert "/distillation/" not in browser.get(f"/variants/{stranger.id}").text


def test_who_answered_leads_to_the_two_by_two(
    sign_in: SignIn, session: Session, tmp_path: Path
) -> None:
    """Merges of a sweep and models with passages are read by no job: their scores lead there."""
    answered = make_answers(session, tmp_path)
    job = make_comparison(session, answered)
    scored = session.get_one(Job, session.get_one(JobInput, (job.id, "retrieved")).source_job_id)
    helped = answered.variants["adapted, helped"]
    make_score(session, helped, answered.quiz, job_id=scored.id)
    assert f'href="/two-by-two/{job.id}"' in sign_in().get(f"/variants/{helped.id}").text


def test_pages_of_what_was_found_lead_back_to_the_list(
    sign_in: SignIn, session: Session, tmp_path: Path
) -> None:
    job = make_comparison(session, make_answers(session, tmp_path))
    page = sign_in().get(f"/two-by-two/{job.id}").text
    assert 'href="/comparisons"' in page


@pytest.mark.parametrize("address", ["/benchmarks", "/jobs/new"])
def test_the_list_is_found_where_results_are_looked_for_and_launched(
    sign_in: SignIn, address: str
) -> None:
    assert 'href="/comparisons"' in sign_in().get(address).text
