"""Votes between two outputs of one prompt: which arm stood left, which right, and who won.

Columns prompt, rater, left, right, winner, perhaps criterion. The winner is left, right, tie,
both_bad (a tie, counted apart) or the name of one of both arms; empty where the rater could not
judge, which is left out and counted.

Legend of shapes: n votes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from stats import tables
from stats.figures import Basis
from stats.labels import Codes, Labelled, Mask, compact, encode, join
from stats.preferences.setting import PreferencesWrong
from stats.tables import Row, TableUnreadable, show

REQUIRED = ("prompt", "rater", "left", "right", "winner")
LEFT: Final = 0
RIGHT: Final = 1
TIE: Final = 2
_OUTCOMES = {"left": LEFT, "right": RIGHT, "tie": TIE, "both_bad": TIE, "both bad": TIE}
_BOTH_BAD = ("both_bad", "both bad")


@dataclass(frozen=True, kw_only=True)
class Votes:
    arms: tuple[str, ...]
    left_n: Codes  # arms
    right_n: Codes
    outcome_n: Codes  # LEFT, RIGHT or TIE
    prompt: Labelled
    rater: Labelled
    criterion: Labelled | None = None
    is_both_bad_n: Mask
    num_without_winner: int = 0

    def __len__(self) -> int:
        return len(self.outcome_n)

    @property
    def basis(self) -> Basis:
        return Basis(
            n_prompts=compact(self.prompt.codes_n)[1],
            n_raters=compact(self.rater.codes_n)[1],
            n_ratings=len(self),
        )

    def select(self, chosen_n: Mask) -> "Votes":
        return Votes(
            arms=self.arms,
            left_n=self.left_n[chosen_n],
            right_n=self.right_n[chosen_n],
            outcome_n=self.outcome_n[chosen_n],
            prompt=self.prompt.select(chosen_n),
            rater=self.rater.select(chosen_n),
            criterion=None if self.criterion is None else self.criterion.select(chosen_n),
            is_both_bad_n=self.is_both_bad_n[chosen_n],
            num_without_winner=self.num_without_winner,
        )


def read(path: Path) -> Votes:
    table = tables.read(path, REQUIRED)
    rows = [row for row in table.rows if row.get("winner")]
    if not rows:
        raise TableUnreadable(f"'{table.name}' holds no votes.")
    for row in rows:
        _check_row(row, f"'{table.name}', line {row.line:,}")
    arms = encode([*_take(rows, "left"), *_take(rows, "right")])
    votes = Votes(
        arms=arms.labels,
        left_n=arms.codes_n[: len(rows)],
        right_n=arms.codes_n[len(rows) :],
        outcome_n=np.array([_read_outcome(row) for row in rows], dtype=np.intp),
        prompt=encode(list(_take(rows, "prompt"))),
        rater=encode(list(_take(rows, "rater"))),
        criterion=(
            encode(list(_take(rows, "criterion"))) if "criterion" in table.columns else None
        ),
        is_both_bad_n=np.array([row.get("winner").lower() in _BOTH_BAD for row in rows]),
        num_without_winner=len(table.rows) - len(rows),
    )
    check(votes)
    return votes


def check(votes: Votes) -> None:
    """A rater votes once on two arms of a prompt, whichever stands left."""
    low, high = np.minimum(votes.left_n, votes.right_n), np.maximum(votes.left_n, votes.right_n)
    criterion = [] if votes.criterion is None else [votes.criterion.codes_n]
    joined = join(votes.prompt.codes_n, votes.rater.codes_n, low, high, *criterion)
    counts = np.bincount(joined)
    if (counts > 1).any():
        first = int(np.flatnonzero(counts[joined] > 1)[0])
        rater, prompt = (
            show(column.labels[column.codes_n[first]]) for column in (votes.rater, votes.prompt)
        )
        raise PreferencesWrong(
            f"Rater '{rater}' voted more than once on the same two arms of prompt '{prompt}'."
        )


def _check_row(row: Row, where: str) -> None:
    lacking = [name for name in REQUIRED if not row.get(name)]
    if lacking:
        raise TableUnreadable(f"{where}: the {lacking[0]} is empty.")
    if row.get("left") == row.get("right"):
        raise TableUnreadable(f"{where}: '{show(row.get('left'))}' stands left and right.")
    named = (row.get("left"), row.get("right"))
    if row.get("winner") not in named and row.get("winner").lower() not in _OUTCOMES:
        raise TableUnreadable(
            f"{where}: the winner '{show(row.get('winner'))}' is neither left, right, tie nor "
            "both_bad, nor one of both arms."
        )


def _read_outcome(row: Row) -> int:
    """An arm of that name goes before the word: arms may be called anything."""
    winner = row.get("winner")
    if winner == row.get("left"):
        return LEFT
    if winner == row.get("right"):
        return RIGHT
    return _OUTCOMES[winner.lower()]


def _take(rows: Sequence[Row], column: str) -> Iterable[str]:
    return (row.get(column) for row in rows)
