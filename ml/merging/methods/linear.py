"""theta(beta) = (1 - beta) * base + beta * tuned."""

from collections.abc import Sequence

from ml.merging import plan
from ml.merging.models import Model
from ml.merging.plan import Plan
from specs.merging.linear import Linear


def make_plan(spec: Linear, base: Model, tuned: Model, betas: Sequence[float]) -> Plan:  # noqa: ARG001 - the signature of every method
    return plan.pair(base, tuned, betas, lambda _name, beta: beta)
