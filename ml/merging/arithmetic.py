"""Looks at stored values, and measures how far two pieces of tensors are from each other. How they
are mixed stands in `ml/loading/mixtures/mixing.py`, which a sweep in memory uses as well.
"""

import math

import numpy as np
import numpy.typing as npt
import torch

from ml.loading.mixtures import mixing
from ml.loading.mixtures.mixing import BLOCK, Scratch

DTYPES = {
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F64": torch.float64,
}


def view(data: npt.NDArray[np.uint8], dtype: str) -> torch.Tensor:
    return torch.from_numpy(data).view(DTYPES[dtype])


def is_finite(values: torch.Tensor) -> bool:
    return bool(torch.isfinite(values).all())


def measure_difference(base: torch.Tensor, tuned: torch.Tensor, scratch: Scratch) -> float:
    """The norm of tuned - base; not finite when a value of either is not, and only then, unless
    values are so large that their squares are no fp32: then `measure_exactly` says.
    """
    if base.dtype == torch.float64:
        return measure_exactly(base, tuned, scratch)
    one, other = scratch.base.view(torch.float32), scratch.change.view(torch.float32)
    squares = []
    for begin in range(0, len(base), BLOCK):
        size = min(BLOCK, len(base) - begin)
        first = one[:size].copy_(base[begin : begin + size])
        second = other[:size].copy_(tuned[begin : begin + size])
        second -= first
        squares.append(float(torch.dot(second, second)))
    return math.sqrt(sum(squares))


def measure_exactly(base: torch.Tensor, tuned: torch.Tensor, scratch: Scratch) -> float:
    norms = []
    for begin in range(0, len(base), BLOCK):
        block = slice(begin, min(begin + BLOCK, len(base)))
        _, change = mixing.subtract(base[block], tuned[block], scratch)
        norms.append(float(torch.linalg.vector_norm(change)))
    return math.hypot(*norms)
