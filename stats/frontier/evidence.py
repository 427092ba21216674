"""The evidence for one beta: the frontier, GRP over its weight, and the rule's recommendation.

What is chosen on the same prompts on which it is then reported flatters itself. Given a seed, half
of the prompts are for choosing and the other half for reporting; without one, the result says that
it was not so.

Legend of shapes: v variants, b resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from stats.figures import Figure
from stats.frontier import grp, plane, retention
from stats.frontier.grp import Qualities
from stats.frontier.measured import Measured
from stats.frontier.plane import Drawing, Plane
from stats.frontier.retention import AT_LEAST, Recommendation
from stats.frontier.scales import Scale, ScoresWrong
from stats.frontier.ties import ALONE
from stats.labels import Codes, Mask, Numbers, connect
from stats.tables import show


@dataclass(frozen=True, kw_only=True)
class Question:
    base: str | None = None  # else the variant of beta 0
    alpha: float | None = None  # the weight of global quality that is marked on the curve
    scale: Scale = "base"
    at_least: float = AT_LEAST
    split_seed: int | None = None
    drawing: Drawing = field(default_factory=Drawing)


@dataclass(frozen=True, kw_only=True)
class Point:
    variant: str
    beta: float
    retention: Figure
    gain: Figure
    is_on_frontier: bool
    frontier_share: float  # of resamples; the same for the two below
    recommended_share: float
    best_share: float | None  # by GRP at alpha; none without an alpha


@dataclass(frozen=True, kw_only=True)
class Held:
    """What was chosen on one half of the prompts, reported on the other."""

    seed: int
    chosen: Recommendation
    best: Qualities | None  # by GRP at alpha, on the first half
    num_prompts: tuple[int, int]  # for choosing, globally and regionally
    reported: Point


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From one weight of global quality to another, this variant has the highest GRP."""

    alpha_from: float
    alpha_to: float
    variant: str
    beta: float


@dataclass(frozen=True, kw_only=True)
class Evidence:
    base: str
    global_what: str
    regional_what: str
    question: Question
    points: tuple[Point, ...]
    left_out: tuple[str, ...]  # variants that one side lacks
    num_prompts_left_out: tuple[int, int]  # globally and regionally
    rows: tuple[Qualities, ...]  # on the question's scale: GRP's straight lines over its weight
    best: Qualities | None  # at alpha
    stretches: tuple[Stretch, ...]  # from weight 0 to 1
    recommendation: Recommendation
    certainty: str
    held: Held | None
    choosing: str  # whether it was chosen and reported on different prompts, in words


def measure(globally: Measured, regionally: Measured, question: Question) -> Evidence:
    """Raises ScoresWrong."""
    if question.alpha is not None:
        grp.check_alpha(question.alpha)
    found = plane.locate(globally, regionally, question.base, question.drawing)
    rows = _weigh(found, question.scale)
    advice = retention.recommend(rows, question.at_least, base=found.base)
    points = _describe(found, question)
    held, choosing = _try_to_hold_out(globally, regionally, question)
    return Evidence(
        base=found.base,
        global_what=globally.what,
        regional_what=regionally.what,
        question=question,
        points=points,
        left_out=tuple(sorted({*globally.variants, *regionally.variants} - {*found.variants})),
        num_prompts_left_out=(found.globally.num_left_out, found.regionally.num_left_out),
        rows=rows,
        best=None if question.alpha is None else grp.find_best(rows, question.alpha),
        stretches=_find_stretches(rows),
        recommendation=advice,
        certainty=_say_certainty(found, points, advice, question),
        held=held,
        choosing=choosing,
    )


def _weigh(found: Plane, scale: Scale) -> tuple[Qualities, ...]:
    """Both means of each variant on one scale."""
    qualities = (found.globally.mean_v, found.regionally.mean_v)
    factors = [_find_factor(mean_v[found.place_of_base], scale) for mean_v in qualities]
    return tuple(
        Qualities(
            variant,
            float(found.beta_v[each]),
            float(qualities[0][each] * factors[0]),
            float(qualities[1][each] * factors[1]),
        )
        for each, variant in enumerate(found.variants)
    )


def _find_factor(base: float, scale: Scale) -> float:
    if scale == "none":
        return 1.0
    if base <= 0:
        raise ScoresWrong(
            f"A quality of the base is {base:g}: a share of it says nothing. Choose the scale "
            "'none'."
        )
    return 100 / base


def _describe(found: Plane, question: Question) -> tuple[Point, ...]:
    num = len(found.variants)
    recommended_b = _recommend_each(found, question.at_least)
    best_b = None if question.alpha is None else _choose_each(found, question.alpha, question.scale)
    return tuple(
        Point(
            variant=variant,
            beta=float(found.beta_v[each]),
            retention=found.retention[each],
            gain=found.gain[each],
            is_on_frontier=bool(found.is_on_frontier_v[each]),
            frontier_share=float(found.frontier_share_v[each]),
            recommended_share=_share(recommended_b, num)[each],
            best_share=None if best_b is None else _share(best_b, num)[each],
        )
        for each, variant in enumerate(found.variants)
    )


def _find_stretches(rows: Sequence[Qualities]) -> tuple[Stretch, ...]:
    changes = grp.find_changes(rows)
    betas = {row.variant: row.beta for row in rows}
    # Where nothing changes, whoever is best halfway is best all along.
    first = changes[0].before if changes else grp.find_best(rows, 0.5).variant
    names = [first, *(change.after for change in changes)]
    ends = [0.0, *(change.alpha for change in changes), 1.0]
    return tuple(
        Stretch(alpha_from=begin, alpha_to=end, variant=name, beta=betas[name])
        for name, begin, end in zip(names, ends, ends[1:], strict=False)
    )


