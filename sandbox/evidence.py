"""What a run of the sandbox shows: which merge was chosen on one half of prompts and seeds, and
what it gains and keeps on the other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stats.frontier import grp, retention, score_files, trade_off
from stats.frontier.retention import AT_LEAST, Recommendation
from stats.frontier.trade_off import Row

# What the method promises: so much more of what is regional, at most so much less of the rest.
LEAST_GAIN = 0.15
# The same of answers: a choice between four is right by chance every fourth time, also the base's.
LEAST_GAIN_OF_ANSWERS = 0.10
# And of embeddings: colours and numbers alone find much of what is regional, also for the base.
LEAST_GAIN_OF_EMBEDDINGS = 0.10


@dataclass(frozen=True, kw_only=True)
class Evidence:
    chosen: Recommendation
    beta_star: float  # by GRP, on the same half
    alpha: float
    rows: tuple[Row, ...]
    num_items: Mapping[str, int]  # of a beta: answers or queries on the reporting half, by scope
    gaps: Mapping[str, int]
    confidence: float
    num_resamples: int
    least_gain: float = LEAST_GAIN

    @property
    def reported(self) -> Row:
        return next(row for row in self.rows if row.variant == self.chosen.variant)

    @property
    def holds(self) -> bool:
        """Whether the merge that was chosen does on the other half what the method promises."""
        row = self.reported
        if row.gain is None or row.retention is None:
            return False
        return bool(row.gain["value"] >= self.least_gain and row.retention["value"] >= AT_LEAST)

    def to_json(self) -> dict[str, Any]:
        return {
            "chosen": {"variant": self.chosen.variant, "beta": self.chosen.beta},
            "chosen_because": self.chosen.reason,
            "beta_star": self.beta_star,
            "alpha": self.alpha,
            "holds": self.holds,
            "rows": [asdict(row) for row in self.rows],
            "num_items": dict(self.num_items),
            "gaps": dict(self.gaps),
            "confidence": self.confidence,
            "num_resamples": self.num_resamples,
        }


def weigh(
    choosing: Path, reporting: Path, *, alpha: float, least_gain: float = LEAST_GAIN
) -> Evidence:
    """From the folders of two benchmarks: the half to choose on, and the half to report."""
    found = grp.compute(score_files.read(choosing / "scores.csv"), alpha)
    facts = json.loads((reporting / "scores.json").read_text("utf-8"))
    measured = facts["variants"]
    one = facts["effects"][0]
    return Evidence(
        chosen=retention.recommend(found.rows),
        beta_star=found.best.beta,
        alpha=alpha,
        rows=tuple(trade_off.list_rows(measured, facts["effects"])),
        num_items=_count_items(measured),
        gaps=_count_gaps(measured),
        confidence=one["confidence"],
        num_resamples=one["num_resamples"],
        least_gain=least_gain,
    )


def _count_items(measured: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Per variant: all of them are asked the same, also of each picture of a prompt."""
    return {each["scope"]: each["n_questions"] * each.get("n_crops", 1) for each in measured}


def _count_gaps(measured: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in measured:
        found[each["scope"]] = found.get(each["scope"], 0) + each["gaps"]
    return found
