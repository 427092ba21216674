"""Two things that may help, alone and together: {base, adapted} x {plain, retrieved}.

Each cell is a mean over the same questions. The effect of adaptation is adapted minus base, of
retrieval retrieved minus plain; the interaction is how much retrieval changes what adaptation does:
(adapted - base with retrieval) - (adapted - base without). Questions are drawn with replacement,
the same ones for all four cells, those of a cluster (versions of one question, or questions about
one picture) together; percentile intervals (Efron and Tibshirani 1993, 13.3). A question that lacks
a cell is left out of all four, and counted.

Legend of shapes: k cells, p questions, b resamples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stats.effects import paired_bootstrap
from stats.estimate import Estimate, undefined
from stats.frontier.plane import Drawing
from stats.labels import Numbers
from stats.resampling import Spread

CELLS = ("base_plain", "base_retrieved", "adapted_plain", "adapted_retrieved")
# What each effect adds up of the cells, in their order.
EFFECTS: Mapping[str, tuple[float, float, float, float]] = {
    "adaptation_plain": (-1, 0, 1, 0),
    "adaptation_retrieved": (0, -1, 0, 1),
    "adaptation": (-0.5, -0.5, 0.5, 0.5),
    "retrieval_base": (-1, 1, 0, 0),
    "retrieval_adapted": (0, 0, -1, 1),
    "retrieval": (-0.5, 0.5, -0.5, 0.5),
    "both": (-1, 0, 0, 1),
    "interaction": (1, -1, -1, 1),
}
NO_QUESTION = "no question has all four cells"


@dataclass(frozen=True, kw_only=True)
class TwoByTwo:
    cells: Mapping[str, Estimate]
    effects: Mapping[str, Estimate]  # differences, in the unit of the values
    ratios: Mapping[str, Estimate]  # of each other cell to the base without retrieval
    num_questions: int
    num_clusters: int
    num_left_out: int


@dataclass(frozen=True, kw_only=True)
class _Draws:
    mean_k: Numbers
    mean_kb: Numbers
    spread: Spread

    def combine(self, weights: Sequence[float]) -> Estimate:
        weight_k = np.asarray(weights, dtype=np.float64)
        return self.spread.estimate(float(weight_k @ self.mean_k), weight_k @ self.mean_kb)

    def divide(self, place: int) -> Estimate:
        """By the first cell."""
        own, base = float(self.mean_k[place]), float(self.mean_k[0])
        return self.spread.divide(own, base, self.mean_kb[place], self.mean_kb[0])


def compare(
    values: Mapping[str, Mapping[str, float]],
    clusters: Mapping[str, str],
    drawing: Drawing,
) -> TwoByTwo:
    """`values`: of each cell, the questions' values; `clusters`: what a question is drawn with."""
    values_kp, questions = paired_bootstrap.stack([dict(values[cell]) for cell in CELLS])
    complete_p = np.isfinite(values_kp).all(axis=0)
    kept_kp = values_kp[:, complete_p]
    kept = [questions[place] for place in np.flatnonzero(complete_p)]
    num_left_out = len(questions) - len(kept)
    if not kept:
        return _say_nothing(num_left_out)
    clusters_p = paired_bootstrap.number_clusters([clusters.get(name, name) for name in kept])
    draws = _Draws(
        mean_k=kept_kp.mean(axis=1),
        mean_kb=paired_bootstrap.resample(
            kept_kp, drawing.num_resamples, drawing.seed, clusters_p=clusters_p
        ),
        spread=Spread(drawing.confidence, len(np.unique(clusters_p)), what="cluster of questions"),
    )
    of_cell = np.eye(len(CELLS))
    return TwoByTwo(
        cells={cell: draws.combine(of_cell[place]) for place, cell in enumerate(CELLS)},
        effects={name: draws.combine(weights) for name, weights in EFFECTS.items()},
        ratios={cell: draws.divide(place) for place, cell in enumerate(CELLS) if place},
        num_questions=len(kept),
        num_clusters=draws.spread.num_drawn,
        num_left_out=num_left_out,
    )


def _say_nothing(num_left_out: int) -> TwoByTwo:
    nothing = undefined(NO_QUESTION)
    return TwoByTwo(
        cells=dict.fromkeys(CELLS, nothing),
        effects=dict.fromkeys(EFFECTS, nothing),
        ratios=dict.fromkeys(CELLS[1:], nothing),
        num_questions=0,
        num_clusters=0,
        num_left_out=num_left_out,
    )
