"""Rows of what was gained and kept, from the facts that a benchmark writes."""

from typing import Any

import pytest

from stats.frontier import trade_off
from stats.frontier.scales import ScoresWrong


def make_score(
    variant: str, scope: str, score: float | None, beta: float | None = None
) -> dict[str, Any]:
    beta = float(variant[-1]) if beta is None else beta
    return {"variant": variant, "scope": scope, "score": score, "beta": beta}


def make_effect(variant: str, scope: str, value: float) -> dict[str, Any]:
    ratio = {"value": value, "low": value - 0.25, "high": value + 0.25, "reason": ""}
    return {"variant": variant, "scope": scope, "ratio": ratio}


SCORES = [
    make_score("beta-1", "global", 70.0),
    make_score("beta-1", "regional", 36.0),
    make_score("beta-0", "global", 80.0),
    make_score("beta-0", "regional", 20.0),
]
EFFECTS = [make_effect("beta-1", "global", 0.875), make_effect("beta-1", "regional", 1.75)]


def test_a_row_says_what_a_variant_keeps_and_gains_and_the_base_is_neither() -> None:
    base, tuned = trade_off.list_rows(SCORES, EFFECTS)
    assert (base.variant, base.beta, base.retention, base.gain) == ("beta-0", 0, None, None)
    assert (tuned.score_global, tuned.score_regional) == (70, 36)
    assert tuned.retention == {"value": 0.875, "low": 0.625, "high": 1.125, "reason": ""}
    assert tuned.gain == {"value": 0.75, "low": 0.5, "high": 1.0, "reason": ""}


def test_a_gain_without_a_number_keeps_its_reason() -> None:
    ratio = {"value": None, "low": None, "high": None, "reason": "The base scored nothing."}
    effects = [{"variant": "beta-1", "scope": "regional", "ratio": ratio}]
    _, tuned = trade_off.list_rows(SCORES, effects)
    assert tuned.gain == ratio


@pytest.mark.parametrize(
    "scores",
    [
        [],
        SCORES[::2],  # one scope
        SCORES[:3],  # the base on one scope only
        [*SCORES, {**make_score("model", "global", 5.0, 0), "beta": None}],
        [*SCORES, make_score("beta-1", "elsewhere", 5.0)],
    ],
)
def test_without_both_scopes_and_a_beta_of_each_there_are_no_rows(
    scores: list[dict[str, Any]],
) -> None:
    assert trade_off.list_rows(scores, EFFECTS) == []


def test_the_retention_rule_recommends() -> None:
    found = trade_off.recommend(trade_off.list_rows(SCORES, EFFECTS))
    assert (found.variant, found.beta) == ("beta-0", 0)
    (judged,) = found.judged
    assert (judged.retention, judged.gain, judged.is_kept) == (0.875, 16, False)


def test_what_could_not_be_scored_cannot_be_weighed() -> None:
    scores = [make_score("beta-1", "global", None), *SCORES[1:]]
    rows = trade_off.list_rows(scores, EFFECTS)
    with pytest.raises(ScoresWrong, match="Nothing of 'beta-1' could be scored"):
        trade_off.recommend(rows)
