"""Compute what a study found, where that takes longer than a page may."""

from typing import ClassVar, Literal

from pydantic import Field

from specs.job import JobSpec


class StudyAnalyse(JobSpec):
    kind: ClassVar[str] = "study.analyse"
    label: ClassVar[str] = "Analyse a study"
    summary: ClassVar[str] = (
        "Computes agreement and, once effects are open, the effect of each arm, from the ratings "
        "that there are now. The results page shows what came out."
    )
    # Ratings come in all the time, and no digest stands for them.
    is_repeatable: ClassVar[bool] = False
    essentials: ClassVar[tuple[str, ...]] = ("study",)

    study: str = Field(
        min_length=1, max_length=120, title="Study", description="The name of one that was opened."
    )
    who: Literal["people", "simulated"] = Field(
        default="people",
        title="Whose ratings",
        description="People's and simulated raters' are never mixed.",
    )
    most_failed: int | None = Field(
        default=None,
        ge=0,
        title="Most failed controls",
        description="Raters who failed more are left out, and counted. Empty: nobody is.",
    )
    run: str | None = Field(
        default=None,
        max_length=36,
        title="Run of a benchmark",
        description="The job whose scores say what global quality is kept. Empty: the newest.",
    )
    alpha: float | None = Field(
        default=None,
        ge=0,
        le=1,
        title="Weight of global quality",
        description="To mark on GRP's curve. Empty: the region's own.",
    )
    num_resamples: int = Field(
        default=2000, ge=100, le=100_000, title="Resamples", description="Of each bootstrap."
    )
    seed: int = Field(default=0, ge=0, title="Seed", description="Of everything drawn by chance.")
