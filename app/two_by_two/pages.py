"""From what a comparison found to what its page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.comparisons import two_by_two
from domain.jobs.models import Job
from domain.variants.models import Variant

Estimate = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The four cells on the questions of one scope."""

    name: str
    num_questions: int
    num_left_out: int
    cells: Mapping[str, Estimate]
    effects: Mapping[str, Estimate]
    ratios: Mapping[str, Estimate]
    counted: Mapping[str, Mapping[str, Any]]

    @property
    def apart(self) -> Sequence[tuple[str, int]]:
        """What was counted apart, over all cells; nothing that did not happen."""
        names = ("n_refused", "n_unparsable", "gaps")
        sums = {name: sum(each.get(name) or 0 for each in self.counted.values()) for name in names}
        return [(name, number) for name, number in sums.items() if number]


@dataclass(frozen=True, kw_only=True)
class View:
    job: Job
    quiz: Benchmark
    variants: Mapping[str, Variant]
    mode: str
    beta: float | None
    confidence: float
    num_resamples: int
    scopes: Sequence[Scope]

    @property
    def can_be_rated(self) -> bool:
        return len(self.variants) == len(two_by_two.CELLS)


def make_view(session: Session, job: Job) -> View:
    compared = two_by_two.find(session, job)
    result = job.result or {}
    return View(
        job=job,
        quiz=compared.quiz,
        variants=compared.variants,
        mode=result["mode"],
        beta=result["beta"],
        confidence=result["confidence"],
        num_resamples=result["num_resamples"],
        scopes=[_describe(each) for each in result["scopes"]],
    )


def _describe(scope: Mapping[str, Any]) -> Scope:
    return Scope(
        name=scope["scope"],
        num_questions=scope["num_questions"],
        num_left_out=scope["num_left_out"],
        **{name: scope[name] for name in ("cells", "effects", "ratios", "counted")},
    )
