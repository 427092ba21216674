"""Global retention against regional gain: where every variant lies, and how sure that is.

x, retention, is a variant's mean on the global benchmark as a share of the base's; y, gain, is its
regional mean minus the base's. Prompts are drawn with replacement, the same for all variants, those
of both sides apart from each other; prompts that belong together, such as captions of one picture,
are drawn together. In each resample the frontier is found anew; the share of resamples in which a
variant is on it is the probability of its being there. Where regional values are means of ratings,
the gain's interval is the two-way one, which knows of raters; what is drawn is prompts all the
same, for these raters.

Legend of shapes: v variants, p prompts, b resamples.
"""

from dataclasses import dataclass

import numpy as np

from stats.effects import clustered, paired_bootstrap
from stats.effects.pairing import pair_columns
from stats.estimate import Estimate
from stats.figures import Basis, Figure
from stats.frontier.measured import Measured, Raw
from stats.frontier.pareto import find_frontiers
from stats.frontier.scales import ScoresWrong
from stats.labels import Mask, Numbers
from stats.resampling import NUM_RESAMPLES, Spread
from stats.tables import show

RETENTION = (
    "mean of the global benchmark as a share of the base's; prompts with all variants; bootstrap "
    "over prompts, percentile interval"
)
GAIN_BOOTSTRAP = (
    "regional mean minus the base's; prompts with all variants; bootstrap over prompts, percentile "
    "interval"
)
TOGETHER = "; prompts that belong together are drawn together"
GAIN_TWO_WAY = (
    "regional mean rating minus the base's, paired by prompt; prompts with all variants; two-way "
    "cluster-robust interval (prompts and raters)"
)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    num_resamples: int = NUM_RESAMPLES
    seed: int = 0
    confidence: float = 0.95


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of both qualities, on prompts that every variant has."""

    measured: Measured
    num_left_out: int
    mean_v: Numbers
    mean_vb: Numbers


@dataclass(frozen=True, kw_only=True)
class Plane:
    variants: tuple[str, ...]  # by beta
    beta_v: Numbers
    place_of_base: int
    globally: Side
    regionally: Side
    retention: tuple[Figure, ...]
    gain: tuple[Figure, ...]
    is_on_frontier_v: Mask
    frontier_share_v: Numbers  # of resamples

    @property
    def base(self) -> str:
        return self.variants[self.place_of_base]


def locate(globally: Measured, regionally: Measured, base: str | None, drawing: Drawing) -> Plane:
    """Of the variants that both sides have. The base is named, or else the one of beta 0."""
    betas = {**regionally.betas, **globally.betas}
    variants = sorted(
        (name for name in globally.variants if name in regionally.variants),
        key=lambda name: (betas[name], name),
    )
    place = variants.index(_find_base(variants, betas, base))
    # Streams of their own, so that prompts of both sides are drawn independently.
    one = _make_side(globally, variants, drawing.num_resamples, 2 * drawing.seed)
    other = _make_side(regionally, variants, drawing.num_resamples, 2 * drawing.seed + 1)
    if one.mean_v[place] <= 0:
        raise ScoresWrong(
            f"The base's global quality is {one.mean_v[place]:g}: a share of it says nothing."
        )
    retention_vb, gain_vb = find_positions(one.mean_vb, other.mean_vb, place)
    retention_v, gain_v = find_positions(one.mean_v[:, None], other.mean_v[:, None], place)
    points_v2 = np.stack([retention_v[:, 0], gain_v[:, 0]], axis=-1)
    on_frontier_bv = find_frontiers(np.stack([retention_vb.T, gain_vb.T], axis=-1))
    return Plane(
        variants=tuple(variants),
        beta_v=np.array([betas[name] for name in variants]),
        place_of_base=place,
        globally=one,
        regionally=other,
        retention=tuple(
            _describe_retention(float(value), resampled_b, one, place, drawing)
            for value, resampled_b in zip(points_v2[:, 0], retention_vb, strict=True)
        ),
        gain=tuple(
            _describe_gain(
                name, float(value), resampled_b, other, base=variants[place], how=drawing
            )
            for name, value, resampled_b in zip(variants, points_v2[:, 1], gain_vb, strict=True)
        ),
        is_on_frontier_v=find_frontiers(points_v2),
        frontier_share_v=on_frontier_bv.mean(axis=0),
    )


def find_positions(
    global_vb: Numbers, regional_vb: Numbers, place_of_base: int
) -> tuple[Numbers, Numbers]:
    """Retention and gain, from means."""
    base_b = global_vb[place_of_base]
    # A resample whose base has nothing to keep: whatever stands there keeps infinitely much of it.
    floor = np.finfo(np.float64).tiny
    return global_vb / np.maximum(base_b, floor), regional_vb - regional_vb[place_of_base]


def _find_base(variants: list[str], betas: dict[str, float], base: str | None) -> str:
    if len(variants) == 0:
        raise ScoresWrong("No variant was measured both globally and regionally.")
    found = [name for name in variants if (betas[name] == 0 if base is None else name == base)]
    if len(found) == 1:
        return found[0]
    if base is not None:
        raise ScoresWrong(f"The base '{show(base)}' was not measured both globally and regionally.")
    raise ScoresWrong(
        f"The base is the one variant of beta 0; there are {len(found)} on both sides: name it."
    )


def _make_side(measured: Measured, variants: list[str], num_resamples: int, seed: int) -> Side:
    of_variants = measured.keep(variants, np.ones(len(measured.prompts), dtype=np.bool_))
    is_complete = np.asarray(np.isfinite(of_variants.values_vp).all(axis=0), dtype=np.bool_)
    complete = of_variants.keep(variants, is_complete)
    if not is_complete.any():
        raise ScoresWrong("No prompt has values of all variants on one of both sides.")
    return Side(
        measured=complete,
        num_left_out=int((~is_complete).sum()),
        mean_v=complete.values_vp.mean(axis=1),
        mean_vb=paired_bootstrap.resample(
            complete.values_vp, num_resamples, seed, clusters_p=complete.clusters_p
        ),
    )


def _describe_retention(
    value: float, resampled_b: Numbers, side: Side, place_of_base: int, drawing: Drawing
) -> Figure:
    estimate = _take_interval(value, resampled_b, side, drawing)
    num_undefined = int((side.mean_vb[place_of_base] <= 0).sum())
    if num_undefined:
        reason = (
            f"the base's mean is not above 0 in {num_undefined:,} of {drawing.num_resamples:,} "
            "resamples"
        )
        estimate = Estimate(value=value, reason=reason)
    return Figure(
        estimate=estimate,
        definition=RETENTION + _say_together(side),
        basis=Basis(n_prompts=len(side.measured.prompts)),
        num_resamples=drawing.num_resamples,
        seed=drawing.seed,
    )


def _describe_gain(
    variant: str, value: float, resampled_b: Numbers, side: Side, *, base: str, how: Drawing
) -> Figure:
    raw = side.measured.raw
    if raw is None or variant == base:
        return Figure(
            estimate=_take_interval(value, resampled_b, side, how),
            definition=GAIN_BOOTSTRAP + _say_together(side),
            basis=Basis(n_prompts=len(side.measured.prompts)),
            num_resamples=how.num_resamples,
            seed=how.seed,
        )
    return _compare_ratings(raw, variant, base, how.confidence)


def _compare_ratings(raw: Raw, variant: str, base: str, confidence: float) -> Figure:
    paired = pair_columns(raw.value_n, raw.variant, raw.prompt, raw.rater, (variant, base))
    return Figure(
        estimate=clustered.estimate_difference(paired, confidence=confidence),
        definition=GAIN_TWO_WAY,
        basis=paired.basis,
    )


def _take_interval(value: float, resampled_b: Numbers, side: Side, drawing: Drawing) -> Estimate:
    what = "prompt" if side.measured.ties is None else "cluster of prompts"
    spread = Spread(drawing.confidence, side.measured.num_clusters, what)
    return spread.estimate(value, resampled_b)


def _say_together(side: Side) -> str:
    return "" if side.measured.ties is None else TOGETHER
