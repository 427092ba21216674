"""All merge methods. A new one is a module here, a line below, and a module of the same name in
`ml.merging.methods`.
"""

from collections.abc import Mapping

from specs.merging.linear import Linear
from specs.merging.lora_scale import LoraScale
from specs.merging.per_block import PerBlock
from specs.merging.task_arithmetic import TaskArithmetic

MergeMethod = Linear | TaskArithmetic | PerBlock | LoraScale

METHODS: Mapping[str, type[MergeMethod]] = {
    "linear": Linear,
    "task-arithmetic": TaskArithmetic,
    "per-block": PerBlock,
    "lora-scale": LoraScale,
}
