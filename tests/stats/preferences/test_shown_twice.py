"""The same arms of a prompt may be shown again, with other outputs: then they are told apart."""

import pytest

from stats import tables
from stats.preferences.pairs import votes
from stats.preferences.ranks import rankings
from stats.preferences.setting import PreferencesWrong

VOTES = {
    "prompt": ["p", "p"],
    "rater": ["r", "r"],
    "left": ["a", "b"],
    "right": ["b", "a"],
    "winner": ["left", "tie"],
}
RANKS = {
    "prompt": ["p"] * 4,
    "rater": ["r"] * 4,
    "arm": ["a", "b", "a", "b"],
    "rank": [1, 2, 2, 1],
}


def test_two_votes_on_the_same_arms_of_a_prompt_are_two_where_items_differ() -> None:
    with pytest.raises(PreferencesWrong, match="more than once"):
        votes.from_table(tables.from_columns("votes", VOTES))
    told = votes.from_table(tables.from_columns("votes", {**VOTES, "item": ["1", "2"]}))

    assert len(told) == 2


def test_two_rankings_of_a_prompt_are_two_where_they_are_told_apart() -> None:
    with pytest.raises(PreferencesWrong, match="more than once"):
        rankings.from_table(tables.from_columns("ranks", RANKS))
    apart = {**RANKS, "ranking": ["1", "1", "2", "2"]}
    told = rankings.from_table(tables.from_columns("ranks", apart))

    assert told.basis.n_ratings == 2
    assert rankings.complete(told).rank_ka.tolist() == [[1, 2], [2, 1]]
