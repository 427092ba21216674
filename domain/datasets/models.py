import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table


class Dataset(Table):
    """A collection of pictures with captions, imported once and never changed.

    Its rows are Parquet shards inside the artifact; the database holds what pages list and what
    a claim must name: counts, licence and digest.
    """

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("job_id"),
        CheckConstraint("num_items >= 0", name="num_items"),
        CheckConstraint("num_problems >= 0", name="num_problems"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        Index(None, "created_at"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    source_kind: Mapped[str]  # which reader: 'folder', 'parquet', 'jsonl', 'csv', 'imagefolder'
    source: Mapped[str]  # as given: a path or the name of an upload
    licence: Mapped[str]
    digest: Mapped[str]  # of the items, in order: the same pictures and captions, the same digest
    num_items: Mapped[int] = mapped_column(BigInteger)
    num_problems: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    # Counts by language, country, licence and problem, for the page.
    summary: Mapped[Json] = mapped_column(default=dict)
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT")
    )
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]
