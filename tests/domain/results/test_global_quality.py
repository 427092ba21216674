"""What a benchmark says of the arms of a study: which runs count, and what is read of them."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.jobs import queries as jobs
from domain.results import global_quality
from domain.settings import Settings
from domain.studies import service as studies
from domain.studies.models import Study
from domain.variants.models import Variant
from tests.benchmark_runs import run_benchmark
from tests.factories import make_variant
from tests.studies import make_study


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=2)


def list_variants(session: Session, study: Study) -> list[Variant]:
    """The baseline first."""
    return [variant for _, variant in studies.list_arms(session, study)]


def test_the_newest_run_counts_unless_another_is_named(
    session: Session, study: Study, tmp_path: Path
) -> None:
    base, other = list_variants(session, study)
    first = run_benchmark(session, tmp_path, {"b": (base, [80, 60]), "o": (other, [70, 50])})
    second = run_benchmark(session, tmp_path, {"b": (base, [90, 70]), "o": (other, [75, 55])})
    runs = [run.job_id for run in global_quality.list_runs(session, study)]
    newest = global_quality.find(session, study, None)
    named = global_quality.find(session, study, str(first.id))

    assert runs == [second.id, first.id]
    assert newest is not None
    assert newest.variant == [base.name, base.name, other.name, other.name]
    assert (newest.prompt, newest.value) == (["g0", "g1"] * 2, [90, 70, 75, 55])
    assert named is not None
    assert named.value == [80, 60, 70, 50]


def test_variants_that_are_no_arms_are_ignored(
    session: Session, study: Study, tmp_path: Path
) -> None:
    base, other = list_variants(session, study)
    stranger = make_variant(session)
    scores = {"b": (base, [80]), "o": (other, [70]), "s": (stranger, [1])}
    run_benchmark(session, tmp_path, scores)
    found = global_quality.find(session, study, None)

    assert found is not None
    assert set(found.variant) == {base.name, other.name}


def test_a_run_without_the_baseline_or_without_another_arm_is_none(
    session: Session, study: Study, tmp_path: Path
) -> None:
    base, other = list_variants(session, study)
    run_benchmark(session, tmp_path, {"b": (base, [80]), "s": (make_variant(session), [1])})
    run_benchmark(session, tmp_path, {"o": (other, [80]), "s": (make_variant(session), [1])})

    assert global_quality.list_runs(session, study) == []


@pytest.mark.parametrize("how", ["released_at", "erased_at"])
def test_a_run_whose_file_was_given_up_tells_nothing(
    session: Session, study: Study, tmp_path: Path, how: str
) -> None:
    base, other = list_variants(session, study)
    job = run_benchmark(session, tmp_path, {"b": (base, [80]), "o": (other, [70])})
    (artifact,) = jobs.list_artifacts(session, job.id).values()
    setattr(session.scalars(select(Artifact).where(Artifact.id == artifact.id)).one(), how,
            clock.now())  # fmt: skip
    session.flush()

    assert global_quality.find(session, study, None) is None
