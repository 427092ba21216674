"""Whether every arm can be compared with every other: strengths exist only then.

Were some arms never beaten by any of the rest, their strengths would be larger the longer one looks
(Ford 1957, American Mathematical Monthly 64, 28-33).

Legend of shapes: a arms.
"""

from collections.abc import Sequence

import numpy as np

from stats.labels import Mask
from stats.tables import show


def find_break(beats_aa: Mask, arms: Sequence[str]) -> str:
    """Why the arms are not connected, or nothing. `beats_aa`: whether the row was ever ahead of the
    column; a tie is both.
    """
    if len(arms) < 2:  # noqa: PLR2004 - one arm is compared with nothing
        return "there is nothing to compare with"
    others_aa = beats_aa & ~np.eye(len(arms), dtype=np.bool_)
    never_behind, never_ahead = ~others_aa.any(axis=0), ~others_aa.any(axis=1)
    for is_so, told in ((never_behind, "never behind"), (never_ahead, "never ahead of")):
        if is_so.any():
            return f"'{show(arms[int(np.argmax(is_so))])}' was {told} any other arm"
    reach_aa = others_aa | np.eye(len(arms), dtype=np.bool_)
    for _ in arms:
        reach_aa = (reach_aa.astype(np.int64) @ reach_aa.astype(np.int64)) > 0
    if reach_aa.all():
        return ""
    return "the arms fall into groups of which one was never ahead of the other"
