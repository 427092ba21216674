"""One beta, defended: the frontier, GRP over its weight, the rule and how sure it is."""

import dataclasses
import itertools
import json

import pytest

from stats.frontier import as_json, evidence
from stats.frontier.evidence import Evidence, Question
from stats.frontier.plane import Drawing
from stats.frontier.scales import ScoresWrong

from .conftest import Build

GLOBAL = {"base": 0.8, "quarter": 0.8, "half": 0.75, "tuned": 0.5}
REGIONAL = {"base": 1.5, "quarter": 1.8, "half": 1.9, "tuned": 2.1}
DRAWING = Drawing(num_resamples=300)


@pytest.fixture(scope="module")
def found(make_scores: Build, make_ratings: Build) -> Evidence:
    question = Question(alpha=0.43, split_seed=5, drawing=DRAWING)
    return evidence.measure(make_scores(GLOBAL), make_ratings(REGIONAL), question)


def test_the_rule_takes_the_largest_gain_that_keeps_enough_and_says_how_surely(
    found: Evidence,
) -> None:
    assert found.recommendation.variant == "quarter"
    assert found.points[1].recommended_share == 1
    assert found.certainty == (
        "In 100% of 300 resamples of the prompts the rule chose 'quarter' too. It kept at least "
        "0.98 of the base's global quality in 100% of them and was regionally better than the base "
        "in 100%."
    )
    assert sum(point.recommended_share for point in found.points) == pytest.approx(1)
    assert sum(point.best_share or 0 for point in found.points) == pytest.approx(1)


def test_stretches_of_grp_cover_every_weight_and_meet(found: Evidence) -> None:
    stretches = found.stretches
    assert (stretches[0].alpha_from, stretches[-1].alpha_to) == (0, 1)
    assert stretches[0].variant == "tuned"
    for one, other in itertools.pairwise(stretches):
        assert one.alpha_to == other.alpha_from
    for stretch in stretches:
        middle = (stretch.alpha_from + stretch.alpha_to) / 2
        best = max(found.rows, key=lambda row: row.grp(middle))
        assert (best.variant, best.beta) == (stretch.variant, stretch.beta)
    marked = next(each for each in stretches if each.alpha_from <= 0.43 <= each.alpha_to)
    assert found.best is not None
    assert found.best.variant == marked.variant


def test_what_is_chosen_on_one_half_is_reported_on_the_other(found: Evidence) -> None:
    held = found.held
    assert held is not None
    assert held.chosen.variant == held.reported.variant == "quarter"
    assert held.num_prompts == (100, 30)
    assert held.reported.retention.basis.n_prompts == 100
    assert held.reported.gain.basis.n_prompts == 30
    assert held.reported.retention.value != found.points[1].retention.value
    assert found.choosing.startswith("beta was chosen on one half of the prompts and is reported")


def test_without_a_split_it_says_so(make_scores: Build) -> None:
    found = evidence.measure(
        make_scores(GLOBAL), make_scores(REGIONAL, prefix="r"), Question(drawing=DRAWING)
    )
    assert found.held is None
    assert found.choosing.startswith("beta was chosen and reported on the same prompts")
    assert (found.best, found.points[0].best_share) == (None, None)


def test_prompts_that_cannot_be_split_are_still_shown_and_it_says_why(make_scores: Build) -> None:
    one, other = make_scores(GLOBAL, num_prompts=6), make_scores(REGIONAL, prefix="r")
    tied = dataclasses.replace(one, ties=(("same", ""),) * 6)
    found = evidence.measure(tied, other, Question(split_seed=0, drawing=DRAWING))
    assert found.held is None
    assert len(found.points) == len(GLOBAL)
    assert found.points[1].retention.estimate.reason == "1 cluster of prompts has no spread"
    assert "on the same prompts, as they cannot be split (No prompt has values" in found.choosing


def test_a_prompt_of_both_sides_is_in_one_half(make_scores: Build) -> None:
    one, other = make_scores(GLOBAL), make_scores(REGIONAL, num_prompts=120)
    halves = evidence._halve((one, other), 1)
    assert halves[0][:120].tolist() == halves[1].tolist()
    assert abs(int(halves[0][120:].sum()) - 40) <= 1


def test_prompts_that_belong_together_are_in_one_half_on_both_sides(make_scores: Build) -> None:
    groups = tuple((f"{number % 50}", "") for number in range(200))
    one = dataclasses.replace(make_scores(GLOBAL), ties=groups)
    other = dataclasses.replace(make_scores(REGIONAL, prefix="r"), ties=groups)
    halves = evidence._halve((one, other), 1)
    for number in range(50):
        assert len({*halves[0][number::50].tolist(), *halves[1][number::50].tolist()}) == 1
    assert halves[0].sum() == halves[1].sum() == 100


def test_where_nothing_is_better_the_base_stays_and_its_rival_is_named(make_scores: Build) -> None:
    regional = {"base": 1.0, "quarter": 1.0, "half": 0.8}
    found = evidence.measure(
        make_scores({"base": 0.8, "quarter": 0.8, "half": 0.8}),
        make_scores({**regional, "quarter": 0.985}, prefix="r"),
        Question(drawing=DRAWING),
    )
    assert found.recommendation.variant == "base"
    assert "the rule chose 'base' too; 'quarter' in " in found.certainty


def test_a_base_alone_is_a_plane_too(make_scores: Build) -> None:
    found = evidence.measure(
        make_scores({"base": 1}), make_scores({"base": 1}, prefix="r"), Question(drawing=DRAWING)
    )
    assert [point.is_on_frontier for point in found.points] == [True]
    assert found.certainty.endswith("chose 'base' too.")


def test_everything_is_json(found: Evidence) -> None:
    facts = json.loads(json.dumps(as_json.describe(found)))
    assert [point["p_frontier"] for point in facts["points"]][1] == 1
    assert facts["grp"]["alpha"] == 0.43
    assert facts["grp"]["beta_star"] == found.best.beta if found.best else False
    assert facts["recommendation"]["variant"] == "quarter"
    assert facts["split"]["reported"]["variant"] == "quarter"
    assert facts["points"][0]["gain"]["n_prompts"] == 60


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question(alpha=2), "from 0 to 1, not 2"),
        (Question(at_least=0), "above 0 and up to 1"),
    ],
)
def test_a_wrong_question_is_refused(make_scores: Build, question: Question, sentence: str) -> None:
    with pytest.raises(ScoresWrong, match=sentence):
        evidence.measure(make_scores(GLOBAL), make_scores(REGIONAL, prefix="r"), question)


def test_shares_of_a_quality_below_0_are_refused(make_scores: Build) -> None:
    regional = make_scores({"base": -1, "tuned": 1}, prefix="r")
    globally = make_scores({"base": 1, "tuned": 1})
    with pytest.raises(ScoresWrong, match="Choose the scale 'none'"):
        evidence.measure(globally, regional, Question(drawing=DRAWING))
    as_given = evidence.measure(globally, regional, Question(scale="none", drawing=DRAWING))
    assert as_given.rows[0].q_regional == pytest.approx(-1, abs=0.1)
