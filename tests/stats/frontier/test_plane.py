"""Where variants lie between global retention and regional gain, and how sure that is."""

import dataclasses

import numpy as np
import pytest

from stats.effects import clustered, paired_bootstrap
from stats.effects.pairing import pair_columns
from stats.frontier import measured, plane
from stats.frontier.measured import Measured
from stats.frontier.plane import Drawing
from stats.frontier.scales import ScoresWrong

from .conftest import Build

GLOBAL = {"base": 0.8, "quarter": 0.8, "half": 0.7, "tuned": 0.5}
REGIONAL = {"base": 0.4, "quarter": 0.5, "half": 0.45, "tuned": 0.7}
DRAWING = Drawing(num_resamples=400, seed=3)


def copy(one: Measured, times: int) -> Measured:
    """The same prompts again, as if each had been asked in several languages."""
    names = [f"{name} {number}" for number in range(times) for name in one.prompts]
    return dataclasses.replace(
        one,
        prompts=tuple(names),
        values_vp=np.tile(one.values_vp, (1, times)),
        ties=tuple((name, "") for name in one.prompts) * times,
    )


def test_asking_the_same_again_makes_nothing_surer(make_scores: Build) -> None:
    sides = make_scores(GLOBAL), make_scores(REGIONAL, prefix="r")
    once = plane.locate(*sides, None, DRAWING)
    often = plane.locate(*(copy(each, 4) for each in sides), None, DRAWING)
    figures = ((*found.retention, *found.gain) for found in (once, often))
    for one, four in zip(*figures, strict=True):
        assert four.estimate.low == pytest.approx(one.estimate.low)
        assert four.estimate.high == pytest.approx(one.estimate.high)
        assert four.definition == one.definition + plane.TOGETHER
        assert four.basis.n_prompts == 4 * one.basis.n_prompts


def test_one_cluster_has_no_spread(make_scores: Build) -> None:
    one = make_scores(GLOBAL, num_prompts=3)
    tied = dataclasses.replace(one, ties=(("same", ""),) * 3)
    found = plane.locate(tied, make_scores(REGIONAL, prefix="r"), None, DRAWING)
    assert found.retention[1].estimate.reason == "1 cluster of prompts has no spread"


def test_a_variant_that_another_beats_in_both_is_off_the_frontier_for_sure(
    make_scores: Build,
) -> None:
    found = plane.locate(make_scores(GLOBAL), make_scores(REGIONAL, prefix="r"), None, DRAWING)
    assert found.variants == ("base", "quarter", "half", "tuned")
    assert found.is_on_frontier_v.tolist()[1:] == [True, False, True]
    assert found.frontier_share_v[1:].tolist() == [1, 0, 1]
    # base and quarter keep about as much: either may be ahead.
    assert 0.02 < found.frontier_share_v[0] < 0.98


def test_retention_and_gain_are_the_paired_bootstraps(make_scores: Build) -> None:
    globally, regionally = make_scores(GLOBAL), make_scores(REGIONAL, prefix="r")
    found = plane.locate(globally, regionally, None, DRAWING)
    ratio = paired_bootstrap.compare(globally.values_vp, num_resamples=400, seed=6).of_variants[3]
    gain = paired_bootstrap.compare(regionally.values_vp, num_resamples=400, seed=7).of_variants[3]
    for mine, theirs in ((found.retention[3], ratio.ratio), (found.gain[3], gain.difference)):
        own = (mine.estimate.value, mine.estimate.low, mine.estimate.high)
        assert own == pytest.approx((theirs.value, theirs.low, theirs.high), abs=1e-12)
    assert (found.retention[0].value, found.gain[0].value) == (1, 0)


def test_a_gain_of_ratings_has_the_interval_that_knows_of_raters(
    make_scores: Build, make_ratings: Build
) -> None:
    regionally = make_ratings(REGIONAL)
    found = plane.locate(make_scores(GLOBAL), regionally, None, DRAWING)
    raw = regionally.raw
    assert raw is not None
    paired = pair_columns(raw.value_n, raw.variant, raw.prompt, raw.rater, ("tuned", "base"))
    assert found.gain[3].estimate == clustered.estimate_difference(paired)
    assert (found.gain[3].basis.n_raters, found.gain[3].basis.n_ratings) == (8, 360)


