"""The four cells of a comparison as rows, and what is none."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.jobs.models import Job
from domain.launches import comparing, errors
from domain.variants.models import Variant
from tests.answers import Answered, make_answers, make_comparison
from tests.factories import make_variant


@pytest.fixture
def answered(session: Session, tmp_path: Path) -> Answered:
    return make_answers(session, tmp_path)


@pytest.fixture
def job(session: Session, answered: Answered) -> Job:
    return make_comparison(session, answered)


def point_at(session: Session, job: Job, cell: str, variant_id: uuid.UUID) -> None:
    """As though this variant had answered in that cell."""
    role, side = cell.split("_")
    scored = comparing.job_inputs.list_rows(session, job.id)[side]
    answering = comparing.job_inputs.list_rows(session, scored.id)["outputs"]
    assert isinstance(answering, Job)
    name = (job.result or {})[role]
    answering.result = {"rows": (answering.result or {})["rows"] | {name: str(variant_id)}}
    session.flush()


def test_the_cells_are_the_variants_that_answered(
    session: Session, answered: Answered, job: Job
) -> None:
    found = comparing.find(session, job)
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
        with pytest.raises(errors.NotHelped, match=f"'{wrong.name}' is compared as 'Region beta"):
            comparing.find(session, job)


def test_a_cell_that_is_not_here_any_more_is_left_out(session: Session, job: Job) -> None:
    point_at(session, job, "base_retrieved", uuid.UUID(int=1))
    found: dict[str, Variant] = dict(comparing.find(session, job).variants)
    assert set(found) == {"base_plain", "adapted_plain", "adapted_retrieved"}