def _share(chosen_b: Codes, num: int) -> list[float]:
    return list((np.bincount(chosen_b, minlength=num) / len(chosen_b)).tolist())


def _recommend_each(found: Plane, at_least: float) -> Codes:
    """The rule in every resample. Variants are in the order of beta: of equals the first one."""
    retention_vb, gain_vb = plane.find_positions(
        found.globally.mean_vb, found.regionally.mean_vb, found.place_of_base
    )
    may_be_vb: Mask = (retention_vb >= at_least) & (gain_vb > 0)
    chosen_b = np.where(may_be_vb, gain_vb, -np.inf).argmax(axis=0)
    return np.where(may_be_vb.any(axis=0), chosen_b, found.place_of_base).astype(np.intp)


def _choose_each(found: Plane, alpha: float, scale: Scale) -> Codes:
    """The best by GRP in every resample."""

    def rescale(mean_vb: Numbers) -> Numbers:
        if scale == "none":
            return mean_vb
        floor = np.finfo(np.float64).tiny
        shares_vb: Numbers = 100 * mean_vb / np.maximum(mean_vb[found.place_of_base], floor)
        return shares_vb

    one, other = rescale(found.globally.mean_vb), rescale(found.regionally.mean_vb)
    return np.asarray((alpha * one + (1 - alpha) * other).argmax(axis=0), dtype=np.intp)


def _try_to_hold_out(
    globally: Measured, regionally: Measured, question: Question
) -> tuple[Held | None, str]:
    """With what is to be said of it. Few prompts may be enough for points, and not for two halves
    of them.
    """
    together = "beta was chosen and reported on the same prompts"
    caution = "what is said of the chosen variant is somewhat too good"
    if question.split_seed is None:
        return None, (
            f"{together}: {caution}. Choose on one half and report on the other with a seed for "
            "the split."
        )
    try:
        held = _hold_out(globally, regionally, question)
    except ScoresWrong as error:
        return None, f"{together}, as they cannot be split ({error}): {caution}."
    return held, (
        f"beta was chosen on one half of the prompts and is reported on the other, by the split "
        f"with seed {held.seed}."
    )


def _hold_out(globally: Measured, regionally: Measured, question: Question) -> Held:
    assert question.split_seed is not None, "Asked for only with a seed."
    halves = _halve((globally, regionally), question.split_seed)
    first, second = (
        plane.locate(
            globally.keep(globally.variants, halves[0] == half),
            regionally.keep(regionally.variants, halves[1] == half),
            question.base,
            question.drawing,
        )
        for half in (0, 1)
    )
    rows = _weigh(first, question.scale)
    chosen = retention.recommend(rows, question.at_least, base=first.base)
    points = _describe(second, question)
    return Held(
        seed=question.split_seed,
        chosen=chosen,
        best=None if question.alpha is None else grp.find_best(rows, question.alpha),
        num_prompts=(len(first.globally.measured.prompts), len(first.regionally.measured.prompts)),
        reported=next(point for point in points if point.variant == chosen.variant),
    )


def _halve(sides: Sequence[Measured], seed: int) -> list[Codes]:
    """0 or 1 for each prompt of both sides. What belongs together is in one half: the same prompt
    on both sides, and prompts that share a group or a picture.
    """
    prompts = [prompt for side in sides for prompt in side.prompts]
    ties = [tie for side in sides for tie in side.ties or (ALONE,) * len(side.prompts)]
    clusters = connect(prompts, *zip(*ties, strict=True)).tolist()
    first: dict[int, str] = {}  # prompt of a cluster, by which it is sorted
    on_sides: dict[int, set[int]] = {}
    places = [number for number, side in enumerate(sides) for _ in side.prompts]
    for cluster, prompt, place in zip(clusters, prompts, places, strict=True):
        first[cluster] = min(prompt, first.get(cluster, prompt))
        on_sides.setdefault(cluster, set()).add(place)
    halves: dict[int, int] = {}
    random = np.random.default_rng(seed)
    for where in ({0, 1}, {0}, {1}):
        ordered = sorted((each for each in first if on_sides[each] == where), key=first.__getitem__)
        drawn = random.permutation(len(ordered)) % 2
        halves.update(zip(ordered, drawn.tolist(), strict=True))
    half_n = np.array([halves[cluster] for cluster in clusters], dtype=np.intp)
    return [half_n[: len(sides[0].prompts)], half_n[len(sides[0].prompts) :]]


def _say_certainty(
    found: Plane, points: Sequence[Point], advice: Recommendation, question: Question
) -> str:
    num = question.drawing.num_resamples
    place = found.variants.index(advice.variant)
    point, name = points[place], show(advice.variant)
    said = (
        f"In {point.recommended_share:.0%} of {num:,} resamples of the prompts the rule chose "
        f"'{name}' too"
    )
    if advice.variant == found.base:
        others = [each for each in points if each.variant != found.base]
        if not others:
            return f"{said}."
        rival = max(others, key=lambda each: each.recommended_share)
        return f"{said}; '{show(rival.variant)}' in {rival.recommended_share:.0%}."
    retention_vb, gain_vb = plane.find_positions(
        found.globally.mean_vb, found.regionally.mean_vb, found.place_of_base
    )
    keeps = float((retention_vb[place] >= question.at_least).mean())
    gains = float((gain_vb[place] > 0).mean())
    return (
        f"{said}. It kept at least {question.at_least:.4g} of the base's global quality in "
        f"{keeps:.0%} of them and was regionally better than the base in {gains:.0%}."
    )
