"""The model-based check: what it is fitted on, and what it says when it cannot be."""

import numpy as np
import pytest

from stats.effects import mixed_model
from stats.effects.ratings import Ratings

from .conftest import Make


def test_it_sees_the_effect_that_is_there(make_study: Make) -> None:
    ratings = make_study(num_prompts=80, arms=("base", "tuned", "better"), effect=0.6)
    found = mixed_model.estimate(ratings, "base")
    assert (found.is_sampled, found.seed, found.reason) == (False, None, "")
    assert list(found.of_arms) == ["better", "tuned"]
    tuned, better = found.of_arms["tuned"], found.of_arms["better"]
    assert (
        0 < (tuned.log_odds.low or 0) < (tuned.log_odds.value or 0) < (better.log_odds.value or 0)
    )
    assert 0 < (better.p_value.value or 0) < (tuned.p_value.value or 0) < 0.01
    # Latent standard deviations over the logistic's scale: raters .4 and prompts .6, noise .7.
    assert found.rater_sd == pytest.approx(0.4 / 0.7 * 1.7, abs=0.6)
    assert found.item_sd == pytest.approx(0.6 / 0.7 * 1.7, abs=0.6)


def test_above_the_limit_it_is_fitted_on_whole_prompts_and_says_so(make_study: Make) -> None:
    ratings = make_study(num_prompts=60)
    found = mixed_model.estimate(ratings, "base", most_ratings=200, seed=3)
    assert (found.is_sampled, found.seed) == (True, 3)
    assert found.basis.n_ratings == 198
    assert found.basis.n_prompts == 33
    assert found == mixed_model.estimate(ratings, "base", most_ratings=200, seed=3)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({"num_raters": 1, "ratings_per_item": 1}, "1 rater has no spread"),
        ({"arms": ("tuned",)}, "no ratings of both arms"),
        ({"arms": ("base",)}, "no ratings of both arms"),
    ],
)
def test_what_cannot_be_fitted_has_a_reason(
    make_study: Make, shape: dict[str, object], reason: str
) -> None:
    found = mixed_model.estimate(make_study(**shape), "base")
    assert (found.reason, found.item_sd, found.log_likelihood) == (reason, None, None)
    assert all(each.log_odds.reason == reason for each in found.of_arms.values())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (lambda ratings: np.ones(len(ratings)), "no variation"),
        (lambda ratings: np.arange(len(ratings)) / 3, "the model is for at most 20 levels"),
        (
            lambda ratings: np.where(ratings.arm.where("tuned"), 3.0, 1.0),
            "the model was not fitted: ",
        ),
    ],
)
def test_levels_that_say_nothing_have_a_reason(
    make_study: Make, values: object, reason: str
) -> None:
    ratings = make_study()
    value_n = values(ratings)  # type: ignore[operator]
    found = mixed_model.estimate(Ratings(**{**vars(ratings), "value_n": value_n}), "base")
    assert found.reason.startswith(reason)
    assert found.of_arms["tuned"].log_odds.reason == found.reason
