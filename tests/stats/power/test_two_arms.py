"""Golden values: statsmodels' NormalIndPower(ratio=1) gives 645.02 and 1451.30 for the design's
example; R's power.t.test differs by the t distribution only.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.power.two_arms import Assumptions, PlanImpossible, plan, reach


def assume(**more: float) -> Assumptions:
    return Assumptions(
        **{"effect": 0.078, "sd": 0.5, "levels": 3, "raters_per_item": 1} | more  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("sd", "ratings"), [(0.5, 646), (0.75, 1452)])
def test_the_papers_effect_takes_hundreds_of_ratings_unpaired(sd: float, ratings: int) -> None:
    found = plan(assume(sd=sd))

    assert found.ratings_without_clusters == ratings
    assert found.unpaired.prompts_per_arm == found.unpaired.ratings_per_arm == ratings


def test_more_raters_of_an_item_cannot_replace_items() -> None:
    """With item share .4 and endless raters, four tenths of the textbook's prompts remain."""
    few, many = (plan(assume(item_share=0.4, raters_per_item=k)) for k in (3, 10_000))

    assert few.unpaired.prompts_per_arm == math.ceil(645.0228 * (0.4 + 0.6 / 3))
    assert few.unpaired.ratings_per_arm == 3 * few.unpaired.prompts_per_arm
    assert many.unpaired.prompts_per_arm == math.ceil(645.0228 * (0.4 + 0.6 / 10_000))


def test_pairing_takes_out_the_prompt_and_the_rater() -> None:
    found = plan(assume(item_share=0.4, prompt_share=0.3, rater_share=0.2, raters_per_item=2))

    assert found.paired.prompts_per_arm == math.ceil(645.0228 * (0.1 + 0.4 / 2))
    assert found.unpaired.prompts_per_arm == math.ceil(645.0228 * (0.4 + 0.6 / 2))


def test_the_power_that_was_wanted_is_reached_by_simulation() -> None:
    assumed = assume(
        effect=0.12, item_share=0.4, prompt_share=0.25, rater_share=0.15, raters_per_item=3
    )
    num = plan(assumed).paired.prompts_per_arm
    rng = np.random.default_rng(1)
    draws, sd = 4000, assumed.sd

    def part(share: float, *shape: int) -> np.ndarray:
        return rng.normal(0, sd * math.sqrt(share), (draws, *shape))

    own = part(0.15, num, 2)  # items beyond their prompt, which cancels with the raters
    rest = part(0.45, num, 2, 3).mean(axis=-1)
    arms = own + rest
    differences = arms[..., 1] - arms[..., 0] + assumed.effect
    z = differences.mean(axis=1) / (differences.std(axis=1, ddof=1) / math.sqrt(num))
    power = (np.abs(z) > 1.959964).mean()

    assert power == pytest.approx(0.8, abs=0.03)
    assert reach(assumed, num, is_paired=True).power == pytest.approx(0.8, abs=0.02)


@given(
    effect=st.floats(0.05, 1.5),
    sd=st.floats(0.2, 1.0),
    raters=st.integers(1, 9),
    item=st.floats(0, 0.6),
    of_it=st.floats(0, 1),
    rater=st.floats(0, 0.3),
)
def test_pairing_never_takes_more_and_the_need_is_the_least_that_reaches(
    effect: float, sd: float, raters: int, item: float, of_it: float, rater: float
) -> None:
    assumed = assume(
        effect=effect, sd=sd, raters_per_item=raters, item_share=item, prompt_share=item * of_it,
        rater_share=rater,
    )  # fmt: skip
    found = plan(assumed)

    assert found.paired.prompts_per_arm <= found.unpaired.prompts_per_arm
    for need, is_paired in ((found.paired, True), (found.unpaired, False)):
        num = need.prompts_per_arm
        assert reach(assumed, num, is_paired=is_paired).power >= 0.8 - 1e-6
        assert reach(assumed, num, is_paired=is_paired).smallest_effect <= effect * (1 + 1e-6)
        if num > 3:
            fewer = reach(assumed, num - 1, is_paired=is_paired)
            assert fewer.smallest_effect > effect * (1 - 1e-6)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"levels": 1}, "at least 2 levels, not 1"),
        ({"effect": 0}, "more than 0 and at most 2, not by 0"),
        ({"effect": 2.5}, "at most 2, not by 2.5"),
        ({"sd": 1.2}, "above 0 and at most 1, not 1.2"),
        ({"raters_per_item": 0}, "at least once"),
        ({"item_share": 0.7, "rater_share": 0.4}, "at most 1 together"),
        ({"item_share": 0.2, "prompt_share": 0.3}, "is a part of what items differ by"),
        ({"power": 1.0}, "The power is between 0 and 1, not 1"),
        ({"significance_level": 0.0}, "The significance level is between 0 and 1, not 0"),
    ],
)
def test_assumptions_that_cannot_be_are_refused_in_a_sentence(
    wrong: dict[str, float], sentence: str
) -> None:
    with pytest.raises(PlanImpossible, match=sentence):
        assume(**wrong)


def test_a_study_of_one_prompt_is_refused() -> None:
    with pytest.raises(PlanImpossible, match="at least 2 prompts"):
        reach(assume(), 1, is_paired=True)
