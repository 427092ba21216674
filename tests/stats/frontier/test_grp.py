"""GRP: the paper's table, exact changes of the best variant, and what is refused."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.frontier import grp
from stats.frontier.grp import Qualities
from stats.frontier.scales import Scale, Scope, Score, ScoresWrong

# arXiv 2604.11490 v2, table 1: beta, two global metrics, three regional ones, GRP at alpha .43.
TABLE_1 = [
    (0.00, (59.8, 67.2), (41.0, 60.1, 67.8), 59.4),
    (0.05, (60.0, 68.7), (61.2, 60.3, 69.5), 64.0),
    (0.10, (60.0, 68.8), (61.7, 60.2, 69.5), 64.1),
    (0.50, (51.6, 61.8), (59.5, 51.4, 62.6), 57.3),
    (0.70, (51.9, 60.6), (54.0, 52.6, 61.3), 56.1),
    (1.00, (48.5, 35.6), (41.9, 48.6, 36.2), 42.2),
]


def make_score(variant: str, beta: float, scope: Scope, value: float, **more: object) -> Score:
    score = Score(variant=variant, beta=beta, scope=scope, metric="m", value=value)
    return replace(score, **more)  # type: ignore[arg-type]


def make_pair(variant: str, beta: float, q_global: float, q_regional: float) -> list[Score]:
    return [
        make_score(variant, beta, "global", q_global),
        make_score(variant, beta, "regional", q_regional),
    ]


def table_1() -> list[Score]:
    return [
        make_score(f"beta-{beta:g}", beta, scope, value, metric=f"{scope} {number}")
        for beta, global_, regional, _ in TABLE_1
        for scope, values in (("global", global_), ("regional", regional))
        for number, value in enumerate(values)
    ]  # type: ignore[misc]


def test_the_papers_table_comes_out() -> None:
    found = grp.compute(table_1(), 0.43)
    assert [row.grp(0.43) for row in found.rows] == pytest.approx(
        [printed for *_, printed in TABLE_1], abs=0.06
    )
    assert (found.best.variant, found.best.beta) == ("beta-0.1", 0.1)


def test_alpha_weighs_the_global_quality() -> None:
    found = grp.compute(make_pair("base", 0, 63.5, 56.3), 0.43)
    assert found.to_json()["rows"][0]["grp"] == 0.43 * 63.5 + (1 - 0.43) * 56.3
    assert round(0.43 * 63.5 + 0.57 * 56.3, 1) == 59.4


def test_a_quality_is_the_unweighted_mean_of_its_metrics_and_is_not_rounded() -> None:
    first = grp.compute(table_1(), 0.5).rows[0]
    assert first.q_global == pytest.approx((59.8 + 67.2) / 2)
    assert first.q_regional == pytest.approx((41.0 + 60.1 + 67.8) / 3, abs=1e-12)


def test_changes_are_where_the_lines_of_two_variants_cross() -> None:
    scores = [
        *make_pair("base", 0, 100, 50),
        *make_pair("half", 0.5, 90, 80),
        *make_pair("tuned", 1, 40, 90),
    ]
    found = grp.compute(scores, 0.9)
    # tuned: 90 - 50 a; half: 80 + 10 a; base: 50 + 50 a. They cross at 1/6 and at 3/4.
    assert found.to_json()["changes"] == [
        {"alpha": 1 / 6, "from": "tuned", "to": "half"},
        {"alpha": 3 / 4, "from": "half", "to": "base"},
    ]
    assert found.to_json()["best"] == {"variant": "base", "beta": 0}
    assert found.to_json()["beta_star"] == 0


def test_lines_that_meet_in_one_point_make_one_change() -> None:
    scores = [
        *make_pair("tuned", 1, 0, 100),
        *make_pair("half", 0.5, 50, 50),
        *make_pair("base", 0, 100, 0),
    ]
    assert [(c.alpha, c.before, c.after) for c in grp.compute(scores, 0.5).changes] == [
        (0.5, "tuned", "base")
    ]


def test_of_equal_variants_the_one_that_changes_least_is_best() -> None:
    scores = [*make_pair("tuned", 1, 60, 40), *make_pair("half", 0.5, 40, 60)]
    assert grp.compute(scores, 0.5).best.variant == "half"
    alike = [*make_pair("b", 0.5, 50, 50), *make_pair("a", 0.5, 50, 50)]
    assert grp.compute(alike, 0.3).best.variant == "b"
    assert grp.compute(alike, 0.3).changes == ()


quality = st.floats(0, 100, allow_subnormal=False) | st.integers(0, 4).map(float)
many = st.lists(st.tuples(quality, quality), min_size=1, max_size=7).map(
    lambda pairs: [Qualities(f"v{number}", number / 10, *pair) for number, pair in enumerate(pairs)]
)


@given(many)
def test_between_two_changes_the_one_named_is_best_at_every_alpha(rows: list[Qualities]) -> None:
    changes = grp.find_changes(rows)
    alphas = [change.alpha for change in changes]
    assert alphas == sorted(alphas)
    assert all(0 <= alpha <= 1 for alpha in alphas)
    assert all(one.after == other.before for one, other in pairwise(changes))
    by_name = {row.variant: row for row in rows}
    for step in range(101):
        alpha = step / 100
        best = max(row.grp(alpha) for row in rows)
        passed = [change for change in changes if change.alpha < alpha]
        if passed:
            named = by_name[passed[-1].after]
        elif changes:
            named = by_name[changes[0].before]
        else:
            named = grp.find_best(rows, 0.5)
        assert named.grp(alpha) == pytest.approx(best, abs=1e-9)


@given(many)
def test_where_the_best_changes_both_are_equally_good(rows: list[Qualities]) -> None:
    by_name = {row.variant: row for row in rows}
    for change in grp.find_changes(rows):
        before, after = by_name[change.before], by_name[change.after]
        assert before.grp(change.alpha) == pytest.approx(after.grp(change.alpha), abs=1e-9)
        assert after.q_global > before.q_global


@given(many, st.floats(0, 1))
def test_the_best_is_never_beaten(rows: list[Qualities], alpha: float) -> None:
    best = grp.find_best(rows, alpha)
    assert all(row.grp(alpha) <= best.grp(alpha) for row in rows)
    assert all(row.beta >= best.beta for row in rows if row.grp(alpha) == best.grp(alpha))


def images() -> list[Score]:
    """A benchmark of 0 to 100 and people's answers of 1 to 3, as in the paper's table 3 and 4."""
    return [
        make_score(name, beta, scope, value, lo=lo, hi=hi)
        for name, beta, dpg, people in (("base", 0, 73.75, 1.491), ("quarter", 0.25, 74.75, 1.569))
        for scope, value, lo, hi in (("global", dpg, 0, 100), ("regional", people, 1, 3))
    ]  # type: ignore[misc]


def test_metrics_with_different_bounds_are_not_averaged_as_they_are() -> None:
    with pytest.raises(ScoresWrong, match=r"0 to 100, 1 to 3.*choose the scale 'bounds' or 'base'"):
        grp.compute(images(), 0.43)
    undeclared = [replace(score, lo=None, hi=None) for score in images()]
    assert grp.compute(undeclared, 0.43).rows[0].q_regional == 1.491


def test_some_bounds_declared_and_some_not_are_two_scales() -> None:
    mixed = [replace(score, lo=None, hi=None) if score.lo else score for score in images()]
    with pytest.raises(ScoresWrong, match="0 to 100, undeclared"):
        grp.compute(mixed, 0.43)


def test_the_scale_of_bounds_puts_lo_at_0_and_hi_at_100() -> None:
    first = grp.compute(images(), 0.43, "bounds").rows[0]
    assert first.q_global == pytest.approx(73.75)
    assert first.q_regional == pytest.approx(100 * (1.491 - 1) / 2)


def test_the_scale_of_the_base_puts_the_base_at_100() -> None:
    found = grp.compute(images(), 0.43, "base")
    assert (found.rows[0].q_global, found.rows[0].q_regional) == (100, 100)
    assert found.rows[1].q_global == pytest.approx(100 * 74.75 / 73.75)
    assert found.rows[1].grp(0.43) == pytest.approx(43 * 74.75 / 73.75 + 57 * 1.569 / 1.491)


WRONG: list[tuple[list[Score], Scale, str]] = [
    ([], "none", "There are no scores."),
    (make_pair("a", 0, 1, 1)[:1], "none", "'a' has no regional metric."),
    (make_pair("a", 0, 1, 1) * 2, "none", "The global metric 'm' of 'a' is there twice."),
    (
        [make_score("a", 0, "global", 1), make_score("a", 0.5, "regional", 1)],
        "none",
        "'a' has two betas: 0 and 0.5.",
    ),
    (
        [
            *make_pair("a", 0, 1, 1),
            make_score("b", 1, "global", 1, metric="other"),
            make_score("b", 1, "regional", 1),
        ],
        "none",
        "'a' has no global metric 'other', which others have.",
    ),
    (make_pair("a", 0, 1, 1), "bounds", "has no lo and hi, which the scale 'bounds' needs."),
    (make_pair("a", 0.5, 1, 1), "base", "needs exactly one variant of beta 0; there is none."),
    (
        [*make_pair("a", 0, 1, 1), *make_pair("b", 0, 1, 1)],
        "base",
        "needs exactly one variant of beta 0; there is 'a', 'b'.",
    ),
    (make_pair("a", 0, 0, 1), "base", "The base's global metric 'm' is 0: a share of it says"),
    (
        [*make_pair("a", 0, 5e-324, 1), *make_pair("b", 1, 1, 1)],
        "base",
        "The global metric 'm' of 'b' is 1 and the base's 4.94066e-324: a share of it says nothing",
    ),
]


@pytest.mark.parametrize(("scores", "scale", "sentence"), WRONG, ids=lambda value: str(value)[:30])
def test_scores_that_cannot_be_weighed_are_refused(
    scores: list[Score], scale: Scale, sentence: str
) -> None:
    with pytest.raises(ScoresWrong) as caught:
        grp.compute(scores, 0.43, scale)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": float("nan")}, "value is nan, which is no number to weigh."),
        ({"value": float("inf")}, "value is inf"),
        ({"value": 1e308}, "value is 1e+308, beyond 1e+100."),
        ({"lo": -1e308, "hi": 1e308}, "lo is -1e+308, beyond 1e+100."),
        ({"beta": 1.5}, "beta is 1.5, not between 0 and 1."),
        ({"lo": 0}, "of lo and hi only one is given."),
        ({"lo": 2, "hi": 1}, "lo 2 is not below hi 1."),
        ({"lo": 0, "hi": 1, "value": 2}, "2 is outside its bounds, 0 to 1."),
    ],
)
def test_a_score_that_is_none_is_refused(changes: dict[str, float], sentence: str) -> None:
    with pytest.raises(ScoresWrong) as caught:
        replace(make_score("a", 0, "global", 1), **changes)
    assert str(caught.value).startswith("The global metric 'm' of 'a': ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("alpha", [-0.01, 1.01, float("nan")])
def test_alpha_is_a_weight(alpha: float) -> None:
    with pytest.raises(ScoresWrong, match="from 0 to 1, not"):
        grp.compute(make_pair("a", 0, 1, 1), alpha)
