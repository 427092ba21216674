"""The evidence for one beta as JSON: what programs read and pages draw."""

from dataclasses import asdict
from typing import Any

from stats.frontier.evidence import Evidence, Held, Point
from stats.frontier.grp import Qualities


def describe(found: Evidence) -> dict[str, Any]:
    question = found.question
    return {
        "base": found.base,
        "global": found.global_what,
        "regional": found.regional_what,
        "B": question.drawing.num_resamples,
        "seed": question.drawing.seed,
        "confidence": question.drawing.confidence,
        "points": [_describe_point(point) for point in found.points],
        "left_out": list(found.left_out),
        "n_global_prompts_left_out": found.num_prompts_left_out[0],
        "n_regional_prompts_left_out": found.num_prompts_left_out[1],
        "grp": _describe_grp(found),
        "recommendation": {**asdict(found.recommendation), "certainty": found.certainty},
        "split": None if found.held is None else _describe_held(found.held),
        "choosing": found.choosing,
    }


def _describe_point(point: Point) -> dict[str, Any]:
    return {
        "variant": point.variant,
        "beta": point.beta,
        "retention": point.retention.to_json(),
        "gain": point.gain.to_json(),
        "is_on_frontier": point.is_on_frontier,
        "p_frontier": point.frontier_share,
        "p_recommended": point.recommended_share,
        "p_best": point.best_share,
    }


def _describe_grp(found: Evidence) -> dict[str, Any]:
    alpha = found.question.alpha
    return {
        "alpha": alpha,
        "scale": found.question.scale,
        "rows": [
            {
                "variant": row.variant,
                "beta": row.beta,
                "q_global": row.q_global,
                "q_regional": row.q_regional,
                "grp": None if alpha is None else row.grp(alpha),
            }
            for row in found.rows
        ],
        "best": _describe_best(found.best),
        "beta_star": None if found.best is None else found.best.beta,
        "stretches": [asdict(stretch) for stretch in found.stretches],
    }


def _describe_best(best: Qualities | None) -> dict[str, Any] | None:
    return None if best is None else {"variant": best.variant, "beta": best.beta}


def _describe_held(held: Held) -> dict[str, Any]:
    return {
        "seed": held.seed,
        "n_global_prompts_for_choosing": held.num_prompts[0],
        "n_regional_prompts_for_choosing": held.num_prompts[1],
        "chosen": asdict(held.chosen),
        "beta_star": None if held.best is None else held.best.beta,
        "reported": _describe_point(held.reported),
    }
