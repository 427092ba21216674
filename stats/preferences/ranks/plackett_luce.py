"""Plackett-Luce worths (Plackett 1975, Applied Statistics 24, 193-202; Luce 1959).

The best is chosen among all with chances in proportion to worth, then the next among those that are
left, and so on. Worths are logarithms with mean 0. Rankings of some of the arms count as well;
those with ties do not, and are counted. Interval: bootstrap over raters.

Legend of shapes: a arms, k rankings, s sets of arms to choose from, b resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.estimate import Estimate, undefined
from stats.labels import Codes, Numbers, compact
from stats.preferences import choices
from stats.preferences.choices import Design
from stats.preferences.connection import find_break
from stats.preferences.ranks.rankings import Rankings
from stats.preferences.setting import Setting, draw_raters, take_interval

_FEWEST = 2  # arms in a ranking


@dataclass(frozen=True, kw_only=True)
class Worths:
    of_arms: tuple[Estimate, ...]
    num_left_out: int  # rankings with ties or of one arm


@dataclass(frozen=True, kw_only=True)
class _Stages:
    """Each choice that was made: among which arms, which one, and by whom."""

    sets: tuple[tuple[int, ...], ...]
    set_n: Codes
    chosen_n: Codes  # arms
    rater_n: Codes
    num_left_out: int


def estimate(rankings: Rankings, setting: Setting) -> Worths:
    arms = rankings.arm.labels
    stages = _list_stages(rankings)
    if reason := _find_obstacle(stages, arms):
        return Worths(of_arms=(undefined(reason),) * len(arms), num_left_out=stages.num_left_out)
    design, cell_n = _make_design(stages, len(arms))
    shape = design.is_there_sm.shape
    drawn = draw_raters(stages.rater_n, cell_n, shape[0] * shape[1], setting)
    observed = np.bincount(cell_n, minlength=shape[0] * shape[1]).astype(np.float64)
    fits = choices.fit(design, np.concatenate([observed[None], drawn]).reshape(-1, *shape))
    worth_ba = np.concatenate([np.zeros((len(drawn) + 1, 1)), fits.coefficient_bq], axis=1)
    worth_ba -= worth_ba.mean(axis=1, keepdims=True)
    is_found_b = fits.is_found_b & (np.ptp(worth_ba, axis=1) < choices.LARGEST)
    num_raters = compact(stages.rater_n)[1]
    return Worths(
        of_arms=tuple(
            take_interval(float(own_b[0]), own_b[1:], is_found_b[1:], num_raters, setting)
            for own_b in worth_ba.T
        ),
        num_left_out=stages.num_left_out,
    )


def _list_stages(rankings: Rankings) -> _Stages:
    ranking_n = rankings.ranking_n
    ordered = np.lexsort((rankings.rank_n, ranking_n))
    ends = np.flatnonzero(np.diff(ranking_n[ordered])) + 1
    places: dict[tuple[int, ...], int] = {}
    rows: list[tuple[int, int, int]] = []
    num_left_out = 0
    for of_ranking in np.split(ordered, ends):
        rank = rankings.rank_n[of_ranking]
        if len(of_ranking) < _FEWEST or (np.diff(rank) == 0).any():
            num_left_out += 1
            continue
        arms = rankings.arm.codes_n[of_ranking].tolist()
        rater = int(rankings.rater.codes_n[of_ranking[0]])
        for stage in range(len(arms) - 1):
            left = tuple(sorted(arms[stage:]))
            rows.append((places.setdefault(left, len(places)), arms[stage], rater))
    columns = np.array(rows, dtype=np.intp).reshape(-1, 3)
    return _Stages(
        sets=tuple(places),
        set_n=columns[:, 0],
        chosen_n=columns[:, 1],
        rater_n=columns[:, 2],
        num_left_out=num_left_out,
    )


def _find_obstacle(stages: _Stages, arms: Sequence[str]) -> str:
    if not stages.sets:
        return "no ranking without ties"
    ahead = np.zeros((len(arms), len(arms)), dtype=np.bool_)
    for place, chosen in {*zip(stages.set_n.tolist(), stages.chosen_n.tolist(), strict=True)}:
        ahead[chosen, list(stages.sets[place])] = True
    return find_break(ahead, arms)


def _make_design(stages: _Stages, num_arms: int) -> tuple[Design, Codes]:
    """Sets of alternatives with the arms' own coefficients; and of each choice its cell."""
    most = max(map(len, stages.sets))
    shape = (len(stages.sets), most)
    is_there = np.zeros(shape, dtype=np.bool_)
    feature = np.zeros((*shape, num_arms - 1))
    place_sa: Numbers = np.zeros((len(stages.sets), num_arms))
    for place, arms in enumerate(stages.sets):
        is_there[place, : len(arms)] = True
        feature[place, : len(arms)] = np.eye(num_arms)[list(arms), 1:]
        place_sa[place, list(arms)] = range(len(arms))
    within_n = place_sa[stages.set_n, stages.chosen_n].astype(np.intp)
    return Design(feature_smq=feature, is_there_sm=is_there), stages.set_n * most + within_n
