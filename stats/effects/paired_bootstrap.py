"""Paired bootstrap over prompts: differences and ratios of means against a baseline.

Prompts are drawn with replacement, the same ones for every variant, so that what a prompt makes
easy or hard for all of them cancels out. Percentile intervals (Efron and Tibshirani 1993, 13.3).
A prompt without a value for some variant is left out for all of them, and counted.

Prompts that belong together, such as one question in several languages, are drawn together where
their clusters are given: the mean stays that over prompts (a ratio of sums over clusters).

Legend of shapes: v variants, p prompts, c clusters, b resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.estimate import Estimate, undefined
from stats.labels import Codes, compact
from stats.resampling import Spread

NUM_RESAMPLES = 10_000
_LARGEST_BLOCK = 2**22  # weights held at once


@dataclass(frozen=True, kw_only=True)
class Effect:
    mean: Estimate
    difference: Estimate  # from the baseline
    ratio: Estimate  # to the baseline


@dataclass(frozen=True, kw_only=True)
class Effects:
    of_variants: tuple[Effect, ...]
    num_prompts: int
    num_left_out: int
    num_resamples: int
    seed: int
    confidence: float


def compare(
    values_vp: ArrayLike,
    *,
    clusters_p: Codes | None = None,
    baseline: int = 0,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Effects:
    """`values_vp`: a row per variant, a column per prompt, NaN for a gap. Without clusters, each
    prompt is one.
    """
    values = np.asarray(values_vp, dtype=np.float64)
    _check(values, num_resamples, confidence)
    complete = np.isfinite(values).all(axis=0)
    kept_vp = values[:, complete]
    kept_clusters_p = None if clusters_p is None else clusters_p[complete]
    means_vb = resample(kept_vp, num_resamples, seed, clusters_p=kept_clusters_p)
    spread = Spread(confidence, count_clusters(kept_vp, kept_clusters_p))
    of_variants = tuple(
        _compare(kept_vp[each], kept_vp[baseline], means_vb[each], means_vb[baseline], spread)
        for each in range(len(values))
    )
    return Effects(
        of_variants=of_variants,
        num_prompts=int(complete.sum()),
        num_left_out=int((~complete).sum()),
        num_resamples=num_resamples,
        seed=seed,
        confidence=confidence,
    )


def _check(values: NDArray[np.float64], num_resamples: int, confidence: float) -> None:
    if values.ndim != 2:  # noqa: PLR2004 - variants by prompts
        raise ValueError(
            f"Values are rows of variants and columns of prompts; this has {values.ndim} "
            "dimensions."
        )
    if np.isinf(values).any():
        raise ValueError("A value is infinite.")
    if num_resamples < 1 or not 0 < confidence < 1:
        raise ValueError(
            f"{num_resamples} resamples with confidence {confidence:g} give no interval."
        )


def resample(
    values_vp: NDArray[np.float64],
    num_resamples: int,
    seed: int,
    *,
    clusters_p: Codes | None = None,
) -> NDArray[np.float64]:
    """The means of each variant in every resample: prompts count as often as they were drawn."""
    num_variants, num_prompts = values_vp.shape
    means_vb = np.empty((num_variants, num_resamples))
    if num_prompts == 0:
        return means_vb
    sums_vc, sizes_c = _sum_clusters(values_vp, clusters_p)
    num_clusters = len(sizes_c)
    random = np.random.default_rng(seed)
    shares = np.full(num_clusters, 1 / num_clusters)
    block = max(1, _LARGEST_BLOCK // num_clusters)
    for start in range(0, num_resamples, block):
        stop = min(start + block, num_resamples)
        weights_bc = random.multinomial(num_clusters, shares, size=stop - start)
        means_vb[:, start:stop] = sums_vc @ weights_bc.T / (weights_bc @ sizes_c)
    return means_vb


def count_clusters(values_vp: NDArray[np.float64], clusters_p: Codes | None) -> int:
    return values_vp.shape[1] if clusters_p is None else len(np.unique(clusters_p))


def number_clusters(names: Sequence[str]) -> Codes:
    """In the order in which they first come: clusters of one are drawn as prompts are."""
    place = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([place[name] for name in names], dtype=np.intp)


def _sum_clusters(
    values_vp: NDArray[np.float64], clusters_p: Codes | None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    if clusters_p is None:
        return values_vp, np.ones(values_vp.shape[1], dtype=np.intp)
    codes_p, num_clusters = compact(clusters_p)
    sums_vc = np.array([np.bincount(codes_p, each_p, num_clusters) for each_p in values_vp])
    return sums_vc, np.bincount(codes_p, minlength=num_clusters)


def _compare(
    own_p: NDArray[np.float64],
    base_p: NDArray[np.float64],
    own_b: NDArray[np.float64],
    base_b: NDArray[np.float64],
    spread: Spread,
) -> Effect:
    if spread.num_drawn == 0:
        nothing = undefined("no prompt has all values")
        return Effect(mean=nothing, difference=nothing, ratio=nothing)
    own, base = float(own_p.mean()), float(base_p.mean())
    return Effect(
        mean=spread.estimate(own, own_b),
        difference=spread.estimate(float((own_p - base_p).mean()), own_b - base_b),
        ratio=spread.divide(own, base, own_b, base_b),
    )


def stack(of_variants: Sequence[dict[str, float]]) -> tuple[NDArray[np.float64], list[str]]:
    """Scores by prompt as rows of one array, with NaN where a variant lacks a prompt."""
    prompts = list(dict.fromkeys(prompt for scores in of_variants for prompt in scores))
    values_vp = np.array(
        [[scores.get(prompt, np.nan) for prompt in prompts] for scores in of_variants]
    )
    return values_vp.reshape(len(of_variants), len(prompts)), prompts
