"""A stand-in for measuring encoders, which is tested where it lives: the same arguments and results
over both scopes, without a model.
"""

from pathlib import Path
from typing import Any

from ml.progress import Progress
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_merge import name_beta
from tests.workers.computes import behave

_MEASURES = ("R@1", "R@5", "R@10", "MRR@10")


def score(
    spec: EmbeddingsScore,
    *,
    base: Path,
    tuned: Path | None = None,
    dataset: Path | None = None,
    quiz: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (base / "weights.txt").is_file()
    assert (dataset is None) != (quiz is None)
    betas = {name_beta(beta): beta for beta in spec.betas} if tuned else {"model": None}
    (out_dir / "items.csv").write_text("variant,scope,item_id,score,mode\n")
    metric = spec.measure if spec.method == "retrieval" else spec.method
    return {
        "mode": spec.method,
        "metric": metric,
        "judge": f"similarity, {spec.method}",
        "variants": [
            {"variant": name, "beta": beta, "scope": scope, **_measure(spec, beta or 0.0)}
            for scope in ("global", "regional")
            for name, beta in betas.items()
        ],
        "effects": [],
    }


def _measure(spec: EmbeddingsScore, beta: float) -> dict[str, Any]:
    value = 50.0 + 10 * beta
    counts = {"n_items": 4, "n_questions": 4, "gaps": 0, "malformed": 0}
    found = counts | {"score": value, "by_category": {"language:id": value}}
    if spec.method != "retrieval":
        return found
    rows = [
        {"direction": "text-to-image", "language": language, "n_queries": 2, "n_candidates": 3}
        | dict.fromkeys(_MEASURES, value)
        for language in ("id", "th")
    ]
    return found | {"rows": rows}
