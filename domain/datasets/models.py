import uuid
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.db import Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class Dataset(Named, Table):
    """A collection of pictures with captions: imported, drawn or filtered once and never changed.

    Its rows are Parquet shards inside the artifact; the database holds what pages list and what
    a claim must name: counts, licence and digest. A filtered one names the data set it is from,
    and keeps what was left out of it, with reasons.
    """

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("job_id"),
        CheckConstraint("num_items >= 0", name="num_items"),
        CheckConstraint("num_problems >= 0", name="num_problems"),
        CheckConstraint("num_rejected >= 0", name="num_rejected"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("(parent_id IS NULL) = (funnel IS NULL)", name="funnel_of_filtered"),
        CheckConstraint("parent_id <> id", name="parent_is_another"),
        Index(None, "created_at"),
        Index(None, "parent_id"),
    )
    noun: ClassVar[Noun] = Noun("dataset", Word("a data set"), Word("an archived data set"))

    # Which reader: 'folder', 'parquet', 'jsonl', 'csv', 'imagefolder'; or 'filter', 'drawn'.
    source_kind: Mapped[str]
    source: Mapped[str]  # as given: a path, the name of an upload or of a data set
    licence: Mapped[str]
    digest: Mapped[str]  # of the items, in order: the same pictures and captions, the same digest
    num_items: Mapped[int] = mapped_column(BigInteger)
    num_problems: Mapped[int] = mapped_column(BigInteger)
    num_rejected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    # Counts by language, country, licence and problem, for the page.
    summary: Mapped[Json] = mapped_column(default=dict)
    # One entry per stage: stage, in, kept, reasons.
    funnel: Mapped[list[Any] | None]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="RESTRICT")
    )
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    # None: it came with the product.
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
