"""How each method of `specs.merging` is carried out. A new one is a module here and a line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ml.merging.methods import linear, lora_scale, per_block, task_arithmetic
from ml.merging.models import Model
from ml.merging.plan import Plan

MakePlan = Callable[[Any, Model, Model, Sequence[float]], Plan]

METHODS: Mapping[str, MakePlan] = {
    "linear": linear.make_plan,
    "task-arithmetic": task_arithmetic.make_plan,
    "per-block": per_block.make_plan,
    "lora-scale": lora_scale.make_plan,
}
