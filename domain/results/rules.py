"""What no figure is computed from, and why: every rating falls under one rule, or counts."""

from dataclasses import dataclass

from domain.results.report import Who

COUNTS = "counts"

# In the order in which they are asked: the first that holds has the rating. `reports` says each in
# words.
LEFT_OUT = (
    "practice",
    "changed",
    "other_raters",
    "repeat",
    "control",
    "cannot_judge",
    "failed_controls",
    "surplus",
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an analysis is made. Equal options on equal ratings give equal numbers."""

    who: Who = "people"
    most_failed: int | None = None  # controls; None: nobody is left out for them
    run: str | None = None  # of a benchmark, by its job; None: the newest that fits
    alpha: float | None = None  # weight of global quality to mark; None: the region's
    num_resamples: int = 2000
    seed: int = 0
