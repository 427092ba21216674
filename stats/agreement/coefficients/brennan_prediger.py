"""Brennan and Prediger's coefficient: chance is one over the number of levels of the scale.

Brennan and Prediger 1981, Educational and Psychological Measurement 41, 687-699.
"""

import numpy as np
from numpy.typing import NDArray

from stats.agreement.coefficients import chance, percent
from stats.agreement.sums import Sums


def coefficient(sums: Sums) -> NDArray[np.float64]:
    return chance.correct(percent.exact(sums), 1 / len(sums.levels_q))
