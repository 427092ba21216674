"""Made-up votes."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from stats.labels import encode
from stats.preferences.pairs.votes import LEFT, RIGHT, TIE, Votes

Make = Callable[..., Votes]
_OUTCOMES = {"left": LEFT, "right": RIGHT, "tie": TIE}


@pytest.fixture(scope="session")
def make_votes() -> Make:
    """Rows of left, right, outcome, perhaps prompt and rater."""

    def make(rows: Iterable[tuple[str, ...]]) -> Votes:
        listed = [
            (*row[:3], *(row[3:] or (f"p{number}", f"r{number % 5}")))
            for number, row in enumerate(rows)
        ]
        left, right, outcome, prompt, rater = ([row[k] for row in listed] for k in range(5))
        arms = encode([*left, *right])
        return Votes(
            arms=arms.labels,
            left_n=arms.codes_n[: len(listed)],
            right_n=arms.codes_n[len(listed) :],
            outcome_n=np.array([_OUTCOMES[each] for each in outcome], dtype=np.intp),
            prompt=encode(prompt),
            rater=encode(rater),
            is_both_bad_n=np.zeros(len(listed), dtype=np.bool_),
        )

    return make
