"""How often a reward agrees with people, on pairs of pictures of which they preferred one.

A pair counts when both were scored; equal scores agree with nobody. Without pairs it is 'not
calibrated', which is said wherever the reward is.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.filtering.problems import UnfitFilter
from stats.effects import wilson

COLUMNS = ("key_a", "key_b", "preferred")
SIDES = ("a", "b")
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Pair:
    first: str
    second: str
    prefers_first: bool


def read_pairs(path: Path) -> list[Pair]:
    """A CSV file; further columns are left alone."""
    name = shown(path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise UnfitFilter(
                    f"The human pairs '{name}' have no column '{missing[0]}'; expected are "
                    f"{', '.join(COLUMNS)}."
                )
            pairs = list(_read_rows(rows, name))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnfitFilter(f"The human pairs '{name}' cannot be read: {shown(error)}.") from error
    if not pairs:
        raise UnfitFilter(f"The human pairs '{name}' hold no pair.")
    return pairs


def _read_rows(rows: "csv.DictReader[str]", name: str) -> Iterator[Pair]:
    for row in rows:
        preferred = (row["preferred"] or "").strip().lower()
        if preferred not in SIDES:
            raise UnfitFilter(
                f"Line {rows.line_num:,} of the human pairs '{name}' prefers '{shown(preferred)}'; "
                "a or b is expected."
            )
        yield Pair(row["key_a"], row["key_b"], preferred == SIDES[0])


def compare(pairs: list[Pair], scores: Mapping[str, float]) -> dict[str, Any]:
    """`scores` by key, of whatever was scored."""
    both = [pair for pair in pairs if pair.first in scores and pair.second in scores]
    if not both:
        return {
            "is_calibrated": False,
            "num_pairs": 0,
            "num_unscored": len(pairs),
            "sentence": f"Not calibrated: of the {len(pairs):,} human pairs, none was scored.",
        }
    margins = [
        (scores[pair.first] - scores[pair.second]) * (1 if pair.prefers_first else -1)
        for pair in both
    ]
    num_agreed = sum(margin > 0 for margin in margins)
    low, high = wilson.compute_interval(num_agreed, len(both), confidence=CONFIDENCE)
    agreement = num_agreed / len(both)
    verdict = _judge(low, high)
    return {
        "is_calibrated": True,
        "num_pairs": len(both),
        "num_unscored": len(pairs) - len(both),
        "num_equal": sum(margin == 0 for margin in margins),
        "agreement": agreement,
        "low": low,
        "high": high,
        "confidence": CONFIDENCE,
        "sentence": f"The reward agrees with people on {agreement:.1%} of {len(both):,} pairs "
        f"({CONFIDENCE:.0%} interval {low:.1%} to {high:.1%}): {verdict}.",
    }


def _judge(low: float, high: float) -> str:
    if low > 1 / 2:
        return "better than a coin"
    if high < 1 / 2:
        return "worse than a coin"
    return "not told apart from a coin"


NOT_CALIBRATED: Mapping[str, Any] = {
    "is_calibrated": False,
    "num_pairs": 0,
    "num_unscored": 0,
    "sentence": "Not calibrated: no human pairs were given, so how far the reward agrees with "
    "people is not known.",
}
