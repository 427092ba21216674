"""A linear merge in which parts of the model take a beta of their own."""

from collections.abc import Sequence

from ml.datasets.problems import shown
from ml.merging import plan
from ml.merging.models import Model
from ml.merging.plan import Plan
from ml.merging.problems import CannotMerge
from specs.merging.per_block import PerBlock


def make_plan(spec: PerBlock, base: Model, tuned: Model, betas: Sequence[float]) -> Plan:
    found = {name: spec.find_pattern(name) for name in base.tensors}
    for pattern in spec.blocks:
        if pattern not in found.values():
            raise CannotMerge(
                f"The pattern '{shown(pattern)}' is the first to match no tensor of "
                f"'{shown(base.name)}', whose first is '{shown(next(iter(found)))}'."
            )

    def weigh(name: str, beta: float) -> float:
        pattern = found[name]
        return beta if pattern is None else spec.blocks[pattern]

    return plan.pair(base, tuned, betas, weigh)
