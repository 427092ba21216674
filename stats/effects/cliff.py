"""Cliff's delta: how much more often a rating of the arm is above one of the baseline than below
it, over all pairs of ratings (Cliff 1993, Psychological Bulletin 114, 494-509). From -1 to 1, and
the same whatever numbers the levels have.

The interval is the bootstrap over prompts. Prompts with the same counts are drawn together.

Legend of shapes: c levels of the scale, d distinct prompts, b resamples.
"""

import numpy as np

from stats.effects.clustered import NO_PROMPT, NO_VARIATION
from stats.effects.pairing import Paired
from stats.estimate import Estimate, undefined
from stats.labels import Codes, Numbers
from stats.resampling import NUM_RESAMPLES, draw, take_percentiles

MOST_LEVELS = 100


def estimate_delta(
    paired: Paired,
    *,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    if paired.num_prompts == 0:
        return undefined(NO_PROMPT)
    levels, level_n = np.unique(paired.value_n, return_inverse=True)
    num_levels = len(levels)
    arm_c = np.bincount(level_n[paired.is_arm_n], minlength=num_levels)
    baseline_c = np.bincount(level_n[~paired.is_arm_n], minlength=num_levels)
    value = float(compute_delta(arm_c.astype(float), baseline_c.astype(float)))
    if num_levels == 1:
        return Estimate(value=value, reason=NO_VARIATION)
    if num_levels > MOST_LEVELS:
        reason = f"no interval for more than {MOST_LEVELS} levels; there are {num_levels:,}"
        return Estimate(value=value, reason=reason)
    if paired.num_prompts == 1:
        return Estimate(value=value, reason="1 prompt has no spread")
    deltas_b = _resample(paired, level_n.reshape(-1), num_levels, num_resamples, seed)
    return take_percentiles(value, deltas_b, confidence)


def compute_delta(arm_c: Numbers, baseline_c: Numbers) -> Numbers:
    """From the counts of each level, lowest first; the last axis holds the levels."""
    total = baseline_c.sum(axis=-1, keepdims=True)
    up_to = baseline_c.cumsum(axis=-1)
    below, above = up_to - baseline_c, total - up_to
    more = (arm_c * (below - above)).sum(axis=-1)
    return np.asarray(more / (arm_c.sum(axis=-1) * total[..., 0]), dtype=np.float64)


def _resample(
    paired: Paired, level_n: Codes, num_levels: int, num_resamples: int, seed: int
) -> Numbers:
    """Rows of counts by prompt, the arm's beside the baseline's."""
    width = 2 * num_levels
    cell_n = paired.prompt_n * width + np.where(paired.is_arm_n, 0, num_levels) + level_n
    counts_pc = np.bincount(cell_n, minlength=paired.num_prompts * width).reshape(-1, width)
    rows_dc, times_d = np.unique(counts_pc, axis=0, return_counts=True)
    deltas_b = np.empty(num_resamples)
    for place, drawn_bd in draw(times_d, num_resamples, seed):
        drawn_bc = drawn_bd @ rows_dc
        deltas_b[place] = compute_delta(drawn_bc[:, :num_levels], drawn_bc[:, num_levels:])
    return deltas_b
