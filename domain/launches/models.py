import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.db import Table

_SUBJECTS = (
    "dataset_id",
    "variant_id",
    "prompt_set_id",
    "benchmark_id",
    "knowledge_base_id",
    "knowledge_index_id",
    "source_job_id",
)


class JobInput(Table):
    """Which row a job reads under which name. A name in the specification may belong to another
    row by the time the job runs; this one was meant.
    """

    __tablename__ = "job_inputs"
    __table_args__ = (
        PrimaryKeyConstraint("job_id", "name"),
        CheckConstraint(f"num_nonnulls({', '.join(_SUBJECTS)}) = 1", name="one_subject"),
        CheckConstraint("source_job_id <> job_id", name="not_itself"),
        *(Index(None, subject) for subject in _SUBJECTS),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    name: Mapped[str]
    dataset_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="RESTRICT")
    )
    variant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT")
    )
    prompt_set_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("prompt_sets.id", ondelete="RESTRICT")
    )
    benchmark_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("benchmarks.id", ondelete="RESTRICT")
    )
    knowledge_base_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("knowledge_bases.id", ondelete="RESTRICT")
    )
    # Which of a base's indexes is searched.
    knowledge_index_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("knowledge_indexes.id", ondelete="RESTRICT")
    )
    # Outputs and answers are no rows with names: the job that made them is meant.
    source_job_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("jobs.id", ondelete="RESTRICT")
    )
