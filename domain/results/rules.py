"""What no figure is computed from, and why: every rating falls under one rule, or counts."""

from dataclasses import dataclass

from domain.results.report import Who

COUNTS = "counts"

# In the order in which they are asked: the first that holds has it.
LEFT_OUT: dict[str, str] = {
    "practice": "Practice before the first real item.",
    "changed": "Changed later by the same person: the newest counts.",
    "other_raters": "Of simulated raters, whom people are kept apart from; or the other way about.",
    "repeat": "Shown a second time on purpose: for the rater's agreement with themselves.",
    "control": "Controls: for what is known of the rater.",
    "cannot_judge": "'Cannot judge' is no score.",
    "failed_controls": "Of raters who failed more controls than the analysis allows.",
    "surplus": "More than an item wanted: their place was taken meanwhile.",
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an analysis is made. Equal options on equal ratings give equal numbers."""

    who: Who = "people"
    most_failed: int | None = None  # controls; None: nobody is left out for them
    run: str | None = None  # of a benchmark, by its job; None: the newest that fits
    num_resamples: int = 2000
    seed: int = 0