def test_prompts_that_lack_a_variant_are_left_out_on_their_side_and_counted(
    make_scores: Build, make_ratings: Build
) -> None:
    globally, regionally = make_scores(GLOBAL), make_ratings(REGIONAL)
    values = globally.values_vp.copy()
    values[2, 5] = np.nan
    raw = regionally.raw
    assert raw is not None
    lacking = raw.prompt.where("r001") & raw.variant.where("tuned")
    fewer = measured.from_ratings(raw.select(~lacking), "")
    found = plane.locate(dataclasses.replace(globally, values_vp=values), fewer, None, DRAWING)
    assert (found.globally.num_left_out, found.regionally.num_left_out) == (1, 1)
    assert found.retention[1].basis.n_prompts == 199
    assert (found.gain[1].basis.n_prompts, found.gain[1].basis.n_ratings) == (59, 59 * 6)


def test_a_base_that_scores_nothing_in_some_resample_has_retentions_without_intervals(
    make_scores: Build,
) -> None:
    values = np.zeros((2, 6))
    values[0, 0], values[1] = 1, 0.5
    globally = dataclasses.replace(
        make_scores({"base": 1, "tuned": 1}, num_prompts=6), values_vp=values
    )
    regionally = make_scores({"base": 1, "tuned": 2}, prefix="r")
    found = plane.locate(globally, regionally, None, DRAWING)
    assert found.retention[1].value == pytest.approx(3)
    assert found.retention[1].estimate.low is None
    assert "the base's mean is not above 0 in" in found.retention[1].estimate.reason


def test_one_prompt_has_values_and_no_intervals(make_scores: Build) -> None:
    found = plane.locate(
        make_scores(GLOBAL, num_prompts=1),
        make_scores(REGIONAL, num_prompts=1, prefix="r"),
        None,
        DRAWING,
    )
    for figure in (*found.retention, *found.gain):
        assert figure.value is not None
        assert figure.estimate.reason == "1 prompt has no spread"


def test_the_base_may_be_named_and_variants_of_one_side_only_do_not_count(
    make_scores: Build,
) -> None:
    regional = {name: REGIONAL[name] for name in ("base", "tuned", "quarter")}
    betas = {"base": 0.0, "quarter": 0.25, "tuned": 1.0}
    found = plane.locate(
        make_scores(GLOBAL), make_scores(regional, betas=betas), "quarter", DRAWING
    )
    assert (found.base, found.variants) == ("quarter", ("base", "quarter", "tuned"))
    assert (found.retention[1].value, found.gain[1].value) == (1, 0)


@pytest.mark.parametrize(
    ("one", "other", "base", "sentence"),
    [
        ({"a": 1}, {"b": 1}, None, "No variant was measured both globally and regionally."),
        ({"a": 1, "b": 1}, {"b": 1}, None, "there are 0 on both sides: name it."),
        ({"a": 1}, {"a": 1}, "c", "The base 'c' was not measured both"),
        ({"a": -1}, {"a": 1}, None, "The base's global quality is -"),
    ],
)
def test_without_a_base_there_is_no_plane(
    make_scores: Build, one: dict[str, float], other: dict[str, float], base: str, sentence: str
) -> None:
    with pytest.raises(ScoresWrong, match=sentence):
        plane.locate(make_scores(one), make_scores(other), base, DRAWING)


def test_without_a_common_prompt_there_is_no_plane(make_scores: Build) -> None:
    globally = make_scores({"a": 1, "b": 1}, num_prompts=2)
    torn = dataclasses.replace(globally, values_vp=np.array([[1, np.nan], [np.nan, 1]]))
    with pytest.raises(ScoresWrong, match="No prompt has values of all variants"):
        plane.locate(torn, globally, None, DRAWING)
