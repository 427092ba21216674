"""All comparisons of a study, ready to be shown and stored."""

import json

import numpy as np
import pytest

from stats.effects.comparison import Setting
from stats.effects.measure import Effects, measure
from stats.effects.ratings import Ratings, RatingsWrong
from stats.labels import encode

from .conftest import Make

SETTING = Setting(baseline="base", num_resamples=200, seed=4)


def with_criteria(ratings: Ratings) -> Ratings:
    """Every rating given on two criteria."""
    twice = {
        name: encode(np.tile(np.array(column.labels)[column.codes_n], 2))
        for name, column in (
            ("item", ratings.item), ("rater", ratings.rater), ("arm", ratings.arm),
            ("prompt", ratings.prompt),
        )
    }  # fmt: skip
    stratum = ratings.groups["stratum"]
    size = len(ratings)
    return Ratings(
        **twice,
        value_n=np.concatenate([ratings.value_n, 4 - ratings.value_n]),
        groups={
            "criterion": encode(["right"] * size + ["wrong"] * size),
            "stratum": encode(np.tile(np.array(stratum.labels)[stratum.codes_n], 2)),
        },
    )


@pytest.fixture(scope="module")
def found(make_study: Make) -> Effects:
    study = make_study(num_prompts=24, arms=("base", "tuned", "more"), groups=("dish", "place"))
    return measure(with_criteria(study), SETTING, by="stratum")


def test_every_arm_criterion_and_group_is_compared(found: Effects) -> None:
    places = [
        (each.place.criterion, each.place.group, each.comparison.arm) for each in found.of_arms
    ]
    assert len(places) == 2 * 2 + 2 * 2 * 2
    assert ("right", None, "tuned") in places
    assert ("wrong", ("stratum", "dish"), "more") in places
    assert len(found.models) == 2 + 4


def test_a_mirrored_criterion_mirrors_every_effect(found: Effects) -> None:
    right, wrong = (
        next(
            each.comparison
            for each in found.of_arms
            if each.place.criterion == name and each.place.group is None
        )
        for name in ("right", "wrong")
    )
    for name in ("difference", "difference_naive", "cliffs_delta", "log_odds"):
        one, other = getattr(right, name).value, getattr(wrong, name).value
        assert one == pytest.approx(-other, abs=2e-4), name
    assert right.p_sign_flip.value == pytest.approx(wrong.p_sign_flip.value)


def test_every_figure_says_what_it_is_and_on_what(found: Effects) -> None:
    facts = json.loads(json.dumps(found.to_json()))
    assert (facts["baseline"], facts["B"], facts["seed"], facts["by"]) == (
        "base",
        200,
        4,
        "stratum",
    )
    for comparison in facts["comparisons"]:
        figures = {name: value for name, value in comparison.items() if isinstance(value, dict)}
        figures.pop("by", None)
        assert set(figures) == {
            "arm_mean", "baseline_mean", "difference", "difference_prompt_bootstrap",
            "difference_naive", "p_sign_flip", "p_sign_flip_holm", "p_wilcoxon", "cliffs_delta",
            "log_odds", "p_log_odds",
        }  # fmt: skip
        for figure in figures.values():
            assert set(figure) == {
                "value", "low", "high", "reason", "definition", "n_prompts", "n_raters",
                "n_ratings", "B", "seed",
            }  # fmt: skip
            assert figure["definition"]
            assert figure["value"] is not None or figure["reason"]
    assert facts["comparisons"][0]["difference_prompt_bootstrap"]["B"] == 200


def test_holms_family_is_all_arms_and_criteria_at_one_level(found: Effects) -> None:
    whole = [each for each in found.of_arms if each.place.group is None]
    parts = [each for each in found.of_arms if each.place.group is not None]
    assert all("family of 4 " in each.p_holm.definition for each in whole)
    assert all("family of 8 " in each.p_holm.definition for each in parts)
    assert all(
        (e.p_holm.value or 0) >= (e.comparison.p_sign_flip.value or 0) for e in found.of_arms
    )


def test_the_order_of_rows_changes_nothing(make_study: Make) -> None:
    study = make_study(num_prompts=10)
    order = np.random.default_rng(1).permutation(len(study))
    mixed = Ratings(
        item=encode(np.array(study.item.labels)[study.item.codes_n][order]),
        rater=encode(np.array(study.rater.labels)[study.rater.codes_n][order]),
        arm=encode(np.array(study.arm.labels)[study.arm.codes_n][order]),
        prompt=encode(np.array(study.prompt.labels)[study.prompt.codes_n][order]),
        value_n=study.value_n[order],
        groups={},
    )
    one, other = (measure(each, SETTING).of_arms[0].comparison for each in (study, mixed))
    assert one.difference.value == pytest.approx(other.difference.value, abs=1e-12)
    assert one.difference.estimate.low == pytest.approx(other.difference.estimate.low, abs=1e-9)
    assert one.cliffs_delta == other.cliffs_delta
    assert one.log_odds.value == pytest.approx(other.log_odds.value, abs=1e-4)


@pytest.mark.parametrize(
    "shape",
    [
        {"num_prompts": 1},
        {"num_raters": 1, "ratings_per_item": 1},
        {"num_prompts": 1, "num_raters": 1, "ratings_per_item": 1},
        {"num_prompts": 2, "groups": ("dish", "place")},
    ],
)
def test_nothing_is_too_small(make_study: Make, shape: dict[str, object]) -> None:
    study = make_study(**shape)
    by = "stratum" if study.groups else None
    for effect in measure(study, SETTING, by=by).of_arms:
        assert effect.comparison.difference.value is not None
        if effect.comparison.difference.basis.n_prompts == 1:
            assert effect.comparison.difference.estimate.low is None
            assert effect.comparison.difference.estimate.reason


def test_a_group_without_an_arm_or_without_the_baseline_has_reasons(make_study: Make) -> None:
    study = make_study(num_prompts=12, groups=("dish", "place"))
    is_dish = study.groups["stratum"].where("dish")
    for lacking in ("tuned", "base"):
        part = study.select(~(is_dish & study.arm.where(lacking)))
        dish = measure(part, SETTING, by="stratum").of_arms[1].comparison
        assert dish.difference.estimate.reason == "no prompt has ratings of both arms"
        assert dish.log_odds.estimate.reason == "no ratings of both arms"
        assert dish.num_left_out == 6


def test_unanimous_ratings_have_reasons_throughout(make_study: Make) -> None:
    study = make_study()
    same = Ratings(**{**vars(study), "value_n": np.full(len(study), 2.0)})
    compared = measure(same, SETTING).of_arms[0].comparison
    assert (compared.difference.value, compared.cliffs_delta.value) == (0, 0)
    assert compared.p_sign_flip.estimate.reason == "no prompt differs"
    assert compared.log_odds.estimate.reason == "no variation"


def test_a_wrong_question_is_refused(make_study: Make) -> None:
    study = make_study()
    with pytest.raises(RatingsWrong, match="'none' has no ratings; these arms have: 'base'"):
        measure(study, Setting(baseline="none"))
    with pytest.raises(RatingsWrong, match="not by 'rater'"):
        measure(study, SETTING, by="rater")
    with pytest.raises(RatingsWrong, match="0 resamples"):
        Setting(baseline="base", num_resamples=0)
