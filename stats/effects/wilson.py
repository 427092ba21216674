"""Wilson's interval of a proportion: honest for small counts and near 0 and 1.

Wilson (1927), Journal of the American Statistical Association 22, 209-212.
"""

import math
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    low: float
    high: float


def compute_interval(successes: int, trials: int, *, confidence: float = 0.95) -> Interval:
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no proportion.")
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence of {confidence:g} is not between 0 and 1.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    half = z * spread / (1 + z * z / trials)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
