"""What one model found and answered, as scores.

They are those that embeddings.score gives a model by itself with everything taken as of one scope,
named alike: whoever was measured for a study stands in one table with whoever was scored alone.
"""

from typing import Any

from ml.benchmarks.embeddings import run
from ml.benchmarks.embeddings.plan import Plan
from ml.benchmarks.tally import Measured, Scored
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore

ONLY = "model"  # what embeddings.score calls a model by itself


def tell(plan: Plan, scored: Scored, scope: str) -> dict[str, Any]:
    spec = EmbeddingsScore.model_validate({"method": plan.mode, "scope": scope})
    measured = Measured(variant=ONLY, beta=None, scope=scope, scored=scored)
    return {
        "mode": plan.mode,
        "metric": plan.metric,
        "judge": run.name_judge(spec),
        "variants": [run.shorten(measured.to_json())],
    }
