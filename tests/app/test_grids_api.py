"""Launches of several jobs that are compared, by program."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from reports.distillation import files
from specs.grids.distillation import DistillationStudy
from specs.grids.grid import Grid
from specs.grids.two_by_two import TwoByTwo
from specs.kinds.distillation.distillation_run import DistillationRun
from specs.recipe import plan
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


@pytest.mark.parametrize("grid", [DistillationStudy, TwoByTwo])
def test_the_schema_s_examples_can_be_launched(grid: type[Grid], use_api: UseApi) -> None:
    models = use_api().get("/api/v1/openapi.json").json()["components"]["schemas"]
    for example in models[grid.__name__]["examples"]:
        planned = plan(grid.model_validate(example).to_recipe())
        assert len(planned) > 2
