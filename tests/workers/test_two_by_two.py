"""The 2x2 as jobs: one launch, real scoring, real comparison; then its page, its trade-off and a
study of it. Models are played.
"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.benchmarks import trade_off
from app.two_by_two import pages
from domain.benchmarks.models import Score
from domain.comparisons import two_by_two
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.outputs.models import Output
from domain.results import global_quality
from domain.studies import drafting
from domain.studies import service as studies
from domain.studies.models import Study
from domain.variants.models import Variant
from specs.grids.two_by_two import TwoByTwo
from specs.kinds.answers.answers_compare import AnswersCompare
from stats.frontier.two_by_two import CELLS
from tests.workers.test_answers import QUIZ, Kitchen, kitchen

__all__ = ["kitchen"]

CHOICE = TwoByTwo(
    base="World", tuned="Region", beta=0.25, quiz="Dishes", knowledge="Kitchen", index=True
)


def launch(kitchen: Kitchen) -> list[Job]:
    kitchen.make(QUIZ)
    settings = kitchen.bench.runtime.settings
    recipe = CHOICE.to_recipe()
    jobs = kitchen.bench.do(launches.launch_recipe, recipe, settings, actor=None)
    kitchen.bench.runtime.run_available("gpu")
    ended = [kitchen.bench.look(job.id) for job in jobs]
    assert [(job.state, job.error) for job in ended] == [(JobState.SUCCEEDED, None)] * len(jobs)
    return ended


@pytest.fixture
def jobs(kitchen: Kitchen) -> dict[str, Job]:
    names = ("index", "find", "plain", "helped", "score-plain", "score-helped", "compare")
    return dict(zip(names, launch(kitchen), strict=True))


def test_one_launch_measures_what_each_does_and_both(
    kitchen: Kitchen, jobs: dict[str, Job]
) -> None:
    view = kitchen.bench.do(pages.make_view, jobs["compare"])
    found = {scope.name: scope for scope in view.scopes}
    regional = {name: each["value"] for name, each in found["regional"].cells.items()}
    # Adaptation mends one of three questions, retrieval another, both together all of them.
    assert regional == pytest.approx(
        {"base_plain": 0, "base_retrieved": 100 / 3, "adapted_plain": 100 / 3,
         "adapted_retrieved": 100}
    )  # fmt: skip
    assert found["regional"].effects["interaction"]["value"] == pytest.approx(100 / 3)
    assert {each["value"] for each in found["global"].cells.values()} == {100}
    names = {cell: variant.name for cell, variant in view.variants.items()}
    assert names == {
        "base_plain": "World", "base_retrieved": "World + Kitchen",
        "adapted_plain": "Region beta-0.25", "adapted_retrieved": "Region beta-0.25 + Kitchen",
    }  # fmt: skip


def test_the_trade_off_of_a_sweep_is_weighed_as_that_of_pictures_is(jobs: dict[str, Job]) -> None:
    view = trade_off.make_view(jobs["score-plain"].result or {})
    assert view is not None
    base, adapted = view.rows
    assert (base.variant, adapted.variant, adapted.beta) == ("beta-0", "beta-0.25", 0.25)
    assert (base.score_regional, adapted.score_regional) == pytest.approx((0, 100 / 3))
    assert adapted.retention is not None
    assert adapted.retention["value"] == 1


def test_scores_of_both_sides_are_rows_that_count_apart_what_cannot_be_read(
    kitchen: Kitchen, jobs: dict[str, Job]
) -> None:
    scores = kitchen.bench.do(lambda session: session.scalars(select(Score)).all())
    assert len(scores) == 8
    assert {score.mode for score in scores} == {"choice"}
    assert all(score.facts["n_refused"] == score.facts["n_unparsable"] == 0 for score in scores)
    regional = next(score for score in scores if score.scope == "regional")
    assert "country:ID" in regional.by_category


def test_cells_are_called_as_the_statistics_call_them() -> None:
    assert two_by_two.CELLS == CELLS


@pytest.mark.parametrize("form", two_by_two.FORMS)
def test_a_study_of_the_answers_can_open_and_finds_its_global_quality(
    kitchen: Kitchen, jobs: dict[str, Job], form: str
) -> None:
    bench, settings = kitchen.bench, kitchen.bench.runtime.settings

    def draft(session: Session) -> tuple[list[str], int, list[Any]]:
        job = session.get_one(Job, jobs["compare"].id)
        study = two_by_two.draft_study(session, job, form, settings, actor=None)
        runs = global_quality.list_runs(session, study)
        found = global_quality.find(session, study, None)
        assert found is not None
        assert found.variant == ["World", "Region beta-0.25"]
        assert found.beta == [0.0, 0.25]
        return drafting.list_gaps(session, study), len(studies.list_arms(session, study)), runs

    gaps, num_arms, runs = bench.do(draft)
    assert (gaps, num_arms) == ([], 4)
    # The run without passages measured the baseline, and is what the frontier stands on.
    assert [run.job_id for run in runs] == [jobs["score-plain"].id]


def test_a_comparison_of_other_scores_fails_with_a_sentence_and_leaves_nothing(
    kitchen: Kitchen, jobs: dict[str, Job]
) -> None:
    plain, helped = (str(jobs[f"score-{side}"].id) for side in ("plain", "helped"))
    for spec, sentence in (
        (AnswersCompare(plain=plain, retrieved=helped, adapted="beta-1"), "no variant 'beta-1'"),
        (AnswersCompare(plain=helped, retrieved=plain), "Are the two folders swapped?"),
    ):
        job = kitchen.run(spec)
        assert job.state == JobState.FAILED
        assert sentence in (job.error or {})["message"]
    assert kitchen.count(Study) == [0]


def test_launching_the_same_again_is_the_same_jobs(kitchen: Kitchen, jobs: dict[str, Job]) -> None:
    settings = kitchen.bench.runtime.settings
    before = kitchen.count(Output, Variant)
    recipe = CHOICE.to_recipe()
    again = kitchen.bench.do(launches.launch_recipe, recipe, settings, actor=None)
    assert [job.id for job in again] == [job.id for job in jobs.values()]
    assert kitchen.count(Output, Variant) == before
