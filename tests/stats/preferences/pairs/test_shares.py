import numpy as np

from stats.preferences.pairs.measure import measure
from stats.preferences.pairs.votes import from_table
from stats.preferences.setting import Setting
from stats.tables import from_columns


def test_the_interval_of_a_share_keeps_within_0_and_1_however_few_raters_there_are() -> None:
    winners = ["new", "base", "new", "new", "new", "base", "new", "new"]
    num = len(winners)
    table = {
        "prompt": [f"p{number // 2}" for number in range(num)],
        "rater": [f"r{number % 2}" for number in range(num)],
        "left": ["new", "base"] * (num // 2),
        "right": ["base", "new"] * (num // 2),
        "winner": winners,
    }
    (found,) = measure(from_table(from_columns("votes", table)), Setting(num_resamples=50))
    (pair,) = found.pairs
    share = pair.to_json()["win_share"]

    assert np.isclose(min(share["value"], 1 - share["value"]), 0.25)
    assert 0 <= share["low"] < share["value"] < share["high"] <= 1
