"""The four cells of a comparison as rows, and what is none."""

import re
import uuid
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.comparisons import errors, two_by_two
from domain.datasets.sources import UPLOAD
from domain.jobs.models import Job, JobState
from domain.launches import errors as launch_errors
from domain.launches import queries
from domain.launches import service as launches
from domain.launches.models import JobInput
from domain.settings import Settings
from domain.studies.models import Study
from domain.variants.models import Variant
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from tests.answers import Answered, make_answers, make_comparison
from tests.factories import make_artifact, make_job, make_variant, publish


@pytest.fixture
def answered(session: Session, tmp_path: Path) -> Answered:
    return make_answers(session, tmp_path)


@pytest.fixture
def job(session: Session, answered: Answered) -> Job:
    return make_comparison(session, answered)


def point_at(session: Session, job: Job, cell: str, variant_id: uuid.UUID) -> None:
    """As though this variant had answered in that cell."""
    role, side = cell.split("_")
    scored = two_by_two.job_inputs.list_rows(session, job.id)[side]
    answering = two_by_two.job_inputs.list_rows(session, scored.id)["outputs"]
    assert isinstance(answering, Job)
    name = (job.result or {})[role]
    answering.result = {"rows": (answering.result or {})["rows"] | {name: str(variant_id)}}
    session.flush()


def test_the_cells_are_the_variants_that_answered(
    session: Session, answered: Answered, job: Job
) -> None:
    found = two_by_two.find(session, job)
    assert found.quiz == answered.quiz
    assert dict(found.variants) == {
        "base_plain": answered.variants["base"],
        "base_retrieved": answered.variants["base, helped"],
        "adapted_plain": answered.variants["adapted"],
        "adapted_retrieved": answered.variants["adapted, helped"],
    }


def test_what_stands_with_retrieval_is_what_stands_without_and_its_passages(
    session: Session, answered: Answered, job: Job
) -> None:
    other = make_variant(session, name="Other", family="llava")
    for wrong in (other, answered.variants["base"], answered.variants["base, helped"]):
        point_at(session, job, "adapted_retrieved", wrong.id)
        sentence = re.escape(f"'{wrong.name}' is compared as 'Region beta-0.25' with retrieved")
        with pytest.raises(errors.NotHelped, match=sentence):
            two_by_two.find(session, job)


def test_scores_whose_answers_cannot_be_traced_are_told(session: Session, job: Job) -> None:
    scored = two_by_two.job_inputs.list_rows(session, job.id)["plain"]
    session.execute(
        delete(JobInput).where(JobInput.job_id == scored.id, JobInput.name == "outputs")
    )
    with pytest.raises(errors.NotTraced, match=f"{scored.id} did not read as 'outputs'"):
        two_by_two.find(session, job)


@pytest.mark.parametrize("field", ["plain", "retrieved"])
def test_only_what_scoring_answers_made_can_be_compared(
    session: Session, settings: Settings, field: str
) -> None:
    """Neither a file that was sent nor what another kind calls answers: before it is queued."""
    scored = make_job(session, state=JobState.SUCCEEDED, spec=AnswersScore())
    publish(session, scored, make_artifact(session, kind="answers"))
    drawn = make_job(session, state=JobState.SUCCEEDED, spec=BenchmarkRun())
    publish(session, drawn, make_artifact(session, kind="answers"))
    upload = make_artifact(session, kind="upload")
    fields = {"plain": str(scored.id), "retrieved": str(scored.id)}
    for reference, error, sentence in (
        (
            str(drawn.id),
            launch_errors.InputNotMade,
            "'benchmark.run' makes no scores; it makes answers",
        ),
        (f"{UPLOAD}{upload.id}", launch_errors.NoSuchJob, "is not the id of a finished job"),
    ):
        spec = AnswersCompare.model_validate(fields | {field: reference})
        with pytest.raises(error, match=sentence):
            launches.launch(session, spec, settings, actor=None)
        ablation = AnswersAblate(base=str(scored.id), taught=(reference,))
        with pytest.raises(error, match=sentence):
            launches.launch(session, ablation, settings, actor=None)
    assert queries.list_source_jobs(session, "scores") == [scored]


def test_a_cell_that_is_not_here_any_more_is_left_out(session: Session, job: Job) -> None:
    point_at(session, job, "base_retrieved", uuid.UUID(int=1))
    found: dict[str, Variant] = dict(two_by_two.find(session, job).variants)
    assert set(found) == {"base_plain", "adapted_plain", "adapted_retrieved"}


def test_a_study_needs_all_four_cells_and_four_different_variants(
    session: Session, settings: Settings, answered: Answered, job: Job
) -> None:
    def draft() -> Study:
        return two_by_two.draft_study(session, job, "rank", settings, actor=None)

    point_at(session, job, "base_retrieved", uuid.UUID(int=1))
    with pytest.raises(errors.CellsMissing, match="none any more for: base_retrieved"):
        draft()
    point_at(session, job, "base_retrieved", answered.variants["base, helped"].id)
    point_at(session, job, "adapted_plain", answered.variants["base"].id)
    point_at(session, job, "adapted_retrieved", answered.variants["base, helped"].id)
    with pytest.raises(errors.CellTwice, match="and 'World' stands in more than one cell"):
        draft()
    assert session.scalars(select(Study)).all() == []
    for role in ("adapted_plain", "adapted_retrieved"):
        name = role.replace("_plain", "").replace("_retrieved", ", helped")
        point_at(session, job, role, answered.variants[name].id)
    assert draft().name == "Dishes, two by two"
