"""What ranks are worth: R@k is 1 where something right is among the first k, MRR@k is one by the
rank of the first right one, and 0 beyond k. Each is a mean over queries.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.int64]
Values = NDArray[np.float64]


def recall(ranks_q: Ranks, k: int) -> Values:
    return (ranks_q <= k).astype(np.float64)


def reciprocal_rank(ranks_q: Ranks, k: int) -> Values:
    return np.where(ranks_q <= k, 1.0 / ranks_q, 0.0)


MEASURES: Mapping[str, Callable[[Ranks], Values]] = {
    "R@1": partial(recall, k=1),
    "R@5": partial(recall, k=5),
    "R@10": partial(recall, k=10),
    "MRR@10": partial(reciprocal_rank, k=10),
}
