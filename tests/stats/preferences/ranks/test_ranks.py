"""Orders of arms: published values, independent formulas, and what is undefined."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import optimize
from scipy import stats as oracle

from stats.labels import encode
from stats.preferences.pairs import bradley_terry
from stats.preferences.pairs.votes import Votes
from stats.preferences.ranks import friedman, mean_rank, plackett_luce, rankings
from stats.preferences.ranks.measure import measure
from stats.preferences.ranks.rankings import Rankings
from stats.preferences.setting import PreferencesWrong, Setting
from stats.tables import TableUnreadable

SETTING = Setting(num_resamples=100)

# Rounding first base by three methods, 22 players: Hollander and Wolfe (1973, Nonparametric
# Statistical Methods, p. 140 ff.), and in R's help on friedman.test: 11.1429, p 0.003805.
BASES = np.array(
    [
        [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40],
        [5.90, 5.85, 5.70], [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35],
        [5.25, 5.15, 5.00], [5.85, 5.80, 5.70], [5.25, 5.20, 5.10], [5.65, 5.55, 5.45],
        [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40], [5.45, 5.55, 5.50],
        [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
        [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
    ]
)  # fmt: skip


def make(orders: list[str]) -> Rankings:
    """Each order is a word of arms, best first; every prompt has one of three raters."""
    rows = [
        (f"p{number}", f"r{number % 3}", arm, float(rank))
        for number, order in enumerate(orders)
        for rank, arm in enumerate(order, 1)
    ]
    prompt, rater, arm, ranks = zip(*rows, strict=True)
    return Rankings(
        prompt=encode(prompt), rater=encode(rater), arm=encode(arm), rank_n=np.array(ranks)
    )


def draw(num: int, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    scores = random.gumbel(-np.arange(4) / 2, size=(num, 4))
    return ["".join("abcd"[arm] for arm in order) for order in np.argsort(-scores)]


def test_published_friedman_test_of_base_runners() -> None:
    found = friedman.compute_from_blocks(BASES)
    assert found.chi_squared.value == pytest.approx(11.1429, abs=5e-5)
    assert found.p_value.value == pytest.approx(0.003805, abs=5e-7)


def test_kendalls_w_is_pingouins() -> None:
    wide = pd.DataFrame(BASES)
    theirs = pingouin.friedman(wide)
    found = friedman.compute_from_blocks(BASES)
    assert found.kendalls_w.value == pytest.approx(theirs["W"].iloc[0], abs=1e-6)
    assert found.chi_squared.value == pytest.approx(theirs["Q"].iloc[0], abs=1e-6)


def test_a_prompt_is_a_block_and_its_raters_are_averaged_first() -> None:
    ranks = np.array([[1, 2, 3], [2, 1, 3], [1, 3, 2], [1, 2, 3]], dtype=float)
    ranked = Rankings(
        prompt=encode(["p"] * 6 + ["q"] * 6),
        rater=encode(np.repeat(["r", "s", "r", "s"], 3)),
        arm=encode(list("abc") * 4),
        rank_n=ranks.reshape(-1),
    )
    found = friedman.compute(rankings.complete(ranked))
    theirs = oracle.friedmanchisquare(*np.array([[1.5, 1.5, 3], [1, 2.5, 2.5]]).T)
    assert found.chi_squared.value == pytest.approx(theirs.statistic)


def test_mean_ranks_are_means_and_share_ties() -> None:
    ranked = make(["abc", "acb", "bac"])
    tied = Rankings(**{**vars(ranked), "rank_n": np.minimum(ranked.rank_n, 2)})
    found = mean_rank.estimate(rankings.complete(tied))
    assert [each.value for each in found] == pytest.approx([(1 + 1 + 2.5) / 3, 2, 2.5])
    assert all((each.low or 9) < (each.value or 0) < (each.high or 0) for each in found[:1])


def test_rankings_that_lack_an_arm_have_no_mean_rank_and_are_counted() -> None:
    found = rankings.complete(make(["abc", "ab", "bca"]))
    assert (len(found.rank_ka), found.num_left_out) == (2, 1)
    assert found.rank_ka.tolist() == [[1, 2, 3], [3, 1, 2]]


def likelihood(orders: list[str], worth: dict[str, float]) -> float:
    return sum(
        worth[order[k]] - np.log(sum(np.exp(worth[arm]) for arm in order[k:]))
        for order in orders
        for k in range(len(order))
    )


def test_worths_are_where_plackett_luces_likelihood_is_highest() -> None:
    orders = [*draw(40), "ab", "dc", "bd", "ca"]
    found = plackett_luce.estimate(make(orders), SETTING)

    def minus(values: np.ndarray) -> float:  # type: ignore[type-arg]
        return -likelihood(orders, dict(zip("abcd", [0, *values], strict=True)))

    best = optimize.minimize(minus, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    theirs = np.array([0, *best.x])
    assert [each.value for each in found.of_arms] == pytest.approx(
        list(theirs - theirs.mean()), abs=1e-6
    )


def test_worths_of_two_arms_are_bradley_terrys_strengths() -> None:
    orders = ["ab"] * 7 + ["ba"] * 4
    found = plackett_luce.estimate(make(orders), SETTING)
    arms = encode([*("a" for _ in orders), *("b" for _ in orders)])
    votes = Votes(
        arms=("a", "b"),
        left_n=arms.codes_n[:11],
        right_n=arms.codes_n[11:],
        outcome_n=np.array([0] * 7 + [1] * 4),
        prompt=encode([f"p{k}" for k in range(11)]),
        rater=encode(["r0", "r1", "r2"] * 3 + ["r0", "r1"]),
        is_both_bad_n=np.zeros(11, dtype=np.bool_),
    )
    theirs = bradley_terry.estimate(votes, SETTING)
    for own, other in zip(found.of_arms, theirs.of_arms, strict=True):
        assert own.value == pytest.approx(other.value, abs=1e-9)
        assert own.low == pytest.approx(other.low, abs=1e-9)


def test_rankings_with_ties_have_no_worth_and_are_counted() -> None:
    ranked = make([*draw(30), "abcd"])
    tied = ranked.rank_n.copy()
    tied[-2:] = 3
    found = plackett_luce.estimate(Rankings(**{**vars(ranked), "rank_n": tied}), SETTING)
    without = plackett_luce.estimate(make(draw(30)), SETTING)
    assert found.num_left_out == 1
    assert [each.value for each in found.of_arms] == [each.value for each in without.of_arms]


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        (["abc", "acb"], "'a' was never behind any other arm"),
        (["abc", "bac"], "'c' was never ahead of any other arm"),
        (["a"], "no ranking without ties"),
    ],
)
def test_worths_that_do_not_exist_have_a_reason(orders: list[str], reason: str) -> None:
    found = plackett_luce.estimate(make(orders), SETTING)
    assert {each.reason for each in found.of_arms} == {reason}


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        (["ab", "ba"], "it is for at least 3 arms; there are 2"),
        (["abc"], "1 prompt has no spread"),
        (["ab", "bc"], "no ranking has all arms"),
    ],
)
def test_friedman_says_why_it_is_undefined(orders: list[str], reason: str) -> None:
    assert friedman.compute(rankings.complete(make(orders))).p_value.reason == reason


def test_arms_that_are_always_tied_do_not_vary() -> None:
    assert friedman.compute_from_blocks(np.full((4, 3), 2.0)).p_value.reason == "no variation"


def test_everything_is_json_and_says_what_it_is() -> None:
    (found,) = measure(make(draw(30)), SETTING)
    facts = json.loads(json.dumps(found.to_json()))
    assert (facts["n_rankings"], facts["n_prompts"], facts["n_raters"]) == (30, 30, 3)
    assert [each["arm"] for each in facts["arms"]] == list("abcd")
    assert facts["arms"][0]["worth"]["B"] == 100
    assert facts["arms"][0]["mean_rank"]["definition"].startswith("mean rank")
    assert 0 < facts["kendalls_w"]["value"] < 1


def test_files_of_ranks_are_read_and_what_is_wrong_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"

    def read(text: str) -> Rankings:
        path.write_text("prompt,rater,arm,rank,criterion\n" + text, "utf-8")
        return rankings.read(path)

    found = read("p,r,a,1,x\np,r,b,2,x\np,r,a,2,y\np,r,b,,y\n")
    assert (len(found), found.num_without_rank) == (3, 1)
    assert [each.criterion for each in measure(found, SETTING)] == ["x", "y"]
    for text, sentence in (
        ("p,r,a,0,x\n", "line 2: the rank '0' is no number from 1 on"),
        ("p,r,a,b,x\n", "line 2: the rank 'b' is no number"),
        ("p,,a,1,x\n", "line 2: the rater is empty"),
        ("", "holds no rankings"),
    ):
        with pytest.raises(TableUnreadable, match=sentence):
            read(text)
    with pytest.raises(PreferencesWrong, match="Rater 'r' ranked arm 'a' of prompt 'p' more than"):
        read("p,r,a,1,x\np,r,a,2,x\n")
