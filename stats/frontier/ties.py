"""Which prompts belong together, as files of scores say it: versions of one question, captions of
one picture. As independent ones they would make intervals too narrow.
"""

from collections.abc import Sequence

from stats.tables import Row

COLUMNS = ("group", "picture")
Tie = tuple[str, ...]  # a label of each column, empty where there is none
ALONE: Tie = ("",) * len(COLUMNS)


def read(row: Row) -> Tie:
    return tuple(row.get(column) for column in COLUMNS)


def choose(ties: Sequence[Tie]) -> tuple[Tie, ...] | None:
    """None where every prompt stands alone."""
    return tuple(ties) if any(any(tie) for tie in ties) else None
