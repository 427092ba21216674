"""What a run of the answers arm shows: the merge that was chosen on one half of the questions, what
it gains and keeps on the other, and the 2x2 of it and retrieval there. Where the base itself stays,
the 2x2 is of the merge that the recipe names.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml.benchmarks.answers import compare
from ml.progress import Progress
from sandbox import evidence
from sandbox.evidence import LEAST_GAIN_OF_ANSWERS, Evidence
from specs.kinds.answers.answers_compare import AnswersCompare

COMPARED, RESULT = "two-by-two", "comparison.json"


def weigh(folders: Mapping[str, Path], *, alpha: float) -> Evidence:
    """`folders`: what the steps of the recipe wrote, by their names."""
    return evidence.weigh(
        folders["score-to-choose"],
        folders["score-to-report"],
        alpha=alpha,
        least_gain=LEAST_GAIN_OF_ANSWERS,
    )


def compare_chosen(
    folders: Mapping[str, Path], found: Evidence, out: Path, progress: Progress
) -> dict[str, Any]:
    if found.chosen.beta == 0:
        known: dict[str, Any] = json.loads((folders["compare"] / RESULT).read_text("utf-8"))
        return known
    return compare.compare(
        AnswersCompare(adapted=found.chosen.variant),
        plain=folders["score-to-report"],
        retrieved=folders["score-retrieved"],
        out_dir=out / COMPARED,
        state_dir=out,
        progress=progress,
    )


def retrieval_helps(compared: Mapping[str, Any]) -> bool:
    """Whether it raises what the base knows of the region, beyond chance."""
    regional = next(each for each in compared["scopes"] if each["scope"] == "regional")
    low = regional["effects"]["retrieval_base"]["low"]
    return low is not None and bool(low > 0)
