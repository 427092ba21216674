import datetime as dt
import enum
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class Format(enum.StrEnum):
    DSG = "dsg"  # yes-or-no questions about pictures that models draw, in DSG's columns
    QUIZ = "quiz"  # questions that models answer, about pictures that are given or about none
    DATASET = "dataset"  # pictures with texts or classes, which encoders put together


_COUNTS = ("n_items", "n_questions", "malformed")


class Benchmark(Named, Table):
    """Questions, and the prompts that they are: a file about what should be drawn, or a quiz, a
    folder of questions to be answered. Or a data set over which encoders were scored: there the
    pictures and texts are what is asked, and no prompt is needed.
    """

    __tablename__ = "benchmarks"
    __table_args__ = (
        CheckConstraint("scope IN ('global', 'regional', 'mixed')", name="scope"),
        CheckConstraint("format IN ('dsg', 'quiz', 'dataset')", name="format"),
        CheckConstraint(
            "num_nonnulls(dataset_id) = CASE format WHEN 'dataset' THEN 1 ELSE 0 END",
            name="dataset",
        ),
        CheckConstraint("(format = 'dataset') = (prompt_set_id IS NULL)", name="prompts"),
        UniqueConstraint("dataset_id"),
        Index(None, "job_id"),
        Index(None, "prompt_set_id"),
        *(CheckConstraint(f"{count} >= 0", name=count) for count in _COUNTS),
    )
    noun: ClassVar[Noun] = Noun("benchmark", Word("a benchmark"), Word("an archived benchmark"))

    format: Mapped[str] = mapped_column(default=Format.DSG.value, server_default="dsg")
    default_mode: Mapped[str]  # how its answers are scored when nobody says
    scope: Mapped[str]  # of its prompts; 'mixed' when they have several
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    prompt_set_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("prompt_sets.id", ondelete="RESTRICT")
    )
    dataset_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="RESTRICT")
    )
    n_items: Mapped[int]
    n_questions: Mapped[int]
    malformed: Mapped[int]  # cells that name parents in a way that cannot be right
    # Of a quiz: its digest, licence and source, and how many rows of that were left out.
    summary: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    # The job that imported a quiz; None: it was sent in a form, or came with the product.
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))

    @property
    def prompts_id(self) -> uuid.UUID:
        """Of the questions of a file or of a quiz."""
        assert self.prompt_set_id is not None, "Only a benchmark of a data set has no prompts."
        return self.prompt_set_id


class QuizQuestion(Table):
    """What is asked besides the words of a prompt, and what is right. For researchers alone: no
    page of a rater reads it.
    """

    __tablename__ = "quiz_questions"
    __table_args__ = (Index(None, "benchmark_id"),)

    prompt_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prompts.id", ondelete="RESTRICT"), primary_key=True
    )
    benchmark_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("benchmarks.id", ondelete="RESTRICT")
    )
    question: Mapped[str]
    options: Mapped[list[Any]]  # empty: open-ended
    answer: Mapped[int | None]  # the place of the right option
    answers: Mapped[list[Any]]  # that are accepted
    picture: Mapped[str]  # inside the benchmark's folder; empty: asked without one
    facts: Mapped[Json] = mapped_column(default=dict)  # source, licence, group, split


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
    # Of answers: how many refused, could not be read or were tied, and how many of those that
    # could be read are right. Of retrieval: every measure by direction and language.
    facts: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
