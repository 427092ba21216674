"""base + lambda * (tuned - base): with one task vector the linear merge, also beyond its ends."""

from collections.abc import Sequence

from ml.merging import plan
from ml.merging.models import Model
from ml.merging.plan import Plan
from specs.merging.task_arithmetic import TaskArithmetic


def make_plan(spec: TaskArithmetic, base: Model, tuned: Model, betas: Sequence[float]) -> Plan:  # noqa: ARG001 - the signature of every method
    return plan.pair(base, tuned, betas, lambda _name, factor: factor)
