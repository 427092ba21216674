"""What each addition of data did: every run beside the base, and beside the run it adds to.

All runs are compared on the questions that all of them answered. Questions are drawn with
replacement, the same ones for every run, those of a cluster together; percentile intervals. An
addition helps where the interval of its difference is above 0, hurts where it is below, and cannot
be told from nothing where 0 is in it.

Legend of shapes: r runs, the base first; p questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stats.effects import paired_bootstrap
from stats.effects.paired_bootstrap import Effects
from stats.estimate import Estimate
from stats.frontier.plane import Drawing

Verdict = Literal["helps", "hurts", "cannot be told"]


@dataclass(frozen=True, kw_only=True)
class Run:
    label: str
    values: Mapping[str, float]  # of each question
    against: int = 0  # the place of the run whose data it adds to


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    against: str
    mean: Estimate
    to_base: Estimate  # differences
    to_before: Estimate
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Ablation:
    base: Estimate
    rows: tuple[Row, ...]
    num_questions: int
    num_clusters: int
    num_left_out: int


def compare(runs: Sequence[Run], clusters: Mapping[str, str], drawing: Drawing) -> Ablation:
    """The first run is the base."""
    values_rp, questions = paired_bootstrap.stack([dict(run.values) for run in runs])
    clusters_p = paired_bootstrap.number_clusters([clusters.get(name, name) for name in questions])

    def compare_to(place: int) -> Effects:
        return paired_bootstrap.compare(
            values_rp,
            clusters_p=clusters_p,
            baseline=place,
            num_resamples=drawing.num_resamples,
            seed=drawing.seed,
            confidence=drawing.confidence,
        )

    by_place = {place: compare_to(place) for place in {0, *(run.against for run in runs)}}
    to_base = by_place[0]
    complete_p = np.isfinite(values_rp).all(axis=0)
    return Ablation(
        base=to_base.of_variants[0].mean,
        rows=tuple(_describe(runs, place, by_place) for place in range(1, len(runs))),
        num_questions=to_base.num_prompts,
        num_clusters=len(np.unique(clusters_p[complete_p])),
        num_left_out=to_base.num_left_out,
    )


def _describe(runs: Sequence[Run], place: int, by_place: Mapping[int, Effects]) -> Row:
    run = runs[place]
    to_before = by_place[run.against].of_variants[place].difference
    return Row(
        label=run.label,
        against=runs[run.against].label,
        mean=by_place[0].of_variants[place].mean,
        to_base=by_place[0].of_variants[place].difference,
        to_before=to_before,
        verdict=_judge(to_before),
    )


def _judge(difference: Estimate) -> Verdict:
    if difference.low is not None and difference.low > 0:
        return "helps"
    if difference.high is not None and difference.high < 0:
        return "hurts"
    return "cannot be told"
