"""All that votes say, ready to be shown and stored."""

import json

import pytest

from stats.preferences.pairs.measure import measure
from stats.preferences.setting import PreferencesWrong, Setting

from .conftest import Make

SETTING = Setting(num_resamples=50, seed=2)


def test_pairs_are_counted_from_the_first_arms_side(make_votes: Make) -> None:
    rows = [("a", "b", "left"), ("b", "a", "left"), ("b", "a", "right"), ("a", "b", "tie")]
    (found,) = measure(make_votes(rows), SETTING)
    (pair,) = found.pairs
    assert (pair.arm, pair.other, pair.wins, pair.ties, pair.losses) == ("a", "b", 2, 1, 1)
    assert pair.win_share.value == pytest.approx(2.5 / 4)


def test_everything_is_json_and_says_what_it_is(make_votes: Make) -> None:
    rows = [(one, other, how) for one, other in ("ab", "bc", "ca") for how in
            ("left", "right", "tie", "left")]  # fmt: skip
    (found,) = measure(make_votes(rows), SETTING)
    facts = json.loads(json.dumps(found.to_json()))
    assert (facts["n_votes"], facts["n_raters"], facts["n_both_bad"]) == (12, 5, 0)
    assert [each["arm"] for each in facts["strengths"]] == ["a", "b", "c"]
    assert facts["strengths"][0]["B"] == 50
    assert "Davidson" in facts["tie_parameter"]["definition"]
    assert facts["intransitivity"]["circles"] == [["a", "b", "c"]]


def test_a_pair_that_nobody_voted_on_has_a_reason(make_votes: Make) -> None:
    rows = [("a", "b", "left"), ("b", "c", "left"), ("b", "a", "left"), ("c", "b", "left")]
    (found,) = measure(make_votes(rows), SETTING)
    pair = found.pairs[1]
    assert (pair.arm, pair.other, pair.win_share.value) == ("a", "c", None)
    assert pair.win_share.estimate.reason == "there is nothing to average"


def test_no_resamples_are_refused() -> None:
    with pytest.raises(PreferencesWrong, match="0 resamples"):
        Setting(num_resamples=0)
