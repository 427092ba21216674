"""Launches of several jobs that are compared, by program."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from domain.studies import service as studies
from domain.studies.models import Study
from reports.distillation import files
from specs.grids.distillation import DistillationStudy
from specs.grids.grid import Grid
from specs.grids.two_by_two import TwoByTwo
from specs.kinds.distillation.distillation_run import DistillationRun
from specs.recipe import plan
from tests.answers import CELLS, Answered, make_answers, make_comparison
from tests.distillation_studies import make_study
from tests.factories import make_artifact, make_dataset, make_job, make_variant, publish
from tests.web import SignedInClient

UseApi = Callable[..., SignedInClient]
GRIDS = "/api/v1/grids"
WAYS = {
    "name": "Ways", "teachers": ["World"], "dataset": "Captions", "test": "Others",
    "methods": ["dr", "0.5 ed + dr"], "seeds": [0, 1],
}  # fmt: skip


def count_jobs(session: Session) -> int:
    """Beside those that made the rows."""
    where = Job.state != JobState.SUCCEEDED
    return session.scalar(select(func.count()).select_from(Job).where(where)) or 0


@pytest.fixture
def rows(session: Session) -> None:
    make_variant(session, name="World", family="clip")
    for name in ("Captions", "Others"):
        make_dataset(session, name=name)


@pytest.fixture
def answered(session: Session, tmp_path: Path) -> Answered:
    return make_answers(session, tmp_path)


@pytest.fixture
def compared(session: Session, answered: Answered) -> Job:
    return make_comparison(session, answered)


def test_without_a_token_and_for_annotators_there_is_nothing(
    client: TestClient, use_api: UseApi, session: Session
) -> None:
    for part in ("distillation", "two-by-two"):
        assert client.post(f"{GRIDS}/{part}", json=WAYS).status_code == 401
        assert use_api("annotator").post(f"{GRIDS}/{part}", json=WAYS).status_code == 403
    assert count_jobs(session) == 0


@pytest.mark.usefixtures("rows")
def test_a_study_of_distillation_is_queued_whole_and_once(
    use_api: UseApi, session: Session
) -> None:
    program = use_api()
    key = {"Idempotency-Key": "once"}
    answers = [program.post(f"{GRIDS}/distillation", json=WAYS, headers=key) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    kinds = [job["kind"] for job in answers[0].json()["jobs"]]
    assert (kinds[0], kinds[-1]) == ("distillation.check", "distillation.run")
    assert kinds.count("model.distill") == 4
    assert count_jobs(session) == len(kinds)


@pytest.mark.usefixtures("rows")
def test_what_cannot_be_launched_says_why_and_queues_nothing(
    use_api: UseApi, session: Session
) -> None:
    for changes, said in (
        ({"methods": ["dr + dr"]}, "twice"),
        ({"teachers": ["Nobody"]}, "Nobody"),
    ):
        answer = use_api().post(f"{GRIDS}/distillation", json=WAYS | changes)
        assert answer.status_code in (404, 422)
        assert said in answer.text
    assert count_jobs(session) == 0


def test_what_a_study_found_is_read_whole(
    use_api: UseApi, session: Session, tmp_path: Path
) -> None:
    study = make_study()
    (tmp_path / "study.json").write_bytes(files.write(study))
    job = make_job(session, state=JobState.SUCCEEDED, spec=DistillationRun(), result={"name": "x"})
    publish(session, job, make_artifact(session, uri=tmp_path.as_uri()))
    assert use_api().get(f"{GRIDS}/distillation/{job.id}").json() == study.to_json()
    other = make_job(session, state=JobState.SUCCEEDED)
    assert use_api().get(f"{GRIDS}/distillation/{other.id}").status_code in (404, 409)
    assert use_api().get(f"{GRIDS}/distillation/{uuid.UUID(int=1)}").status_code == 404


def test_a_2x2_is_read_with_its_numbers_and_the_variants_of_its_cells(
    use_api: UseApi, answered: Answered, compared: Job
) -> None:
    found = use_api().get(f"{GRIDS}/two-by-two/{compared.id}").json()
    cells = ("base_plain", "adapted_plain", "base_retrieved", "adapted_retrieved")
    ids = {cell: str(answered.variants[name].id) for cell, name in zip(cells, CELLS, strict=True)}
    assert found == {
        "job_id": str(compared.id), "benchmark_id": str(answered.quiz.id), "variants": ids,
        "result": compared.result,
    }  # fmt: skip


@pytest.mark.parametrize("form", ["rank", "likert"])
def test_a_study_of_a_2x2_is_drafted_once_as_its_page_drafts_it(
    use_api: UseApi, session: Session, answered: Answered, compared: Job, form: str
) -> None:
    program, address = use_api(), f"{GRIDS}/two-by-two/{compared.id}/study"
    key = {"Idempotency-Key": "once"}
    first, again = (program.post(address, json={"form": form}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    study = session.scalars(select(Study)).one()
    shown = first.json()
    assert (shown["id"], shown["state"], shown["design"]["form"]) == (str(study.id), "draft", form)
    assert shown == program.get(f"/api/v1/studies/{study.id}").json()
    arms = studies.list_arms(session, study)
    assert {variant.id for _, variant in arms} == {each.id for each in answered.variants.values()}
    assert [variant.name for arm, variant in arms if arm.is_baseline] == ["World"]


def test_what_is_no_2x2_or_no_way_to_rate_is_said_and_drafts_nothing(
    use_api: UseApi, session: Session, compared: Job
) -> None:
    program = use_api()
    other = make_job(session, state=JobState.SUCCEEDED)
    for job_id in (other.id, uuid.UUID(int=1)):
        address = f"{GRIDS}/two-by-two/{job_id}"
        assert program.get(address).status_code == 404
        assert program.post(f"{address}/study", json={"form": "rank"}).status_code == 404
    address = f"{GRIDS}/two-by-two/{compared.id}/study"
    for body in ({"form": "pair"}, {}, {"form": "rank", "colour": "red"}):
        assert program.post(address, json=body).status_code == 422
    assert use_api("annotator").post(address, json={"form": "rank"}).status_code == 403
    assert session.scalars(select(Study)).all() == []


@pytest.mark.parametrize("grid", [DistillationStudy, TwoByTwo])
def test_the_schema_s_examples_can_be_launched(grid: type[Grid], use_api: UseApi) -> None:
    models = use_api().get("/api/v1/openapi.json").json()["components"]["schemas"]
    for example in models[grid.__name__]["examples"]:
        planned = plan(grid.model_validate(example).to_recipe())
        assert len(planned) > 2
