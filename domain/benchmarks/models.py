import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun

_COUNTS = ("n_items", "n_questions", "malformed")


class Benchmark(Named, Table):
    """A file of questions, and the prompts that its items are."""

    __tablename__ = "benchmarks"
    __table_args__ = (
        CheckConstraint("scope IN ('global', 'regional', 'mixed')", name="scope"),
        Index(None, "prompt_set_id"),
        *(CheckConstraint(f"{count} >= 0", name=count) for count in _COUNTS),
    )
    noun: ClassVar[Noun] = Noun("benchmark", Word("a benchmark"), Word("an archived benchmark"))

    default_mode: Mapped[str]  # how its answers are scored when nobody says
    scope: Mapped[str]  # of its prompts; 'mixed' when they have several
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    prompt_set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prompt_sets.id", ondelete="RESTRICT")
    )
    n_items: Mapped[int]
    n_questions: Mapped[int]
    malformed: Mapped[int]  # cells that name parents in a way that cannot be right


class Score(Table):
    """One number about a variant. It always carries its mode: scores of different modes are never
    compared.
    """

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("job_id", "variant_id", "scope", "metric"),
        CheckConstraint("scope IN ('global', 'regional')", name="scope"),
        CheckConstraint("gaps >= 0", name="gaps"),
        CheckConstraint("lo < hi", name="bounds"),
        *(CheckConstraint(f"{count} >= 0", name=count) for count in _COUNTS),
        Index(None, "variant_id"),
        Index(None, "benchmark_id"),
    )

    id: Mapped[Id]
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    variant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    benchmark_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("benchmarks.id", ondelete="RESTRICT")
    )
    mode: Mapped[str]
    judge: Mapped[str]
    scope: Mapped[str]
    metric: Mapped[str]
    # None: no item could be scored; `gaps` says how many answers were missing.
    value: Mapped[float | None]
    lo: Mapped[float | None]  # the metric's bounds
    hi: Mapped[float | None]
    n_items: Mapped[int]
    n_questions: Mapped[int]
    gaps: Mapped[int]
    malformed: Mapped[int]
    by_category: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
