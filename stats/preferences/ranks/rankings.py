"""Orders of several outputs of one prompt, each by one rater. Rank 1 is the best; ties are allowed.

Columns prompt, rater, arm, rank, perhaps criterion. A row without a rank is left out and counted.

Legend of shapes: n rows, k rankings.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from stats import tables
from stats.figures import Basis
from stats.labels import Codes, Labelled, Mask, Numbers, compact, encode, join
from stats.preferences.setting import PreferencesWrong
from stats.tables import Row, TableUnreadable, show

REQUIRED = ("prompt", "rater", "arm", "rank")


@dataclass(frozen=True, kw_only=True)
class Rankings:
    prompt: Labelled
    rater: Labelled
    arm: Labelled
    rank_n: Numbers
    criterion: Labelled | None = None
    num_without_rank: int = 0

    def __len__(self) -> int:
        return len(self.rank_n)

    @property
    def ranking_n(self) -> Codes:
        """Rows of one rater on one prompt are one ranking."""
        return join(self.prompt.codes_n, self.rater.codes_n)

    @property
    def basis(self) -> Basis:
        return Basis(
            n_prompts=compact(self.prompt.codes_n)[1],
            n_raters=compact(self.rater.codes_n)[1],
            n_ratings=compact(self.ranking_n)[1],
        )

    def select(self, chosen_n: Mask) -> "Rankings":
        return Rankings(
            prompt=self.prompt.select(chosen_n),
            rater=self.rater.select(chosen_n),
            arm=self.arm.select(chosen_n),
            rank_n=self.rank_n[chosen_n],
            criterion=None if self.criterion is None else self.criterion.select(chosen_n),
            num_without_rank=self.num_without_rank,
        )


@dataclass(frozen=True, kw_only=True)
class Complete:
    """Rankings of all arms: their ranks from 1 on, ties shared."""

    rank_ka: Numbers
    prompt_k: Codes
    rater_k: Codes
    basis: Basis
    num_left_out: int  # rankings that lack an arm


def complete(rankings: Rankings) -> Complete:
    ranking_n, num_arms = rankings.ranking_n, len(rankings.arm.labels)
    size_k = np.bincount(ranking_n)
    kept = rankings.select(size_k[ranking_n] == num_arms)
    ordered = np.lexsort((kept.arm.codes_n, kept.ranking_n))
    rank_ka = kept.rank_n[ordered].reshape(-1, num_arms)
    if len(rank_ka):
        rank_ka = np.asarray(stats.rankdata(rank_ka, axis=1), dtype=np.float64)
    return Complete(
        rank_ka=rank_ka,
        prompt_k=kept.prompt.codes_n[ordered][::num_arms],
        rater_k=kept.rater.codes_n[ordered][::num_arms],
        basis=kept.basis,
        num_left_out=int((size_k < num_arms).sum()),
    )


def read(path: Path) -> Rankings:
    table = tables.read(path, REQUIRED)
    rows = [row for row in table.rows if row.get("rank")]
    if not rows:
        raise TableUnreadable(f"'{table.name}' holds no rankings.")
    ranks = [_read_rank(row, f"'{table.name}', line {row.line:,}") for row in rows]

    def take(column: str) -> Labelled:
        return encode([row.get(column) for row in rows])

    rankings = Rankings(
        prompt=take("prompt"),
        rater=take("rater"),
        arm=take("arm"),
        rank_n=np.array(ranks),
        criterion=take("criterion") if "criterion" in table.columns else None,
        num_without_rank=len(table.rows) - len(rows),
    )
    check(rankings)
    return rankings


def check(rankings: Rankings) -> None:
    """A rater ranks an arm once on a prompt."""
    criterion = [] if rankings.criterion is None else [rankings.criterion.codes_n]
    joined = join(rankings.ranking_n, rankings.arm.codes_n, *criterion)
    counts = np.bincount(joined)
    if (counts > 1).any():
        first = int(np.flatnonzero(counts[joined] > 1)[0])
        rater, arm, prompt = (
            show(column.labels[column.codes_n[first]])
            for column in (rankings.rater, rankings.arm, rankings.prompt)
        )
        raise PreferencesWrong(
            f"Rater '{rater}' ranked arm '{arm}' of prompt '{prompt}' more than once."
        )


def _read_rank(row: Row, where: str) -> float:
    lacking = [name for name in REQUIRED if not row.get(name)]
    if lacking:
        raise TableUnreadable(f"{where}: the {lacking[0]} is empty.")
    text = row.get("rank")
    try:
        rank = float(text)
    except ValueError:
        rank = math.nan
    if not math.isfinite(rank) or rank < 1:
        raise TableUnreadable(f"{where}: the rank '{show(text)}' is no number from 1 on.")
    return rank
